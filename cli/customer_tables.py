"""Service records, and where other systems stand, in rows for people; everything comes from the REST API. Pure."""

from collections.abc import Iterator

from chalicelib.adapters.api import AdapterView, ErrorView, RoundView
from chalicelib.services.views import ServiceView

_NOBODY = "-"


def services(records: list[ServiceView]) -> Iterator[str]:
    """Yield a row for each service record."""
    for one in records:
        who = (
            f"{one.name or _NOBODY:<16}{one.phone or _NOBODY:<12}{one.grade or _NOBODY:<10}{one.region or _NOBODY:<10}"
        )
        what = f"{one.kind:<9}{one.agent or _NOBODY:<12}{one.category or _NOBODY:<14}{state(one)}"
        yield f"{one.at:%Y-%m-%d %H:%M}  {who}{what}".rstrip()
    if not records:
        yield "no service record fits"


def state(record: ServiceView) -> str:
    """Return what became of it: how the agent completed the contact, or where the ticket stands."""
    if record.completion:
        return f"{record.completion.result}, {'solved' if record.completion.solved else 'open'}"
    return record.ticket.step if record.ticket else ""


def adapter(told: AdapterView, done: RoundView | None, errors: list[ErrorView]) -> Iterator[str]:
    """Yield where another system stands, what a round of it did, and whom both do not agree on."""
    rules = ", ".join(f"{name} {rule}" for name, rule in told.fields.items())
    stands = f"left alone until {told.paused_until:%H:%M:%S}" if told.paused_until else "answers"
    if told.failures and not told.paused_until:
        stands = f"{told.failures} calls in a row without an answer"
    last = f"last answer {told.answered_at:%Y-%m-%d %H:%M}; " if told.answered_at else ""
    yield f"{told.adapter}: {stands}; {last}{rules}"
    if done is not None:
        yield (
            f"  round: {done.pulled} changes taken in, {done.settled} customers compared, "
            f"{done.deferred} to be tried again, {done.failed} given up, {done.delivered} in a file of ours"
        )
    if told.last_file is not None:
        file = told.last_file
        yield f"  {file.name}: {file.state}, {file.lines} lines, {file.changed} customers changed, {file.bad} bad lines"
    for one in errors:
        yield f"  ✗ {one.customer_id:<20}{one.code:<22}{one.detail}"
