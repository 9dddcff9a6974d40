"""Customers: what a contact flow may invoke."""

import functools
import os

from chalice.app import Blueprint

from chalicelib.customers import screen
from chalicelib.customers.service import CallerStore, Customers, ScreenPop
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.flow_door import ContactFlowEvent, flow_door
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

bp = Blueprint(__name__)

NOBODY = ScreenPop(profile=None, language=None, last=None, recent_contacts=0)


@functools.cache
def customers() -> Customers:
    """Return the use-cases wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    store = CallerStore(aws.reader(aws.CALLER_WAITS), configured.table)
    return Customers(store, tenancy.current(), clock.from_environment())


def handle(event: ContactFlowEvent, budget_s: float, service: Customers) -> dict[str, str]:
    """Answer by the number that the caller typed if the flow sends one, else by the number of the telephone."""
    typed = event.parameter("customerNumber")
    if typed is not None:
        return reply(service.look_up_typed(typed, budget_s=budget_s), event, service.tenant)
    return reply(service.look_up(event.caller, budget_s=budget_s), event, service.tenant)


def reply(pop: ScreenPop, event: ContactFlowEvent, tenant: Tenant, *, degraded: bool = False) -> dict[str, str]:
    """Return the flat map that the flow keeps as contact attributes."""
    keys = {
        "contact_id": event.initial_contact_id or event.contact_id,
        "entry_number": event.dialled,
        "number": event.caller,
        "line": event.parameter("line"),
    }
    return {**screen.attributes(pop, tenant.customer_page, keys), "degraded": "true" if degraded else "false"}


def unanswered(event: ContactFlowEvent) -> dict[str, str]:
    """Answer when the store does not: an unknown caller, said to be a degraded answer (ACD-21)."""
    return reply(NOBODY, event, tenancy.current(), degraded=True)


@bp.lambda_function(name="lookup_customer")
@flow_door(
    "lookup_customer",
    tenant=lambda: tenancy.current().id,
    degraded=unanswered,
    logged=("found", "grade", "recentContacts", "degraded"),
)
def lookup_customer(event: ContactFlowEvent, budget_s: float) -> dict[str, str]:
    """Tell the flow who is calling (screen pop, language, greeting)."""
    return handle(event, budget_s, customers())


if settings.is_entry(__name__):
    customers()
