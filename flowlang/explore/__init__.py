"""A small model checker for flows: drives every action and branch that choices from outside can reach.

It knows the document and the catalogue, not an engine. Whatever comes from outside is chosen by the explorer: keys,
silence, hang-ups, answers of functions, hours, metrics. Values are abstract: what a flow sets is known when it is a
constant, what comes from outside is known only where a branch has tested it.
"""

from flowlang.explore.explorer import explore
from flowlang.explore.model import Bounds, Problem, Report, Severity, Step
from flowlang.explore.replay import NotAPath, replay

__all__ = ["Bounds", "NotAPath", "Problem", "Report", "Severity", "Step", "explore", "replay"]
