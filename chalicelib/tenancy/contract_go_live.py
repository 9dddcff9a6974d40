"""What keeps a tenant from being live on a day: numbers without papers, lines without licence. Authoring side."""

import datetime as dt
from collections.abc import Iterator

from chalicelib.licences import service as licences
from chalicelib.licences.models import Connection, Evidence, Licence, LicensedLine, Papers
from chalicelib.tenancy.contract import Contract, EntryNumber
from chalicelib.tenancy.contract_problems import Problem


def go_live_problems(contract: Contract, on: dt.date) -> Iterator[Problem]:
    """Yield everything that forbids the tenant to be live on the day `on` (NUM-06, LIC-01, LIC-02, OUT-10)."""
    for finding in licences.uncovered(papers(contract), on):
        yield Problem(finding.field, finding.reason)


def expiring(contract: Contract, on: dt.date, within_days: int) -> Iterator[Problem]:
    """Yield what is valid on the day `on` and will not be `within_days` later."""
    for finding in licences.expiring(papers(contract), on, within_days):
        yield Problem(finding.field, finding.reason)


def papers(contract: Contract) -> Papers:
    """Return what the law asks of the tenant, as its contract tells it."""
    wanted = {f"queues.{i}.caller_id": queue.caller_id for i, queue in enumerate(contract.queues)}
    wanted["routing.presented_number"] = contract.routing.presented_number
    wanted["voicemail.notices.presented_number"] = contract.voicemail.notices.presented_number
    return Papers(
        numbers=tuple(_evidence(number) for number in contract.entry_numbers),
        licences=tuple(
            Licence(
                number=one.number,
                legal_class=one.legal_class,
                expires_on=one.expires_on,
                provinces=tuple(one.provinces),
            )
            for one in contract.licences
        ),
        lines=tuple(
            LicensedLine(
                id=line.id, legal_class=line.legal_class, services=tuple(line.services), provinces=tuple(line.provinces)
            )
            for line in contract.service_lines
        ),
        verified={number.number: number.verified_on for number in contract.entry_numbers},
        presented={path: number for path, number in wanted.items() if number is not None},
    )


def _evidence(number: EntryNumber) -> Evidence:
    return Evidence(
        number=number.number,
        number_class=number.number_class,
        reach=number.reach,
        allocation=number.allocation.value() if number.allocation else None,
        connections=tuple(Connection(carrier=one.carrier, mode=one.mode) for one in number.connections),
    )
