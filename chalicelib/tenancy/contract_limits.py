"""What Amazon Connect would refuse of a well-formed contract, named before it is deployed. Authoring side only."""

from collections.abc import Iterator

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_problems import Problem
from chalicelib.tenancy.contract_timetable import excesses


def limit_problems(contract: Contract) -> Iterator[Problem]:
    """Yield a problem for each timetable with more slices or overrides than an instance takes (11.5)."""
    for i, hours in enumerate(contract.hours):
        for field, too_much in excesses(hours):
            yield Problem(f"hours.{i}.{field}", too_much)
