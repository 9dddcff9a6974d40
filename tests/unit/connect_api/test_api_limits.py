"""Quotas and throttles, when they are switched on."""

import pytest

from localstack.connect.api_engine import Engine
from localstack.connect.api_errors import LimitExceeded
from localstack.connect.provisioners import PROVISIONERS
from tests.support.connect_calls import FLOW, Refused
from tests.support.connect_world import INSTANCE_ID, identifier, to_queue
from tests.support.live_connect import Live
from tests.support.participant_calls import Participants


def code_of(live: Live, operation: str, **parameters: object) -> str:
    with pytest.raises(Refused) as caught:
        live(operation, **parameters)
    return caught.value.code


def test_nothing_is_limited_until_it_is_switched_on(live: Live) -> None:
    for _ in range(20):
        live("ListQueues")
    live.api.ok("POST", "/connect/limits", {"throttles": True})
    for _ in range(5):
        live("ListQueues")
    assert code_of(live, "ListQueues") == "ThrottlingException"
    live.api.ok("POST", "/connect/limits", {})
    live("ListQueues")


def test_a_bucket_fills_again_with_time(live: Live) -> None:
    live.api.ok("POST", "/connect/limits", {"throttles": True})
    for _ in range(5):
        live("ListQueues")
    live.connect.now_s += 1.0
    live("ListQueues")
    live("ListQueues")
    assert code_of(live, "ListQueues") == "ThrottlingException"
    live("ListUsers")


def test_the_instances_of_an_account_share_a_bucket(live: Live) -> None:
    other = live.connect.instance("other")
    live.api.ok("POST", "/connect/limits", {"throttles": True})
    for _ in range(5):
        live.connect("ListQueues", InstanceId=other)
    assert code_of(live, "ListQueues") == "ThrottlingException"


def test_an_operation_without_a_throttling_error_says_too_many_requests(live: Live) -> None:
    contact_id = live.queued_call()
    live.api.ok("POST", "/connect/limits", {"throttles": True})
    for _ in range(15):
        live("GetContactAttributes", InitialContactId=contact_id)
    assert code_of(live, "GetContactAttributes", InitialContactId=contact_id) == "TooManyRequestsException"


def test_a_search_of_more_than_two_weeks_is_admitted_once_a_second(live: Live) -> None:
    live.api.ok("POST", "/connect/limits", {"throttles": True})
    range_ = {"Type": "INITIATION_TIMESTAMP", "StartTime": "2026-03-02T00:00:00Z"}
    for _ in range(30):
        live("SearchContacts", TimeRange={**range_, "EndTime": "2026-03-16T00:00:00Z"})
    long = {"TimeRange": {**range_, "EndTime": "2026-03-16T00:00:01Z"}}
    live("SearchContacts", **long)
    assert code_of(live, "SearchContacts", **long) == "ThrottlingException"
    live.connect.now_s += 1.0
    live("SearchContacts", **long)


def test_the_participants_of_an_instance_share_a_bucket(live: Live) -> None:
    engine = live.connect.engine
    assert isinstance(engine, Engine)
    participant = Participants(engine, live.connect.limits)
    live.small.flow("chat", *to_queue("support"))
    made = [
        live("StartChatContact", ContactFlowId=identifier("chat"), ParticipantDetails={"DisplayName": "Mei"})
        for _ in range(2)
    ]
    live.api.ok("POST", "/connect/limits", {"throttles": True})
    tokens = [participant.connect(made[n % 2]["ParticipantToken"]) for n in range(9)]
    with pytest.raises(Refused, match="ThrottlingException"):
        participant.connect(made[0]["ParticipantToken"])
    say = {"ContentType": "text/plain", "Content": "Hi"}
    for n in range(15):
        participant("SendMessage", ConnectionToken=tokens[n % 2], **say)
    with pytest.raises(Refused, match="ThrottlingException"):
        participant("SendMessage", ConnectionToken=tokens[0], **say)
    participant("GetTranscript", ConnectionToken=tokens[0])
    participant.now_s += 1.0
    participant.connect(made[0]["ParticipantToken"])


def test_a_quota_that_is_used_up_refuses_one_more(live: Live) -> None:
    live.api.ok("POST", "/connect/limits", {"quotas": True})
    room = 100 - len(live.small.instance.flows)
    for n in range(room):
        live("CreateContactFlow", Name=f"flow-{n}", Type="CONTACT_FLOW", Content=FLOW)
    last = {"Name": "one-more", "Type": "CONTACT_FLOW", "Content": FLOW}
    assert code_of(live, "CreateContactFlow", **last) == "LimitExceededException"
    assert len(live.small.directory.instance(INSTANCE_ID).flows) == 100


def test_an_account_has_two_instances(live: Live) -> None:
    live.connect.instance("second")
    live.api.ok("POST", "/connect/limits", {"quotas": True})
    with pytest.raises(Refused) as caught:
        live.connect.instance("third")
    assert caught.value.code == "ServiceQuotaExceededException"


def test_the_switch_takes_booleans_only(live: Live) -> None:
    assert live.api.ask("POST", "/connect/limits", {"quotas": "yes"})[0] == 400


def test_what_a_template_makes_takes_up_the_quota_too(live: Live) -> None:
    hours = live.small.instance.hours[next(iter(live.small.instance.hours))].arn
    instance = live.small.instance.arn
    made = {"InstanceArn": instance, "HoursOfOperationArn": hours}
    create = PROVISIONERS["AWS::Connect::Queue"].create
    room = 100 - len(live.small.instance.queues)
    live.api.ok("POST", "/connect/limits", {"quotas": True})
    for n in range(room):
        create(live.connect.context, {**made, "Name": f"q{n}"})
    with pytest.raises(LimitExceeded, match="100"):
        create(live.connect.context, {**made, "Name": "one more"})
    live.api.ok("POST", "/connect/limits", {})
    create(live.connect.context, {**made, "Name": "one more"})
