"""The project's own flows on the engine: a tenant of `tenants/`, rendered with fake ARNs, and fake functions."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.menus import flow as menus_flow
from chalicelib.menus.service import Menus
from chalicelib.platform import flow_door
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load
from chalicelib.tenancy.contract_timetable import timetable
from chalicelib.tenancy.models import ASIDE, from_document
from cli.tenant_functions import BUDGET_S, NothingPublished
from infra.cdk import flow_catalogue, menu_catalogue
from localstack.connect.directory import AgentStatus, Flow, FlowModule, RoutingProfile
from localstack.connect.engine.contact import Contact
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import Small, arn, identifier
from tests.support.timetables import connect_hours

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
STRANGER = {
    "found": "false", "customerId": "none", "customerName": "none", "grade": "none", "language": "none",
    "lastAgent": "none", "lastQueue": "none", "lastContactAt": "none", "recentContacts": "0", "degraded": "false",
    "region": "none", "openTickets": "none", "lastContacts": "none", "candidates": "none", "screenPage": "none",
}  # fmt: skip
REGULAR = {
    **STRANGER, "found": "true", "customerId": "C-1001", "customerName": "王芳", "grade": "gold", "language": "zh-CN",
    "lastAgent": "li.na", "recentContacts": "3",
}  # fmt: skip


@functools.cache
def contract(tenant: str) -> Contract:
    """The contract of one of the project's tenants."""
    return load(TENANTS / f"{tenant}.yaml")


class TenantWorld(Small):
    """A world with everything that the tenant's stack has for calls; functions answer as told."""

    def __init__(self, tenant: str | Contract, *, lookup: Any = STRANGER, route: Any = None, **more: Any) -> None:
        self.contract = contract(tenant) if isinstance(tenant, str) else tenant
        super().__init__(**more)
        served = from_document(compile_contract(self.contract))
        trees = menu_catalogue.trees(self.contract)
        self.menus = Menus(served, NothingPublished(), trees, lambda: self.world.now)
        self.lambdas.answers = {
            "lookup_customer": lookup,
            "menu_step": self.step,
            "route_contact": self.by_menu if route is None else route,
        }

    def _furnish(self) -> None:
        super()._furnish()
        for hours in self.contract.hours:
            self.put(connect_hours(timetable(hours), self.contract.time_zone, hours.id))
        for status in self.contract.agent_statuses:
            self.put(AgentStatus(id=identifier(status.name), arn=arn("agent-state", status.name), name=status.name))
        for queue in self.contract.queues:
            called_by = {"OutboundFlowId": identifier("outbound-whisper")}
            self.queue(queue.id, max_contacts=queue.max_contacts, caller=called_by)
        self.queue(ASIDE)
        for profile in self.contract.routing_profiles:
            self.profile(profile.id, *((entry.queue, entry.priority, entry.delay_s) for entry in profile.queues))
        self.publish()
        for number in self.contract.entry_numbers:
            flow = self.instance.named(Flow, flow_catalogue.entry_flow(self.contract, number.number))
            assert flow is not None
            self.number(flow, number.number)

    def publish(self) -> None:
        """Publish every flow and module, as a deployment does: what is there is replaced in place."""
        for unit in flow_catalogue.flow_units(self.contract):
            self._publish(unit)

    def _publish(self, unit: flow_catalogue.FlowUnit) -> None:
        text = flow_catalogue.content(unit, self.contract, reference)
        document = json.loads(text)
        common = {"id": identifier(unit.name), "name": unit.name, "content": document, "text": text}
        if unit.kind == "module":
            self.put(FlowModule(**common, arn=arn("flow-module", unit.name)))
        else:
            self.put(Flow(**common, arn=arn("contact-flow", unit.name), type=unit.type))

    def step(self, event: Mapping[str, Any]) -> dict[str, str]:
        """What menu_step answers: the real function over `menus`."""
        return flow_door.flat(menus_flow.handle(flow_door.parse(event), BUDGET_S, self.menus))

    def by_menu(self, event: Mapping[str, Any]) -> dict[str, str]:
        """What route_contact answers: the queue that the menu named, else the line's default queue."""
        asked, said = event["Details"]["Parameters"], event["Details"]["ContactData"]["Attributes"]
        if asked.get("stage") == "waiting":
            return {"stay": "true"}
        line = next(one for one in self.contract.service_lines if one.id == asked["line"])
        named = said.get("menuQueue", "none")
        queue, reason = (line.default_queue, "default-line") if named == "none" else (named, "menu-choice")
        return decision(queue, reason=reason, category=said.get("category", "none"))

    def staff(self, profile: str, *usernames: str, **habits: Any) -> None:
        """Sign agents of a routing profile in."""
        found = self.instance.named(RoutingProfile, profile)
        assert found is not None
        for username in usernames:
            self.agent(username, found, **habits)

    def dial(self, number: str, *script: Any, **plan: Any) -> Contact:
        """Place one call and run it to its end."""
        contact = self.call(*script, **{"to": number, **plan})
        self.run()
        return contact


def decision(queue: str, **more: str) -> dict[str, str]:
    """An answer of route_contact."""
    return {
        "queue": queue, "queueArn": arn("queue", queue), "queueName": queue, "category": "none", "priority": "5",
        "reason": "default-line", "strategy": "longest-idle", "degraded": "false", "degradedFlag": "none",
        "contractVersion": "1", "targetCount": "1", "target1Type": "queue", "target1Arn": arn("queue", queue),
        "target2Type": "none", "target1Id": queue, "target1TimeoutS": "none", "target1Reason": "default-line",
        "stay": "no", "tried": f"queue:{queue}", "criteria": "none", "criteriaOff": "none", "presentedNumber": "none",
        "rule": "none", "found": "rank 5",
        "targets": f"queue {queue} 300 default-line", "decidedAt": "2026-03-02T01:00:00.000Z", **more,
    }  # fmt: skip


def reference(name: str) -> str:
    """The fake ARN of a qualified reference."""
    kind, _, rest = name.partition(".")
    if kind == "lambda":
        return f"{FUNCTION}{rest}:live"
    segment = {"queue": "queue", "hours": "operating-hours", "flow": "contact-flow", "module": "flow-module"}[kind]
    return arn(segment, rest)
