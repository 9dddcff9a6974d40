"""What an action does on the channel of its contact: it works, fails with its own branch, or quietly does nothing."""

from typing import Any

import pytest

from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.tasks import TaskPlan
from tests.support.connect_world import Small, action, arn, texts, to_queue
from tests.support.one_action import ERRORS, go


@pytest.fixture
def small() -> Small:
    return Small()


def tag(label: str) -> dict[str, Any]:
    """A label that a contact without a customer can leave, too."""
    return action(label, "TagContact", {"Tags": {"way": label}}, "bye", errors={"NoMatchingError": "bye"})


def as_task(small: Small, kind: str, parameters: dict[str, Any], **results: str) -> tuple[str, Contact]:
    """The way that a task goes after the action."""
    tested = action("tested", kind, parameters, "next", errors={e: e for e in ERRORS}, when=results)
    flow = small.flow("task", tested, *(tag(label) for label in ("next", *ERRORS, *results.values())))
    task = small.world.tasks.create(small.instance, TaskPlan(flow=flow, name="t"))
    small.run()
    return task.tags.get("way", ""), task


@pytest.mark.parametrize(
    ("kind", "parameters", "way"),
    [
        ("MessageParticipant", {"PromptId": "nowhere"}, "next"),
        ("MessageParticipantIteratively", {"Messages": [{"Text": "a"}]}, "NoMatchingError"),
        ("GetParticipantInput", {"Text": "a", "InputTimeLimitSeconds": "5"}, "NoMatchingError"),
        ("UpdateContactTextToSpeechVoice", {}, "next"),
        ("UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}, "next"),
        ("UpdateContactRecordingAndAnalyticsBehavior", {"VoiceBehavior": {}}, "ChannelMismatch"),
        ("UpdateContactCallbackNumber", {"CallbackNumber": "$.Attributes.n"}, "InvalidCallbackNumber"),
        ("Wait", {"TimeLimitSeconds": "5", "Events": ["CustomerReturned"]}, "NoMatchingError"),
    ],
)
def test_a_task_takes_the_branch_of_its_channel(small: Small, kind: str, parameters: dict[str, Any], way: str) -> None:
    assert as_task(small, kind, parameters)[0] == way


def as_chat(small: Small, kind: str, parameters: dict[str, Any]) -> tuple[str, Contact]:
    """The way that a chat goes after the action."""
    tested = action("tested", kind, parameters, "next", errors={e: e for e in ERRORS})
    flow = small.flow("chat", tested, *(tag(label) for label in ("next", *ERRORS)))
    chat = small.world.chats.start(small.instance, ChatPlan(flow=flow))
    small.run()
    return chat.tags.get("way", ""), chat


@pytest.mark.parametrize(
    ("kind", "parameters", "way"),
    [
        ("MessageParticipant", {"Text": "hello"}, "next"),
        ("MessageParticipant", {"SSML": "<speak>hello</speak>"}, "NoMatchingError"),
        ("MessageParticipantIteratively", {"Messages": [{"Text": "a"}]}, "NoMatchingError"),
        ("GetParticipantInput", {"Text": "a", "InputTimeLimitSeconds": "5"}, "NoMatchingError"),
        ("UpdateContactTextToSpeechVoice", {}, "next"),
        ("UpdateContactRecordingBehavior", {"RecordingBehavior": {"IVRRecordingBehavior": "Enabled"}}, "next"),
        ("UpdateContactRecordingAndAnalyticsBehavior", {"VoiceBehavior": {}}, "ChannelMismatch"),
        ("UpdateContactRecordingAndAnalyticsBehavior", {"ChatBehavior": {}}, "next"),
        ("UpdateContactCallbackNumber", {"CallbackNumber": "$.Attributes.n"}, "InvalidCallbackNumber"),
        ("ResumeContact", {}, "NoMatchingError"),
        ("LoadContactContent", {}, "NoMatchingError"),
        ("CreateCallbackContact", {"InitialCallDelaySeconds": "5"}, "NoMatchingError"),
    ],
)
def test_a_chat_takes_the_branch_of_its_channel(small: Small, kind: str, parameters: dict[str, Any], way: str) -> None:
    assert as_chat(small, kind, parameters)[0] == way


def test_a_chat_is_analysed_when_its_flow_says_so_and_no_sound_is_recorded() -> None:
    small = Small()
    behaviour = {"ChatBehavior": {"ChatAnalyticsBehavior": {"Enabled": "True"}}}
    _, chat = as_chat(small, "UpdateContactRecordingAndAnalyticsBehavior", behaviour)
    assert chat.analytics
    recorded = {"RecordingBehavior": {"RecordedParticipants": ["Agent"], "IVRRecordingBehavior": "Enabled"}}
    _, other = as_chat(small, "UpdateContactRecordingBehavior", recorded)
    assert (other.recorded, other.recordings) == ((), [])


def test_metrics_of_a_queue_can_be_those_of_one_channel() -> None:
    small = Small()
    small.queue("support")
    profile = small.profile("support", ("support", 1, 0), concurrency={"VOICE": 1, "CHAT": 1})
    small.agent("li.na", profile, status="Lunch")
    wait = small.flow("wait", *to_queue("support"))
    for _ in range(2):
        small.world.chats.start(small.instance, ChatPlan(flow=wait))
    found = {}
    for channel in ("Voice", "chat", "Fax"):
        asked = {"QueueId": arn("queue", "support"), "QueueChannel": channel}
        sizes = {"Tags": {"size": "$.Metrics.Queue.Size", "online": "$.Metrics.Agents.Online.Count"}}
        flow = small.flow(
            f"ask {channel}",
            action("m", "GetMetricData", asked, "t", errors={"NoMatchingError": "bye"}),
            action("t", "TagContact", sizes, "bye", errors={"NoMatchingError": "bye"}),
        )
        task = small.world.tasks.create(small.instance, TaskPlan(flow=flow, name="t"))
        small.run()
        found[channel] = task.tags
    assert found == {"Voice": {"size": "0", "online": "1"}, "chat": {"size": "2", "online": "1"}, "Fax": {}}


def test_nothing_is_recorded_of_a_task(small: Small) -> None:
    _, task = as_task(
        small, "UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}
    )
    assert task.recorded == ()


def test_a_task_that_waits_takes_its_time(small: Small) -> None:
    way, task = as_task(small, "Wait", {"TimeLimitSeconds": "30"}, WaitCompleted="done")
    assert way == "done"
    assert task.disconnected_at is not None
    assert (task.disconnected_at - task.initiated_at).total_seconds() == 30


def test_waiting_longer_than_a_week_is_an_error(small: Small) -> None:
    assert as_task(small, "Wait", {"TimeLimitSeconds": "604801"})[0] == "NoMatchingError"


def test_a_caller_cannot_be_made_to_wait_in_silence(small: Small) -> None:
    label, contact = go(small, "Wait", {"TimeLimitSeconds": "5"})
    assert label == "NoMatchingError"
    assert texts(contact, "error") == ["Wait: Wait does not work for VOICE contacts"]
