"""The custom resource that links numbers and publishes flows: right calls, patience, and always an answer."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lambda_files import loaded

INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/i-1"
NUMBER = "arn:aws:connect:us-east-1:000000000000:phone-number/p-1"
FLOW = f"{INSTANCE}/contact-flow/f-1"


linker: Any = loaded("connect_linker", "connect_linker_handler")


@dataclass
class FakeConnect:
    """Amazon Connect as the linker sees it; refuses with the queued errors first."""

    links: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    kept_days: dict[str, int | None] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    calls: int = 0

    def _enter(self) -> None:
        self.calls += 1
        if self.refusals:
            raise linker.RefusedError(self.refusals.pop(0), "no")

    def link(self, instance: str, number: str, flow: str) -> None:
        assert instance == INSTANCE
        self._enter()
        self.links[number] = flow

    def unlink(self, instance: str, number: str) -> None:
        assert instance == INSTANCE
        self._enter()
        self.links.pop(number, None)

    def publish(self, instance: str, flow: str, content: str) -> None:
        assert instance == INSTANCE
        self._enter()
        self.contents[flow] = content

    def document(self, bucket: str, key: str) -> bytes:
        try:
            return self.objects[bucket, key]
        except KeyError:
            raise linker.RefusedError("NoSuchKey", f"s3://{bucket}/{key}") from None

    def make_log_group(self, name: str) -> None:
        self._enter()
        self.kept_days.setdefault(name, None)

    def keep_log_group(self, name: str, days: int) -> None:
        self._enter()
        assert name in self.kept_days
        self.kept_days[name] = days


@dataclass
class Run:
    """One event handled: what CloudFormation was told and how long the linker waited."""

    answers: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)

    def handle(self, event: dict[str, Any], connect: FakeConnect) -> Mapping[str, Any]:
        linker.handle(event, connect, lambda url, document: self.answers.append((url, document)), self.waits_s.append)
        ((url, document),) = self.answers
        assert url == event["ResponseURL"]
        return document


def _event(request: str, kind: str = "Custom::PhoneNumberFlow", **properties: Any) -> dict[str, Any]:
    given_properties = {"InstanceArn": INSTANCE, "PhoneNumberArn": NUMBER, "ContactFlowArn": FLOW, **properties}
    return {
        "RequestType": request,
        "ResourceType": kind,
        "ResponseURL": "http://127.0.0.1/answer",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Link",
        "ResourceProperties": given_properties,
    }


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_a_number_leads_to_its_flow(request_type: str) -> None:
    connect = FakeConnect()
    answer = Run().handle(_event(request_type), connect)
    assert connect.links == {NUMBER: FLOW}
    assert answer == {
        "Status": "SUCCESS",
        "PhysicalResourceId": f"PhoneNumberFlow:{NUMBER}",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Link",
    }


def test_another_flow_for_the_same_number_is_the_same_resource() -> None:
    first = Run().handle(_event("Create"), FakeConnect())
    second = Run().handle(_event("Update", ContactFlowArn=f"{FLOW}2"), FakeConnect())
    assert first["PhysicalResourceId"] == second["PhysicalResourceId"]


def test_a_deleted_link_leads_nowhere_and_may_be_deleted_again() -> None:
    connect = FakeConnect(links={NUMBER: FLOW})
    assert Run().handle(_event("Delete"), connect)["Status"] == "SUCCESS"
    assert connect.links == {}
    connect.refusals.append("ResourceNotFoundException")
    assert Run().handle(_event("Delete"), connect)["Status"] == "SUCCESS"


def test_a_number_that_left_the_role_with_the_contract_does_not_hold_up_its_deletion() -> None:
    connect = FakeConnect(refusals=["AccessDeniedException"])
    assert Run().handle(_event("Delete"), connect)["Status"] == "SUCCESS"


@pytest.mark.parametrize("code", ["InvalidParameterException", "InvalidRequestException"])
def test_a_link_that_could_not_be_taken_away_for_another_reason_is_told(code: str) -> None:
    assert Run().handle(_event("Delete"), FakeConnect(refusals=[code]))["Status"] == "FAILED"


def test_a_link_that_may_not_be_made_is_told() -> None:
    assert Run().handle(_event("Create"), FakeConnect(refusals=["AccessDeniedException"]))["Status"] == "FAILED"


def _flows_event(request: str, document: bytes, **properties: Any) -> dict[str, Any]:
    told = {
        "Document": "a",
        "Bucket": "assets",
        "Key": "a.json",
        "Digest": hashlib.sha256(document).hexdigest(),
        "References": {"flow.a": FLOW, "flow.b": f"{FLOW}2", "queue.sales": "arn:sales"},
        "Descriptions": {},
    }
    return _event(request, "Custom::ContactFlowContent", **{**told, **properties})


FLOWS = json.dumps({"flow.a": ['{"go":"', "flow.b", '"}'], "flow.b": ["{}"]}).encode()


def _having(document: bytes, **also: Any) -> FakeConnect:
    return FakeConnect(objects={("assets", "a.json"): document}, **also)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_flows_that_name_each_other_get_their_content_with_arns_in_it(request_type: str) -> None:
    connect = _having(FLOWS)
    answer = Run().handle(_flows_event(request_type, FLOWS), connect)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "ContactFlowContent:a")
    assert connect.contents == {FLOW: f'{{"go":"{FLOW}2"}}', f"{FLOW}2": "{}"}


def test_flows_lose_nothing_on_deletion_of_their_content() -> None:
    connect = FakeConnect(contents={FLOW: "{}"})
    assert Run().handle(_flows_event("Delete", FLOWS), connect)["Status"] == "SUCCESS"
    assert (connect.contents, connect.calls) == ({FLOW: "{}"}, 0)


@pytest.mark.parametrize(
    ("document", "changed", "reason"),
    [
        (None, {}, "RefusedError: NoSuchKey: s3://assets/a.json"),
        (FLOWS, {"Digest": "0" * 64}, "BadDocument: its SHA-256 is "),
        (FLOWS, {"References": {"flow.a": FLOW, "flow.b": ""}}, "MissingReference: the template has no ARN for flow.b"),
        (FLOWS, {"References": {}}, "MissingReference: the template has no ARN for flow.a, flow.b"),
        (b'{"flow.a": ["{}"], "flow.c": ["{}"]}', {}, "MissingReference: the template has no ARN for flow.c"),
        (b'{"flow.a": ["{}"', {}, "BadDocument: it is not JSON"),
        (b"{}", {}, "BadDocument: it is not an object with a list of texts"),
        (b"[]", {}, "BadDocument: it is not an object with a list of texts"),
        (b'{"flow.a": ["{", "flow.b"]}', {}, "BadDocument: it is not an object with a list of texts"),
        (b'{"flow.a": [1]}', {}, "BadDocument: it is not an object with a list of texts"),
    ],
)
def test_without_every_flow_whole_none_is_published_and_the_reason_is_told(
    document: bytes | None, changed: dict[str, Any], reason: str
) -> None:
    connect = FakeConnect() if document is None else _having(document)
    answer = Run().handle({**_flows_event("Update", document or FLOWS, **changed)}, connect)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(reason)
    assert (connect.contents, connect.calls) == ({}, 0)


_NAMES = st.sampled_from(["flow.a", "queue.sales"])


@given(st.lists(st.text(max_size=9), min_size=1, max_size=4), st.lists(_NAMES, min_size=3, max_size=3))
def test_only_the_names_between_texts_become_arns_whatever_the_texts_say(texts: list[str], names: list[str]) -> None:
    parts = [part for pair in zip(texts, [*names, ""][: len(texts)], strict=True) for part in pair][:-1]
    document = json.dumps({"flow.a": parts}).encode()
    connect = _having(document)
    assert Run().handle(_flows_event("Create", document), connect)["Status"] == "SUCCESS"
    arns = {"flow.a": FLOW, "queue.sales": "arn:sales"}
    assert connect.contents[FLOW] == "".join(arns[part] if place % 2 else part for place, part in enumerate(parts))


def test_throttling_is_waited_out_longer_each_time() -> None:
    connect, run = FakeConnect(refusals=["TooManyRequestsException"] * 3), Run()
    assert run.handle(_event("Create"), connect)["Status"] == "SUCCESS"
    assert run.waits_s == [1, 2, 4]


def test_patience_ends_and_the_reason_is_told() -> None:
    connect, run = FakeConnect(refusals=["ThrottlingException"] * 99), Run()
    answer = run.handle(_event("Create"), connect)
    assert connect.calls == linker.ATTEMPTS
    assert answer["Status"] == "FAILED"
    assert "ThrottlingException" in answer["Reason"]


def test_a_refusal_is_not_repeated_but_told() -> None:
    connect, run = _having(FLOWS, refusals=["InvalidContactFlowException"]), Run()
    answer = run.handle(_flows_event("Update", FLOWS), connect)
    assert (connect.calls, run.waits_s) == (1, [])
    assert answer["Reason"].startswith("RefusedError: InvalidContactFlowException")


def test_a_failed_update_keeps_the_resource_that_was_there() -> None:
    event = {**_event("Update"), "PhysicalResourceId": "before"}
    answer = Run().handle(event, FakeConnect(refusals=["AccessDeniedException"]))
    assert answer["PhysicalResourceId"] == "before"


def test_an_unknown_resource_type_is_named() -> None:
    answer = Run().handle(_event("Create", "Custom::Other"), FakeConnect())
    assert answer["Status"] == "FAILED"
    assert "Custom::Other" in answer["Reason"]


@given(
    event=st.fixed_dictionaries(
        {"ResponseURL": st.just("http://127.0.0.1/answer")},
        optional={
            "RequestType": st.sampled_from(["Create", "Update", "Delete", "Other"]),
            "ResourceType": st.sampled_from(["Custom::PhoneNumberFlow", "Custom::ContactFlowContent", "Custom::X"]),
            "PhysicalResourceId": st.text(max_size=5),
            "ResourceProperties": st.dictionaries(
                st.sampled_from(["InstanceArn", "PhoneNumberArn", "ContactFlowArn", "Bucket", "Key", "Digest"]),
                st.just(INSTANCE),
            ),
        },
    )
)
def test_cloudformation_always_gets_one_answer_with_an_id(event: dict[str, Any]) -> None:
    answer = Run().handle(event, FakeConnect())
    assert answer["Status"] in {"SUCCESS", "FAILED"}
    assert answer["PhysicalResourceId"]
    assert ("Reason" in answer) == (answer["Status"] == "FAILED")


class _Answers(BaseHTTPRequestHandler):
    """CloudFormation's side of the presigned URL: refuses as often as the server says, then takes the answer."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server: Any = self.server
        server.seen.append((self.path, self.headers["Content-Type"], body))
        self.send_response(500 if len(server.seen) <= server.refusals else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - the base class's signature
        return


@pytest.fixture
def bucket() -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), _Answers)
    server.seen, server.refusals = [], 0
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_answer_is_put_unchanged_to_the_signed_url(bucket: Any) -> None:
    linker.put(f"http://127.0.0.1:{bucket.server_port}/key?signature=s", {"Status": "SUCCESS"})
    assert bucket.seen == [("/key?signature=s", "", b'{"Status": "SUCCESS"}')]


