"""What some references stand for on one service line: how it is recorded, how callers refuse, its survey. Pure."""

from collections.abc import Mapping

from chalicelib.tenancy.contract import Contract, ServiceLine

NOTICES: Mapping[str, str] = {"full": "recording_notice", "on-demand": "recording_notice_on_demand"}
"""The prompt that tells callers of each policy of recording; a line that records nothing tells nothing."""


def recording(line: ServiceLine, name: str) -> str | None:
    """Return the line's `policy`, or who is recorded from the notice on; nothing for `full` and `on_demand` where that
    is the policy."""
    texts = {"agent": "Agent", "customer": "Customer", "full": "", "on_demand": "", "policy": line.recording}
    text = one_of(texts, name)
    is_so = name == "policy" or line.recording == ("on-demand" if name == "on_demand" else "full")
    return text if is_so else None


def refusal(line: ServiceLine, name: str) -> str | None:
    """Return the rule of `then`, nothing for what a caller who refuses meets; None where that does not happen."""
    rule = line.recording_refusal
    facts = {"then": {"unrecorded", "queue", "end"}, "key": {"unrecorded", "queue", "end"},
             "goes_on": {"unrecorded", "queue"}, "end": {"end"}}  # fmt: skip
    met = one_of(facts, name)
    if rule is None or rule.then not in met:
        return None
    return rule.then if name == "then" else ""


def survey(contract: Contract, line: ServiceLine, name: str) -> str | None:
    """Return the `keys` of an answer, one a line, or `drawn_below`; None for a line without a survey (K15, K16).

    Connect draws a whole number from 1 to 100, evenly; callers who draw less than `drawn_below` are asked.
    """
    share_percent = line.survey.share_percent if line.survey else 0
    keys = "\n".join(str(key) for key in range(1, contract.kpis.survey_classes + 1))
    text = one_of({"keys": keys, "drawn_below": str(share_percent + 1)}, name)
    return text if line.survey else None


def one_of[T](known: Mapping[str, T], name: str) -> T:
    """Return what `name` stands for. Raises LookupError, with all that is known, where nobody can have it."""
    if name not in known:
        msg = f"no {name!r}; expected one of {', '.join(sorted(known))}"
        raise LookupError(msg)
    return known[name]
