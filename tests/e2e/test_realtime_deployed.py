"""The live view on the deployed system: EventBridge, stream, functions, table and gateway, fresh within seconds."""

from typing import Any

import pytest

from cli.control import PlannedCall, moment
from tests.support.deployed_system import System, events, until

pytestmark = pytest.mark.e2e

TENANT, HOTLINE, LINE = "taxihotline", "+8696196", "hotline"
TO_DESK = ({"press": "0"},)


def line(view: dict[str, Any]) -> dict[str, int]:
    (found,) = (one for one in view["lines"] if one["line"] == LINE)
    return {name: count for name, count in found.items() if name != "line"}


@pytest.mark.req("RTM-01")
def test_calls_agents_and_queues_of_the_deployed_tenant_are_seen_while_they_go_on(system: System) -> None:
    control, api = system.control, system.apis[TENANT].http
    began = control.now()
    calls = [
        control.call(PlannedCall(to=HOTLINE, from_=f"+86136{number:08d}", script=TO_DESK, talk_s=900))
        for number in range(3)
    ]
    control.run(max_s=60)

    def seen() -> dict[str, Any] | None:
        view: dict[str, Any] = api.get("/v1/realtime")
        talking = {one["contact_id"] for one in view["agents"] if one["activity"] == "on-contact"}
        return view if talking >= set(calls) and line(view)["talking"] >= len(calls) else None

    view = until(seen, "three calls on the line")
    busy = [one for one in view["agents"] if one["contact_id"] in calls]
    assert {(one["activity"], one["queue"]) for one in busy} == {("on-contact", "hotline")}
    as_of = moment(view["as_of"])
    assert began <= as_of <= control.now()
    for one in busy:
        (joined,) = events(control.look(one["contact_id"]), "joined")
        since = moment(one["since"])
        assert since == joined.at.replace(microsecond=joined.at.microsecond // 1000 * 1000)
        assert began < since < as_of
        assert one["seconds"] == round((as_of - since).total_seconds())
    (queue,) = (one for one in view["queues"] if one["queue"] == "hotline")
    assert queue["talking"] >= len(calls)
    assert queue["staffed"] >= len(calls)
    assert view["contacts_at"] <= view["as_of"]
    control.run()
