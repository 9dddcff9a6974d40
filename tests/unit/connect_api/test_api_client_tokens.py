"""Client tokens: every operation that has one does nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.connect import api
from localstack.connect.api_context import OPERATIONS
from localstack.connect.api_engine import Engine
from localstack.connect.api_model import PARTICIPANT, service_model
from localstack.connect.api_participant import DEEDS
from localstack.connect.api_refusals import OTHER_REQUEST, declared
from localstack.connect.tokens import LIFE, OtherRequest, Tokens
from tests.support.connect_calls import Refused
from tests.support.connect_world import ARN
from tests.support.live_connect import Live
from tests.support.participant_calls import Participants
from tests.support.token_cases import BOT, CASES, MODULE, Asked, flow

TOKEN = "ClientToken"
ELSEWHERE = frozenset({"ClaimPhoneNumber", "ReleasePhoneNumber", "UpdatePhoneNumber", "UpdatePhoneNumberMetadata"})
"""Operations that are asked without an instance, or name it otherwise."""


WITHOUT_ANOTHER = frozenset({"DeleteInstance"})
"""Operations that nothing but the instance is asked of: tokens belong to an instance, so there is no other request."""


def with_token(service: str, implemented: set[str]) -> set[str]:
    """The operations of a service that are implemented and have a token."""
    model = service_model(service)
    shapes = {name: model.operation_model(name).input_shape for name in model.operation_names}
    return {name for name in implemented if (shape := shapes[name]) is not None and TOKEN in shape.members}


def everything(live: Live) -> tuple[object, ...]:
    """All that exists: resources of every instance, contacts, executions, and how many messages have been written."""
    engine = live.connect.engine
    assert isinstance(engine, Engine)
    world = live.api.control.driver.world
    chats = {one.id: len(one.chat.items) for one in world.contacts.values() if one.chat is not None}
    participants = {one.id: sorted(one.chat.bots) for one in world.contacts.values() if one.chat is not None}
    return (
        repr(live.connect.directory.instances()),
        sorted(world.contacts),
        chats,
        participants,
        sorted(engine.trials.executions),
        sorted(engine.seats),
        sorted(live.connect.permissions.allowed),
    )


def ask(live: Live, operation: str, asked: Asked) -> Asked:
    if operation in {*ELSEWHERE, "CreateInstance"} or "InstanceId" in asked:
        return live.connect(operation, **asked)
    return live(operation, **asked)


def test_every_operation_with_a_token_is_tried_here() -> None:
    assert set(CASES) == with_token("connect", set(OPERATIONS))
    files = {"StartAttachmentUpload", "CompleteAttachmentUpload"}
    assert with_token(PARTICIPANT, set(DEEDS)) == {"DisconnectParticipant", "SendEvent", "SendMessage", *files}
    model = service_model()
    traits = {
        name
        for name in OPERATIONS
        if (shape := model.operation_model(name).input_shape) is not None
        and any(member.metadata.get("idempotencyToken") for member in shape.members.values())
    }
    assert traits <= set(CASES), "a token of another name than ClientToken"


@pytest.mark.parametrize("operation", sorted(CASES))
def test_a_repeated_request_gets_the_same_answer_and_makes_nothing(live: Live, operation: str) -> None:
    asked, other = CASES[operation](live)
    first = ask(live, operation, {**asked, TOKEN: "one"})
    made = everything(live)
    assert ask(live, operation, {**asked, TOKEN: "one"}) == first
    assert everything(live) == made
    if operation in WITHOUT_ANOTHER:
        return
    with pytest.raises(Refused) as caught:
        ask(live, operation, {**asked, **other, TOKEN: "one"})
    assert caught.value.code in declared(operation)
    wanted = next(kind for kind in OTHER_REQUEST if kind.code in declared(operation))
    assert caught.value.code == wanted.code
    assert "ClientToken" in caught.value.document["Message"]
    assert everything(live) == made


def test_a_participant_attaches_a_file_once(live: Live) -> None:
    made = live("StartChatContact", ContactFlowId=flow(live), ParticipantDetails={"DisplayName": "Mei"})
    live.small.put(live.small._storage("ATTACHMENTS", storage_type="S3", bucket="files"))
    engine = live.connect.engine
    assert isinstance(engine, Engine)
    people = Participants(engine)
    token = people.connect(made["ParticipantToken"])
    photo = {"ContentType": "image/png", "AttachmentSizeInBytes": 1, "AttachmentName": "p.png", TOKEN: "p"}
    first = people("StartAttachmentUpload", ConnectionToken=token, **photo)
    assert people("StartAttachmentUpload", ConnectionToken=token, **photo) == first
    live.small.cloud.objects[first["UploadMetadata"]["Url"].removeprefix("https://files.invalid/")] = b"x"
    for _ in range(2):
        done = {"AttachmentIds": [first["AttachmentId"]], TOKEN: "d"}
        assert people("CompleteAttachmentUpload", ConnectionToken=token, **done) == {}
    lines = people("GetTranscript", ConnectionToken=token, MaxResults=100)["Transcript"]
    assert [line["Type"] for line in lines].count("ATTACHMENT") == 1


def test_a_participant_writes_and_leaves_once(live: Live) -> None:
    made = live("StartChatContact", ContactFlowId=flow(live), ParticipantDetails={"DisplayName": "Mei"})
    engine = live.connect.engine
    assert isinstance(engine, Engine)
    people = Participants(engine)
    token = people.connect(made["ParticipantToken"])
    again = people.connect(made["ParticipantToken"])
    asked = {"ContentType": "text/plain", "Content": "Hi", TOKEN: "m"}
    first = people("SendMessage", ConnectionToken=token, **asked)
    assert people("SendMessage", ConnectionToken=again, **asked) == first, "the token is the participant's"
    with pytest.raises(Refused) as caught:
        people("SendMessage", ConnectionToken=token, **{**asked, "Content": "Ho"})
    assert caught.value.code == "ValidationException"
    typing = {"ContentType": "application/vnd.amazonaws.connect.event.typing", TOKEN: "e"}
    assert people("SendEvent", ConnectionToken=token, **typing) == people("SendEvent", ConnectionToken=token, **typing)
    for _ in range(2):
        people("DisconnectParticipant", ConnectionToken=token, ClientToken="d")
    with pytest.raises(Refused) as caught:
        people("DisconnectParticipant", ConnectionToken=token, ClientToken="other")
    assert caught.value.code == "AccessDeniedException"


def test_a_refused_request_leaves_its_token_unused(live: Live) -> None:
    asked = {"Name": "m", "Content": MODULE, TOKEN: "one"}
    with pytest.raises(Refused):
        live("CreateContactFlowModule", **{**asked, "Content": "{"})
    assert live("CreateContactFlowModule", **asked) == live("CreateContactFlowModule", **asked)


def test_a_token_belongs_to_one_operation_of_one_instance(live: Live) -> None:
    second = live.connect.instance("second")
    here = live("CreateContactFlowModule", Name="m", Content=MODULE, ClientToken="one")
    there = live.connect("CreateContactFlowModule", InstanceId=second, Name="m", Content=MODULE, ClientToken="one")
    assert here["Id"] != there["Id"]
    live("AssociateBot", **BOT, ClientToken="one")


def test_a_token_is_forgotten_after_seven_days_of_the_engine(live: Live) -> None:
    asked = {"Name": "Call back", "ContactFlowId": flow(live), TOKEN: "one"}
    first = live("StartTaskContact", **asked)
    week = {"max_s": LIFE.total_seconds()}
    live.api.ok("POST", "/connect/run", {"until": "2026-03-09T00:59:59Z", **week})
    assert live("StartTaskContact", **asked) == first
    live.api.ok("POST", "/connect/run", {"until": "2026-03-09T01:00:00Z", **week})
    assert live("StartTaskContact", **asked) != first


def test_a_directory_without_an_engine_remembers_by_the_clock_of_the_request(live: Live) -> None:
    connect = live.connect
    connect.engine = None
    first = live("CreateContactFlowModule", Name="m", Content=MODULE, ClientToken="one")
    connect.now_s += LIFE.total_seconds() - 1
    assert live("CreateContactFlowModule", Name="m", Content=MODULE, ClientToken="one") == first
    connect.now_s += 1
    with pytest.raises(Refused) as caught:
        live("CreateContactFlowModule", Name="m", Content=MODULE, ClientToken="one")
    assert caught.value.code == "DuplicateResourceException"
    assert api.call(connect.context, "ListContactFlowModules", {"InstanceId": ARN})["ContactFlowModulesSummaryList"]


EPOCH = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 4)), max_size=40))
def test_tokens_agree_with_a_list_of_what_was_asked_before(steps: list[tuple[str, str, int]]) -> None:
    """Steps are (token, what is asked, days that pass first)."""
    tokens, known, now = Tokens(), dict[str, tuple[datetime, str, int]](), EPOCH
    for n, (token, what, days) in enumerate(steps):
        now += timedelta(days=days)
        at, before, number_ = known.get(token, (EPOCH - LIFE, "", -1))
        fresh = now - at >= LIFE

        def do(made: int = n) -> Asked:
            return {"n": made}

        if not fresh and before != what:
            with pytest.raises(OtherRequest):
                tokens.once(("op",), {TOKEN: token, "what": what}, now, do)
            continue
        if fresh:
            known[token] = (now, what, n)
        answer = tokens.once(("op",), {TOKEN: token, "what": what}, now, do)
        assert answer == {"n": n if fresh else number_}
        answer["n"] = -7  # what the asker does with an answer changes nothing of what is remembered


def test_the_oldest_tokens_are_forgotten_when_there_are_too_many() -> None:
    tokens, made = Tokens(kept=2), list[str]()

    def once(token: str) -> None:
        tokens.once(("op",), {TOKEN: token}, EPOCH, lambda: made.append(token) or {})

    for token in "abcba":
        once(token)
    assert made == ["a", "b", "c", "a"]
