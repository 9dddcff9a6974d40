"""The first call that the demo shows of a tenant. Pure."""

from typing import Final

from chalicelib.tenancy.contract import Contract, EntryNumber
from chalicelib.tenancy.contract_demo import DemoCustomer
from cli.callers import language_key
from cli.control import PlannedCall

STRANGER: Final = "+8613512345678"
TALK_S: Final = 95.0


def first_call(contract: Contract) -> PlannedCall:
    """Return a call that shows the most of the tenant: its best-known customer, the second key of its first menu.

    A customer with a grade comes first, because the grade shows in the routing decision.
    """
    return call_to(contract, contract.entry_numbers[0])


def call_to(contract: Contract, entry: EntryNumber) -> PlannedCall:
    """Return such a call to any of the tenant's numbers."""
    line = next(line for line in contract.service_lines if line.id == entry.line)
    option = line.menu[min(2, len(line.menu) - 1)] if len(contract.languages.offered) > 1 else line.menu[0]
    customer = _best_known(contract)
    script = [{"press": option.digit}]
    if len(contract.languages.offered) > 1 and (customer is None or customer.language is None):
        script.insert(0, {"press": language_key(contract, contract.languages.default)})
    return PlannedCall(
        to=entry.number, from_=customer.number if customer else STRANGER, script=tuple(script), talk_s=TALK_S
    )


def _best_known(contract: Contract) -> DemoCustomer | None:
    ranked = sorted(contract.demo.customers, key=lambda customer: (customer.grade is None, customer.language is None))
    return ranked[0] if ranked else None
