"""The days of the examples: four tenants with all that their examples name, Amazon Connect's emulator among it.

Everything is in this process: tables in memory, the functions by their real handlers, and the emulator behind the real
clients. What happens between two examples (a call is answered, the clock looks) is in `Day.happens`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml

from chalicelib.examples import EXAMPLES
from chalicelib.offers.service import Desks, Rings
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import parse
from localstack.connect.api_engine import Engine
from localstack.connect.engine.contact import Contact
from tests.support import contact_records
from tests.support.agent_events import INSTANCE_ARN as ANNS_INSTANCE
from tests.support.connect_calls import Connect, over_http
from tests.support.connect_in_place import InPlace
from tests.support.connect_world import ARN, Small, action, identifier, to_queue
from tests.support.every_function import HANDLERS, SAMPLES, Aws, agent_day, every_function
from tests.support.example_requests import asked, sent
from tests.support.json_server import Asked, serving_with_headers
from tests.support.other_crm import OtherCrm
from tests.support.other_crm import over_http as crm_over_http
from tests.support.tenants import TENANTS

CALLED: Final = ("6f1c0a52-0000-4000-8000-000000000001", "6f1c0a52-0000-4000-8000-000000000002")
LEFT_A_MESSAGE: Final = "6f1c0a52-0000-4000-8000-000000000003"
LIVE: Final = "6f1c0a52-0000-4000-8000-00000000000a"
OFFERED: Final = "6f1c0a52-0000-4000-8000-00000000000b"
PROPOSED: Final = "0a1b2c3d0a1b2c3d0a1b2c3d"
AGENT: Final = "li.na"
MOST: Final = "most"
HOUR: Final = {"time": "2026-03-02T09:00:00Z"}

type Raw = Mapping[str, Any]


class Centre(Small):
    """An instance with an agent, who answers what comes into the queue of the desk, and a queue where nobody works."""

    def __init__(self) -> None:
        super().__init__(now=datetime.now(UTC) - timedelta(minutes=1))
        self.queue("desk")
        self.queue("apart")
        self.profile("service", ("desk", 1, 0))
        self.agent(AGENT, self.profile("unqualified", ("desk", 1, 0)), ring_s=2, talk_s=3_600)
        self.heard = 0

    def rings(self, queue: str, number: str, **attributes: str) -> Contact:
        """Let somebody call who is put into `queue`, and half a minute pass; return the contact."""
        recorded = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
        flow = self.flow(
            f"to {queue}",
            action(
                "say", "UpdateContactAttributes", {"Attributes": attributes}, "tape", errors={"NoMatchingError": "set"}
            ),
            action("tape", "UpdateContactRecordingBehavior", recorded, "set", errors={"NoMatchingError": "set"}),
            *to_queue(queue),
        )
        self.number(flow, number)
        contact = self.call(to=number)
        self.run(until=self.world.now + timedelta(seconds=30))
        return contact

    def tell(self) -> None:
        """Let the product hear what the agents did since it was told last."""
        new = [json.dumps(event).encode() for event in self.cloud.agent_events[self.heard :]]
        HANDLERS["ingest_agent_events"](contact_records.batch(new, first=1_000 + self.heard))
        self.heard += len(new)


@dataclass(frozen=True, kw_only=True)
class Day:
    """One tenant's: its contract with what `more` adds, what was before, and the examples that are sent in it."""

    tenant: str
    belongs: Callable[[str], bool]
    more: Callable[[Raw], Raw] = lambda _raw: {}
    begin: Callable[["Here"], None] = lambda _here: None
    before: Mapping[str, Callable[["Here"], None]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The examples in the order of the description."""
        return [name for name in EXAMPLES if self.belongs(name)]

    @contextmanager
    def here(self, patch: pytest.MonkeyPatch, folder: Path) -> Iterator["Here"]:
        """Let every function serve the tenant, and all have happened that was before the first example."""
        centre, crm = Centre(), OtherCrm(now=lambda: datetime.now(UTC), phone_name="mobile")
        connect = Connect(centre.directory, Engine(cast("Any", InPlace(centre.world))))
        with (
            every_function(patch, folder, self.tenant, over_http(connect)) as aws,
            serving_with_headers(_below("/crm", crm_over_http(crm))) as systems,
        ):
            patch.setenv("TRUNKLINE_INSTANCE_ARN", ARN)
            patch.setenv("TRUNKLINE_ADAPTER_ENDPOINT", systems)
            profiles = {name: identifier(name) for name in ("service", "unqualified")}
            patch.setenv("TRUNKLINE_PROFILES", json.dumps(profiles))
            raw = yaml.safe_load((TENANTS / f"{self.tenant}.yaml").read_text(encoding="utf-8"))
            text = document_text(compile_contract(parse({**raw, **self.more(raw)}, source="the day of the examples")))
            (folder / f"{self.tenant}.json").write_text(text, encoding="utf-8")
            tenancy.current.cache_clear()
            here = Here(day=self, aws=aws, centre=centre, crm=crm)
            self.begin(here)
            yield here


@dataclass(frozen=True, kw_only=True)
class Here:
    """A day that goes on. `stand_ins` are the real names for those of examples that Amazon Connect draws.

    `shown_as` are the names of examples by the real ones, as far as they were sent.
    """

    day: Day
    aws: Aws
    centre: Centre
    crm: OtherCrm
    stand_ins: dict[str, str] = field(default_factory=dict)
    shown_as: dict[str, str] = field(default_factory=dict)

    def sent(self) -> Iterator[tuple[str, int, Any]]:
        """Send the examples; yield name, status and answer of each before the next one is sent."""
        return sent(self.day.tenant, self.day.names, self._happens, self.shown_as)

    def _happens(self, name: str) -> Mapping[str, str]:
        if happening := self.day.before.get(name):
            happening(self)
        return self.stand_ins

    def ask(self, method: str, route: str, body: Any, *, user: str = AGENT, **more: Mapping[str, Any]) -> Any:
        """Return the answer to a request that comes before the examples, and must be right."""
        status, answer = asked(self.day.tenant, route, method, body, user=user, **more)
        assert 200 <= status < 300, answer
        return answer


def _below(prefix: str, answer: Asked) -> Asked:
    return lambda method, path, headers, body: answer(method, path.removeprefix(prefix), headers, body)


# ------------------------------------------------------------------ the day of most


def _asks_and_examines(_raw: Raw) -> Raw:
    question = {
        "id": "name",
        "ask": {"zh-CN": "请问您贵姓？", "en-US": "Your name, please?"},
        "field": "name",
        "secret": True,
    }
    exam = {"kind": "exam", "id": "banking", "valid_days": 365}
    return {
        "identity": {"questions": [question], "needed": 1},
        "qualifications": [{"skill": "service", "requires": [exam]}],
    }


def _calls(here: Here) -> None:
    """Let two calls have been answered, one recorded, a message left, and a customer made who is merged later."""
    records = [contact_records.record(one, InstanceARN=ARN) for one in CALLED]
    said = {**records[0]["Attributes"], "voicemail": "true"}
    records.append(contact_records.record(LEFT_A_MESSAGE, InstanceARN=ARN, Agent=None, Queue=None, Attributes=said))
    HANDLERS["ingest_contact_records"](contact_records.batch([contact_records.encoded(one) for one in records]))
    anns = [event.replace(ANNS_INSTANCE.encode(), ARN.encode()) for event in agent_day()]
    HANDLERS["ingest_agent_events"](contact_records.batch(anns))
    HANDLERS["recording_indexer"](SAMPLES["recording_indexer"][0])
    here.ask("POST", "/v1/customers", {"customer_id": "c-10002", "name": "王芳"})
    here.centre.tell()


def _offered(here: Here) -> None:
    """Let a call wait that the agent is offered at the desk."""
    waits = here.centre.rings("apart", "+862155360101")
    here.centre.tell()
    rings = Rings(here.aws.table, f"trunkline-{here.day.tenant}", TenantId(here.day.tenant))
    agents = {AGENT: identifier(AGENT)}
    Desks(rings).ring(waits.id, "after-sales", "after-sales", agents, at=datetime.now(UTC), ring_s=600)
    here.stand_ins[OFFERED] = waits.id


def _answered(here: Here) -> None:
    """Let the agent answer a call of the customer, who was told that it is recorded."""
    told = {"line": "after-sales", "recordingNotice": "true", "customerId": "c-10001", "customerKnown": "true"}
    here.stand_ins[LIVE] = here.centre.rings("desk", "+862155360102", **told).id
    here.centre.tell()


# ------------------------------------------------------------------ the days of a few


def _with_head_start(raw: Raw) -> Raw:
    return {"routing": {**raw["routing"], "ageing_bound_s": 600}}


def _under_approval(raw: Raw) -> Raw:
    return {"security": {**raw["security"], "approvals": {"actions": ["customers.delete"], "lapse_s": 3_600}}}


def _proposed(here: Here) -> None:
    """Let the agent be a director, and somebody below have asked to delete a customer."""
    for version, (user, position, leader) in enumerate(((AGENT, "director", None), ("ma.li", "manager", AGENT))):
        body = {"position": position, "leader": leader, "version": version}
        here.ask("PUT", "/v1/people/{user}", body, path={"user": user})
    here.ask("POST", "/v1/customers", {"customer_id": "c-10001", "name": "王芳"})
    path, query = {"customer_id": "c-10001"}, {"revision": 1}
    _, needs = asked(
        here.day.tenant, "/v1/customers/{customer_id}", "DELETE", None, user="ma.li", path=path, query=query
    )
    here.stand_ins[PROPOSED] = needs["approval"]


def _known_there(here: Here) -> None:
    """Let the other system know a customer, and one without a name, on whom both cannot agree."""
    here.crm.keep("c-10001", {"full_name": "王芳", "mobile": "+8613800138000", "grade": "gold"})
    here.crm.keep("c-10003", {"mobile": "+8613800138003"})


def _of(*prefixes: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(prefixes)


_ELSEWHERE: Final = _of("overrides_", "people_", "approvals_", "adapters_")

DAYS: Final[Mapping[str, Day]] = {
    MOST: Day(
        tenant="hrgroup",
        belongs=lambda name: not _ELSEWHERE(name),
        more=_asks_and_examines,
        begin=_calls,
        before={
            "offers_offers": _offered,
            "screen_api_choose": _answered,
            "reliability_dependencies": lambda _here: HANDLERS["review_papers"]({"look": "dependencies"}),
            "requests_api_package": lambda _here: HANDLERS["serve_privacy_requests"](HOUR),
        },
    ),
    "a supervisor": Day(tenant="twocities", belongs=_of("overrides_"), more=_with_head_start),
    "a director": Day(tenant="hrgroup", belongs=_of("people_", "approvals_"), more=_under_approval, begin=_proposed),
    "another system": Day(tenant="keyaccounts", belongs=_of("adapters_"), begin=_known_there),
}
"""Every example belongs to one of them."""