def test_an_answer_that_is_refused_once_is_sent_again(bucket: Any) -> None:
    bucket.refusals = 1
    linker.put(f"http://127.0.0.1:{bucket.server_port}/key", {"Status": "SUCCESS"}, [].append)
    assert len(bucket.seen) == 2


LOGS = {"LogGroupName": "/aws/connect/trunkline-acme", "RetentionInDays": "365"}


def test_what_flows_log_ends_after_the_days_that_the_template_says() -> None:
    connect = FakeConnect(refusals=["ThrottlingException"])
    answer = Run().handle(_event("Create", "Custom::LogRetention", **LOGS), connect)
    assert (answer["Status"], connect.kept_days) == ("SUCCESS", {"/aws/connect/trunkline-acme": 365})
    assert answer["PhysicalResourceId"] == "LogRetention:/aws/connect/trunkline-acme"


def test_a_log_group_that_amazon_connect_has_made_before_gets_its_end_too() -> None:
    connect = FakeConnect(refusals=["ResourceAlreadyExistsException"], kept_days={LOGS["LogGroupName"]: None})
    assert Run().handle(_event("Update", "Custom::LogRetention", **LOGS), connect)["Status"] == "SUCCESS"
    assert connect.kept_days == {LOGS["LogGroupName"]: 365}


def test_a_log_group_outlives_its_stack() -> None:
    connect = FakeConnect()
    assert Run().handle(_event("Delete", "Custom::LogRetention", **LOGS), connect)["Status"] == "SUCCESS"
    assert connect.calls == 0
