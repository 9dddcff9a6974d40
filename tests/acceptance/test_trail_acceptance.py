"""Everything that has to be answered for stands in the tenant's audit trail, and nothing there changes (SEC-03)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

import app
from chalicelib.access import policy
from chalicelib.access.models import Action, Kind
from chalicelib.platform.dynamo import decode
from tests.support import example_requests, hostile
from tests.support.every_function import HANDLERS, SAMPLES, Aws
from tests.support.example_day import DAYS, MOST, Here
from tests.support.rest import USER, get

OFFICER: Final = {**USER, "cognito:username": "zhou", "cognito:groups": "compliance-officer"}


def actions() -> dict[str, Action]:
    """Return what every operation of the API does, by the operation's id."""
    named = {(one.method, one.path): name for name, one in example_requests.by_name().items()}
    return {
        named[method, path]: policy.action(operation.action) for path, method, operation in hostile.everywhere(app.app)
    }


def trail(aws: Aws) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the entries of the trail as they are kept, by their keys."""
    return {key: decode(item) for key, item in aws.table.items.items() if "#AUDIT#" in key[0] and "action" in item}


def walk(here: Here) -> set[str]:
    """Send the examples of a day and hold that each look and change leaves its entry; return the actions that left one.

    A look's entry names the action; a change's says more closely what was done. What an adapter changes in a round that
    somebody asked for is the adapter's own entry, beside that of who asked.
    """
    does, before, left = actions(), trail(here.aws), set()
    for name, status, answer in here.sent():
        assert 200 <= status < 300, (name, answer)
        after = trail(here.aws)
        new = [entry for key, entry in after.items() if key not in before]
        assert {key: after.get(key) for key in before} == before, f"{name} changed or removed an entry"
        if does[name].kind is not Kind.READ:
            own = [entry for entry in new if does[name].kind is Kind.CHANGE or entry["action"] == does[name].id]
            assert own, f"{name} left no entry"
            by = {(entry["actor"], entry["outcome"]) for entry in own}
            assert by - {("adapter:crm", "done")} == {("li.na", "done")}, name
            left.add(does[name].id)
        before = after
    return left


@pytest.mark.req("SEC-03")
def test_every_log_in_permission_look_export_and_change_is_in_a_trail_that_only_grows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None
) -> None:
    assert clean_tenant is None
    left: set[str] = set()
    for day in (day for name, day in DAYS.items() if name != MOST):
        with day.here(monkeypatch, tmp_path) as here:
            left |= walk(here)
    with DAYS[MOST].here(monkeypatch, tmp_path) as here:
        left |= walk(here)
        for event in SAMPLES["note_security_events"]:
            HANDLERS["note_security_events"](event)
        kept = trail(here.aws)
        day = next(iter(kept.values()))["at"][:10]
        period = {"from": f"{day}T00:00:00Z", "to": f"{day}T23:59:59.999Z", "limit": "100"}
        status, page = get(app.app, "/v1/audit", query=period, claims=OFFICER)
        stranger = get(app.app, "/v1/audit", query=period, claims={**OFFICER, "custom:tenant": "taxihotline"})
    told = {entry["action"] for entry in kept.values()}
    assert {"log-in", "log-in.renew", "privacy.export"} <= told
    assert any(action.startswith("aws.cognito-idp.") for action in told), "permissions changed with AWS's own tools"
    assert {action.id for action in actions().values() if action.kind is not Kind.READ} == left
    assert status == 200
    assert {entry["action"] for entry in page["entries"]} <= told
    assert stranger[0] == 403
