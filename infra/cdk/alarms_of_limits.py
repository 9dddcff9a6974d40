"""Alarms that ring before a limit is reached, and when a promise about the system is in danger (REL-09). Pure.

CloudWatch tells EventBridge of every change of their state by itself (`CloudWatch Alarm State Change`).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from infra.cdk.alarms import CALLER_FACING
from infra.cdk.watched import Alarm, Watched

WARN_SHARE: Final = 0.8
TABLE_UNITS_PER_S: Final = 40_000
"""Read and write units a second that a table on demand takes by default; a quota of the account."""
_FIVE_MINUTES_S: Final = 300


def alarms(watched: Watched, shares: Mapping[str, int]) -> Iterator[Alarm]:
    """Yield the alarms; `shares` is the reserved concurrency of each function."""
    yield from _looks(watched)
    for function in CALLER_FACING:
        yield Alarm(
            name=f"{function.replace('_', '-')}-near-capacity",
            meaning=f"More than 80 % of the executions that are reserved for {function} were in use at once.",
            metric=watched.of_function(function, "ConcurrentExecutions"),
            statistic="Maximum",
            above=WARN_SHARE * shares[function],
            periods=3,
        )
    for kind in ("Read", "Write"):
        yield Alarm(
            name=f"table-{kind.lower()}s-near-quota",
            meaning=f"The table's {kind.lower()}s come near to what the account grants a table.",
            metric=watched.of_table(f"Consumed{kind}CapacityUnits"),
            above=WARN_SHARE * TABLE_UNITS_PER_S * 60,
        )


def _looks(watched: Watched) -> Iterator[Alarm]:
    """Yield what the looks of the clock tell."""
    for name, metric, meaning in (
        ("dependency-down", "DependenciesDown", "Something that the tenant depends on did not answer at two looks."),
        ("limit-near", "LimitsNear", "A quota of the instance is in use from the contract's warning share on."),
    ):
        yield Alarm(
            name=name,
            meaning=meaning,
            metric=watched.said_by("review_papers", metric),
            statistic="Maximum",
            period_s=_FIVE_MINUTES_S,
        )
