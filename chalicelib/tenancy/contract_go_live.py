"""What keeps a tenant from being live on a day: numbers without papers, lines without licence. Authoring side."""

import datetime as dt
from collections.abc import Iterator

from chalicelib.licences import service as licences
from chalicelib.licences.models import Connection, Evidence, Licence, LicensedLine
from chalicelib.tenancy.contract import Contract, EntryNumber, ServiceLine
from chalicelib.tenancy.contract_problems import Problem


def go_live_problems(contract: Contract, on: dt.date) -> Iterator[Problem]:
    """Yield everything that forbids the tenant to be live on the day `on` (NUM-06, LIC-01, LIC-02, OUT-10)."""
    for i, number in enumerate(contract.entry_numbers):
        for lack in licences.may_activate(evidence(number), on).missing:
            yield Problem(f"entry_numbers.{i}.{lack.field}", lack.expected)
    yield from _presented(contract, on)
    held = [licence(contract, n) for n in range(len(contract.licences))]
    for i, line in enumerate(contract.service_lines):
        for refusal in licences.refusals(licensed_line(line), held, on):
            yield Problem(f"service_lines.{i}.{refusal.field}", refusal.reason)


def _presented(contract: Contract, on: dt.date) -> Iterator[Problem]:
    own = {number.number: number.verified_on for number in contract.entry_numbers}
    wanted = [(f"queues.{i}.caller_id", queue.caller_id) for i, queue in enumerate(contract.queues)]
    for path, number in [*wanted, ("routing.presented_number", contract.routing.presented_number)]:
        if number is not None and (reason := licences.may_present(number, own, on)) is not None:
            yield Problem(path, reason)


def expiring(contract: Contract, on: dt.date, within_days: int) -> Iterator[Problem]:
    """Yield what is valid on the day `on` and will not be `within_days` later."""
    papers = [
        (f"entry_numbers.{i}.allocation.expires_on", number.allocation.expires_on)
        for i, number in enumerate(contract.entry_numbers)
        if number.allocation is not None
    ]
    papers += [(f"licences.{i}.expires_on", one.expires_on) for i, one in enumerate(contract.licences)]
    for path, expires_on in papers:
        if expires_on is not None and on <= expires_on < on + dt.timedelta(days=within_days):
            yield Problem(path, f"expires on {expires_on}, in {(expires_on - on).days} days")


def evidence(number: EntryNumber) -> Evidence:
    """Return the number with its papers as the gate sees them."""
    return Evidence(
        number=number.number,
        number_class=number.number_class,
        reach=number.reach,
        allocation=number.allocation.value() if number.allocation else None,
        connections=tuple(Connection(carrier=one.carrier, mode=one.mode) for one in number.connections),
    )


def licence(contract: Contract, position: int) -> Licence:
    """Return a licence of the contract as the policy sees it."""
    one = contract.licences[position]
    return Licence(
        number=one.number, legal_class=one.legal_class, expires_on=one.expires_on, provinces=tuple(one.provinces)
    )


def licensed_line(line: ServiceLine) -> LicensedLine:
    """Return a service line as the law sees it."""
    return LicensedLine(
        id=line.id, legal_class=line.legal_class, services=tuple(line.services), provinces=tuple(line.provinces)
    )
