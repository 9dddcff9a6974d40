"""Licences: what is wrong with a tenant's papers on a day (NUM-06, LIC-01, LIC-02, OUT-10). Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.licences.activation import may_activate
from chalicelib.licences.models import Finding, Papers
from chalicelib.licences.policy import refusals
from chalicelib.licences.presentation import may_present


def uncovered(papers: Papers, on: date) -> Iterator[Finding]:
    """Yield everything that forbids the tenant to be live on the day `on`."""
    for i, number in enumerate(papers.numbers):
        for lack in may_activate(number, on).missing:
            yield Finding(field=f"entry_numbers.{i}.{lack.field}", about=number.number, reason=lack.expected)
    for path, wanted in papers.presented.items():
        if (reason := may_present(wanted, papers.verified, on)) is not None:
            yield Finding(field=path, about=wanted, reason=reason)
    for i, line in enumerate(papers.lines):
        for refusal in refusals(line, papers.licences, on):
            yield Finding(field=f"service_lines.{i}.{refusal.field}", about=line.id, reason=refusal.reason)


def expiring(papers: Papers, on: date, within_days: int) -> Iterator[Finding]:
    """Yield what is valid on the day `on` and will not be `within_days` later."""
    held = [
        (f"entry_numbers.{i}.allocation.expires_on", number.number, number.allocation.expires_on)
        for i, number in enumerate(papers.numbers)
        if number.allocation is not None
    ]
    held += [(f"licences.{i}.expires_on", one.number, one.expires_on) for i, one in enumerate(papers.licences)]
    for path, about, last in held:
        if last is not None and on <= last < on + timedelta(days=within_days):
            yield Finding(
                field=path, about=about, reason=f"expires on {last}, in {(last - on).days} days", expires_on=last
            )
