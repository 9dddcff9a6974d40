"""The house of `any_day`: queues, profiles, users, and flows in which chance decides what happens to a caller."""

from typing import Any

from localstack.connect.engine.providers import Providers, read
from tests.support.action_cases import KNOWN
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import Small, action, arn, say, to_queue

QUEUES = ("support", "sales", "experts")
PEOPLE, SIMULATED = 12, 6
DIAL_OUT = "dial out"
"""The flow of customer-first callbacks, on days that have them."""
LATER = {"InitialCallDelaySeconds": "60", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "60"}


def furnish(small: Small) -> None:
    """Queues, profiles, users, flows, and a number that leads to them."""
    small.instance.attributes = {**small.instance.attributes, "MULTI_PARTY_CONFERENCE": True}
    small.world.adopt(small.instance, Providers(**read(KNOWN)))
    for name in QUEUES:
        small.queue(name, max_contacts=40)
    channels = {"VOICE": 1, "CHAT": 3, "TASK": 2, "EMAIL": 1}
    across = dict.fromkeys(channels, "ROUTE_ANY_CHANNEL")
    generalist = small.profile("any", *((name, 1, 0) for name in QUEUES), concurrency=channels)
    specialist = small.profile(
        "some", ("experts", 1, 0), ("support", 2, 15), concurrency=channels, cross_channel=across
    )
    for n in range(PEOPLE):
        small.user(f"person{n}", generalist if n % 2 else specialist, acw_limit_s=30 if n % 3 else 0)
    for n in range(SIMULATED):
        small.user(f"robot{n}", generalist)
    _flows(small)


def _flows(small: Small) -> None:
    end = action("end", "EndFlowExecution")
    music = {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": "25"}
    again = {"NoMatchingError": "music"}
    full = {"NoMatchingError": "music", "QueueAtCapacity": "music"}
    experts = {"QueueId": arn("queue", "experts")}
    small.flow(
        "Default customer queue",
        action("music", "MessageParticipantIteratively", music, "chance", errors={"NoMatchingError": "chance"}),
        action("chance", "DistributeByPercentage", {}, "music", operator="NumberLessThan",
               when={"5": "later", "10": "task", "25": "move", "30": "out"},
               errors={"NoMatchingCondition": "music"}),
        action("later", "CreateCallbackContact", LATER, "bye", errors=again),
        action("task", "CreateTask", {"ContactFlowId": arn("contact-flow", "task"), "Name": "t"}, "music",
               errors=again),
        action("move", "DequeueContactAndTransferToQueue", experts, "end", errors=full),
        action("out", "TransferParticipantToThirdParty",
               {"ThirdPartyPhoneNumber": "+8613900000001", "ThirdPartyConnectionTimeLimitSeconds": "20",
                "ContinueFlowExecution": "True"}, "bye",
               errors={"NoMatchingError": "bye", "CallFailed": "music", "ConnectionTimeLimitExceeded": "music"}),
        end, kind="CUSTOMER_QUEUE",
    )  # fmt: skip
    for name, kind in (
        ("Default agent whisper", "AGENT_WHISPER"), ("Default customer whisper", "CUSTOMER_WHISPER"),
    ):  # fmt: skip
        small.flow(name, say("w", "Connecting.", "end"), end, kind=kind)
    for name, kind in (("Default customer hold", "CUSTOMER_HOLD"), ("Default agent hold", "AGENT_HOLD")):
        loop = action("m", "MessageParticipantIteratively", music, "m", errors={"NoMatchingError": "m"})
        small.flow(name, loop, kind=kind)
    small.flow("task", *to_queue("support"))
    small.flow("resumed", *to_queue("experts"))
    silent = small.flow("silence", say("s", "Please wait.", "end"), end, kind="CUSTOMER_QUEUE")
    quiet = {"EventHooks": {"CustomerQueue": silent.arn}}
    hook = action("h", "UpdateContactEventHooks", quiet, "set", errors={"NoMatchingError": "set"})
    view = {"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "20"}
    shown = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "TimeLimitExceeded"), "h")
    small.flow("chat", action("v", "ShowView", view, "h", errors=shown, when={"Next": "h"}), hook, *to_queue("sales"))
    retry = action("again", "CreateCallbackContact", {**LATER, "QueueId": arn("queue", "support")}, "bye",
                    errors={"NoMatchingError": "bye"})  # fmt: skip
    known = action("known", "CheckOutboundCallStatus", {}, when={"CallAnswered": "set", "VoicemailBeep": "again"},
                   errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"})  # fmt: skip
    small.flow(DIAL_OUT, known, retry, *to_queue("support"))
    small.flow("remaining", say("s", "How was it?", "set"), *to_queue("sales"))
    _entry(small)


def _entry(small: Small) -> None:
    remain = {"EventHooks": {"CustomerRemaining": arn("contact-flow", "remaining")}}
    record = {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}
    menu = {"Text": "Press a key.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    missed = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "dice")
    ask = {"LambdaFunctionARN": f"{FUNCTION}route", "InvocationTimeLimitSeconds": "8"}
    small.number(
        small.flow(
            "main",
            action("r", "UpdateContactRecordingBehavior", record, "ask"),
            action("ask", "InvokeLambdaFunction", ask, "menu", errors={"NoMatchingError": "menu"}),
            action("menu", "GetParticipantInput", menu, "dice", errors=missed, when={"1": "dice", "9": "bye"}),
            action("dice", "DistributeByPercentage", {}, "set", operator="NumberLessThan",
                   when={"25": "h", "40": "bot", "60": "who"}, errors={"NoMatchingCondition": "set"}),
            *_services(),
            action("h", "UpdateContactEventHooks", remain, "set", errors={"NoMatchingError": "set"}),
            *to_queue("support"),
        )
    )  # fmt: skip


def _services() -> tuple[dict[str, Any], ...]:
    """What a caller meets of other services: a bot; a profile, a case and a table."""
    bot = {"Text": "Yes?", "LexV2Bot": {"AliasArn": "bot"}}
    who = {"ProfileRequestData": {"PhoneNumber": "$.CustomerEndpoint.Address"}, "ProfileResponseData": []}
    unknown = dict.fromkeys(("NoMatchingError", "NoneFoundError", "MultipleFoundError"), "case")
    case = {"LinkContactToCase": "true", "CaseTemplateId": "any"}
    table = {"DataTableId": "t", "Queries": [{"Name": "q"}]}
    return (
        action("bot", "ConnectParticipantWithLexBot", bot, "set", when={"Help": "who"},
               errors={"NoMatchingCondition": "set", "NoMatchingError": "set"}),
        action("who", "GetCustomerProfile", who, "case", errors=unknown),
        action("case", "CreateCase", case, "table", errors={"NoMatchingError": "table", "ContactNotLinked": "table"}),
        action("table", "ListDataTableValues", table, "set", errors={"NoMatchingError": "set"}),
    )  # fmt: skip
