"""The tenant's own functions in this process: the real doors, use-cases and policies over callers kept in memory.

Nothing of the product is copied here: what AWS would bring (environment, DynamoDB, the Lambda runtime) is what differs.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from chalicelib.callbacks import flow as callbacks_flow
from chalicelib.callbacks.service import Follower, Planned, Promises, Withdrawals
from chalicelib.contacts.models import Contact
from chalicelib.customers import flow as customers_flow
from chalicelib.customers.models import RECENT_LIMIT, Keyed, keyed_form
from chalicelib.customers.service import Caller, Customers, PastContact, Profile
from chalicelib.menus import flow as menus_flow
from chalicelib.menus.models import Answer, Tree
from chalicelib.menus.service import PACKAGED, Menus
from chalicelib.platform import flow_door
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing import flow as routing_flow
from chalicelib.routing.reserving import Reserving
from chalicelib.routing.service import NO_FLOOR, Floors, Routing
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_demo import DemoCustomer
from chalicelib.tenancy.models import from_document
from cli.memory_callbacks import MemoryCallbacks, NothingPlanned
from cli.memory_reservations import MemoryReservations
from infra.cdk import menu_catalogue
from localstack.connect.engine.ports import Invocation, LambdaReply

BUDGET_S: Final = 1.0

type Function = Callable[[flow_door.ContactFlowEvent], Mapping[str, str]]


@dataclass(slots=True)
class MemoryCallers:
    """The port of both capabilities over callers in memory; `remember` is what ingest writes of a finished contact."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    by_keys: Mapping[str, Keyed] = field(default_factory=dict)
    callbacks: MemoryCallbacks = field(default_factory=MemoryCallbacks)
    _recent: dict[str, deque[PastContact]] = field(default_factory=dict)

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        """Return what is known of a caller, the newest contact first."""
        del tenant, now, within_s
        return Caller(profile=self.profiles.get(phone), recent=tuple(self._recent.get(phone, ())))

    def keyed(self, tenant: TenantId, typed: str, *, within_s: float) -> Keyed | None:
        """Return the customer who types `typed`."""
        del tenant, within_s
        return self.by_keys.get(typed)

    def remember(self, contact: Contact) -> None:
        """Keep a finished contact as the caller's newest, and follow the callback that it belongs to."""
        Follower(self.callbacks).heard(contact)
        if contact.caller is not None:
            past = PastContact(
                at=contact.at,
                contact_id=contact.id,
                agent=contact.agent,
                queue=contact.queue,
                result=contact.result,
                line=contact.line,
            )
            self._recent.setdefault(contact.caller, deque(maxlen=RECENT_LIMIT)).appendleft(past)


def callers(customers: list[DemoCustomer]) -> MemoryCallers:
    """Return callers who know the contract's demo customers, by telephone and by customer number."""
    profiles = {
        one.number: Profile(customer_id=one.customer_id, name=one.name, grade=one.grade, language=one.language)
        for one in customers
    }
    keys = {keyed_form(one.customer_id): Keyed(customer_id=one.customer_id, phone=one.number) for one in customers}
    return MemoryCallers(profiles, keys)


@dataclass(frozen=True, slots=True)
class TenantFunctions:
    """The engine's Lambda port over the functions of one tenant. `failed` counts invocations without an answer."""

    functions: Mapping[str, Function]
    invoked: dict[str, int] = field(default_factory=dict)

    def start(self, asked: Invocation) -> LambdaReply:
        """Answer at once; nothing is written as JSON, because doors read and answer maps of texts only."""
        name = asked.name
        function = self.functions.get(name)
        if function is None:
            return LambdaReply("refused", detail=f"no function {name}")
        self.invoked[name] = self.invoked.get(name, 0) + 1
        return LambdaReply("ok", answer=flow_door.flat(function(flow_door.parse(asked.event))))


@dataclass(frozen=True, slots=True)
class NothingPublished:
    """The port of menus over a table in which nobody has published anything: every call walks the packaged trees."""

    def published(self, tenant: TenantId, line: str, *, within_s: float) -> int:
        """Return the packaged version."""
        del tenant, line, within_s
        return PACKAGED

    def tree(self, tenant: TenantId, line: str, version: int, *, within_s: float) -> Tree | None:
        """Return no tree."""
        del tenant, line, version, within_s
        return None

    def answer(self, tenant: TenantId, enquiry: str, reference: str, *, within_s: float) -> Answer | None:
        """Return no answer."""
        del tenant, enquiry, reference, within_s
        return None


def build(
    contract: Contract,
    queue_ids: Mapping[str, str],
    known: MemoryCallers,
    now: Callable[[], datetime],
    floors: Floors = NO_FLOOR,
    trees: Mapping[str, Tree] | None = None,
    planned: Planned | None = None,
) -> TenantFunctions:
    """Return the functions that the flows of the contract's tenant invoke.

    `floors` tells decisions the agents; `trees` by line are heard in the place of the contract's; `planned` are the
    world's callbacks, None where no agent answers.
    """
    tenant = from_document(compile_contract(contract))
    lookup = Customers(known, tenant, now)
    menus = Menus(tenant, NothingPublished(), {**menu_catalogue.trees(contract), **(trees or {})}, now)
    aims = Reserving(MemoryReservations())
    wires = routing_flow.Wired(Routing(known, tenant, now, floors, aims=aims), queue_ids)

    def lookup_customer(event: flow_door.ContactFlowEvent) -> Mapping[str, str]:
        return customers_flow.handle(event, BUDGET_S, lookup)

    promises, withdrawals = (
        Promises(known.callbacks, tenant, now),
        Withdrawals(lambda _arn: planned or NothingPlanned()),
    )

    def request_callback(event: flow_door.ContactFlowEvent) -> Mapping[str, str]:
        return callbacks_flow.serve(event, promises, withdrawals)

    def route_contact(event: flow_door.ContactFlowEvent) -> Mapping[str, str]:
        return routing_flow.handle(event, BUDGET_S, wires)

    def menu_step(event: flow_door.ContactFlowEvent) -> Mapping[str, str]:
        return menus_flow.handle(event, BUDGET_S, menus)

    functions: dict[str, Any] = {
        "lookup_customer": lookup_customer,
        "menu_step": menu_step,
        "request_callback": request_callback,
        "route_contact": route_contact,
    }
    return TenantFunctions(functions)
