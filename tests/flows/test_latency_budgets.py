"""No function keeps a caller longer than its block in the flow allows, not even over a table that says nothing."""

import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.callbacks.flow import request_callback
from chalicelib.customers.flow import lookup_customer
from chalicelib.menus.flow import menu_step
from chalicelib.platform import aws, budget, flow_door
from chalicelib.routing.flow import route_contact
from chalicelib.waiting.flow import estimate_wait
from flowlang import document
from infra.cdk.flow_catalogue import FLOWS, LAMBDAS
from tests.support.flow_environment import function_environment
from tests.support.tenants import flow_event

type Function = Callable[[Any, Any], dict[str, str]]

FUNCTIONS: Mapping[str, Function] = {
    "estimate_wait": estimate_wait,
    "lookup_customer": lookup_customer,
    "menu_step": menu_step,
    "request_callback": request_callback,
    "route_contact": route_contact,
}
MOST_S = 8
"""Amazon Connect's limit of a block that waits for its function."""


def blocks() -> Iterator[tuple[str, str, int]]:
    """Yield where a flow invokes a function: the block, the function, the seconds that the block waits."""
    for path in sorted(FLOWS.glob("*/*.json")):
        for action in document.parse(path.read_bytes()).actions:
            if action.type == "InvokeLambdaFunction":
                (function,) = re.findall(r"\{\{lambda\.(\w+)\}\}", action.parameters["LambdaFunctionARN"])
                yield f"{path.stem}.{action.identifier}", function, int(action.parameters["InvocationTimeLimitSeconds"])


def shortest_s(function: str) -> int:
    """Return the seconds that the least patient block of any flow waits for the function."""
    return min(limit_s for _, invoked, limit_s in blocks() if invoked == function)


def test_every_function_that_a_flow_may_invoke_is_invoked_and_no_other() -> None:
    assert {function for _, function, _ in blocks()} == set(FUNCTIONS) == LAMBDAS


@pytest.mark.req("REL-04")
@pytest.mark.parametrize(("block", "function", "limit_s"), tuple(blocks()))
def test_a_block_waits_longer_than_its_function_may_take(block: str, function: str, limit_s: int) -> None:
    del function
    tries_s = budget.QUICK_FAILURE_S + aws.CALLER_WAITS.connect_timeout_s + aws.CALLER_WAITS.read_timeout_s
    allowed_s = max(flow_door.STORE_BUDGET_S, tries_s) + flow_door.RESERVE_S
    assert allowed_s < limit_s <= MOST_S, block


@pytest.fixture
def silent_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A store that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with function_environment(monkeypatch, tmp_path, endpoint_url=address):
            yield


@pytest.mark.req("REL-04")
@pytest.mark.usefixtures("silent_table")
@pytest.mark.parametrize(
    ("function", "parameters", "default"),
    [
        ("route_contact", {"menuChoice": "3"}, {"queue": "after-sales", "degradedFlag": "routing-degraded"}),
        ("lookup_customer", {}, {"found": "false", "degraded": "true"}),
        ("request_callback", {"queue": "after-sales"}, {"accepted": "false", "callback": "unavailable"}),
        ("estimate_wait", {"queue": "after-sales", "position": "3", "agents": "1"}, {"waitSeconds": "none"}),
        ("menu_step", {"event": "greet"}, {"sayKind": "text", "version": "0"}),
    ],
)
def test_over_a_silent_table_the_default_is_answered_before_the_flow_gives_up(
    function: str, parameters: dict[str, str], default: dict[str, str]
) -> None:
    started_s = time.monotonic()
    reply = FUNCTIONS[function](flow_event(**parameters), None)
    took_s = time.monotonic() - started_s
    assert default.items() <= reply.items()
    assert took_s < shortest_s(function)
