"""From record to contact: one example a row of the decision table, and every time stamp where it belongs."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.contacts import items, policy
from chalicelib.contacts.models import UNLISTED, Contact, Result
from chalicelib.contacts.record import parse
from chalicelib.contacts.service import facts
from chalicelib.metrics.service import NO_NUMBER, Outcome
from tests.support.contact_records import AFTER_SALES, TELESALES, abandoned, agent, encoded, queue, record, tenant, when

TENANT = tenant()
NEVER_QUEUED: dict[str, Any] = {"Agent": None, "Queue": None, "Attributes": {}}
FLOW_END = "CONTACT_FLOW_DISCONNECT"


def contact(value: dict[str, Any]) -> Contact:
    return policy.contact(parse(encoded(value)), TENANT)


def test_an_answered_call_keeps_every_time_stamp_and_fact() -> None:
    found = items.contact_item(TENANT.id, contact(record(InitialContactId="c-1")), {}, 1_095)
    assert items.is_intact(found)
    assert {name: value for name, value in found.items() if not name.startswith("gsi") and name != "digest"} == {
        "pk": "T#hrgroup#CONTACT#c-1",
        "sk": "CONTACT",
        "contact_id": "c-1",
        "updated_at": when(465),
        "at": when(0),
        "channel": "VOICE",
        "method": "INBOUND",
        "result": "answered",
        "line": "after-sales",
        "caller": "+8613800138000",
        "entry_number": AFTER_SALES,
        "language": "zh-CN",
        "category": "repair",
        "menu_path": "main>2",
        "customer_id": "c-10001",
        "grade": "gold",
        "queue": "after-sales",
        "meant_queue": "after-sales",
        "strategy": "longest-idle",
        "reason": "menu-choice",
        "contract": "0123456789ab",
        "agent": "agent-007",
        "offers": 2,
        "connected_at": when(0),
        "queued_at": when(40),
        "dequeued_at": when(60),
        "answered_at": when(60),
        "ended_at": when(360),
        "acw_started_at": when(360),
        "acw_ended_at": when(405),
        "wait_s": 20,
        "talk_s": 240,
        "hold_s": 60,
        "holds": 2,
        "longest_hold_s": 40,
        "acw_s": 45,
        "duration_s": 360,
        "threshold_s": 20,
        "short_s": 5,
        "end_reason": "CUSTOMER_DISCONNECT",
        "recording": "connect/hrgroup/CallRecordings/2026/03/02/c-1_20260302T09:01_UTC.wav",
        "ttl": int(contact(record()).at.timestamp()) + 1_095 * 86_400,
    }


def test_a_contact_survives_being_kept() -> None:
    found = contact(record(TransferredToEndpoint={"Address": "+10000000000"}, RelatedContactId="c-9"))
    assert items.contact_of(items.contact_item(TENANT.id, found, {"slot": "x"}, 1)) == found


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"InitiationMethod": "OUTBOUND"}, Result.NOT_INBOUND),
        ({"InitiationMethod": "MONITOR"}, Result.NOT_INBOUND),
        ({}, Result.ANSWERED),
        ({"InitiationMethod": "NEW_METHOD"}, Result.ANSWERED),
        ({"Attributes": {"voicemail": "true"}}, Result.ANSWERED),
        ({"Agent": None, "Attributes": {"voicemail": "true"}}, Result.VOICEMAIL),
        ({"Agent": {}, "Attributes": {"voicemail": "false"}}, Result.ABANDONED),
        ({"Agent": None, "TransferCompletedTimestamp": when(90)}, Result.TRANSFERRED_OUT),
        ({"Agent": None, "TransferredToEndpoint": {"Address": "+861"}}, Result.TRANSFERRED_OUT),
        ({"Agent": None, "Attributes": {"callback": "true"}}, Result.CALLBACK),
        ({"Agent": None, "NextContactId": "c-2"}, Result.OVERFLOWED),
        ({"Agent": None, "DisconnectReason": FLOW_END}, Result.DROPPED),
        ({"Agent": None, "DisconnectReason": "TELECOM_PROBLEM"}, Result.DROPPED),
        ({"Agent": None}, Result.ABANDONED),
        ({"Agent": None, "DisconnectReason": None}, Result.ABANDONED),
        ({"Agent": agent(ConnectedToAgentTimestamp=None)}, Result.ABANDONED),
        ({**NEVER_QUEUED, "Attributes": {"offHours": "true"}}, Result.CLOSED),
        ({**NEVER_QUEUED, "Attributes": {"offHours": "true", "voicemail": "true"}}, Result.VOICEMAIL),
        (NEVER_QUEUED, Result.LEFT_IN_FLOW),
        ({**NEVER_QUEUED, "DisconnectReason": None}, Result.LEFT_IN_FLOW),
        ({**NEVER_QUEUED, "DisconnectReason": FLOW_END}, Result.SELF_SERVED),
        ({**NEVER_QUEUED, "NextContactId": "c-2"}, Result.SELF_SERVED),
        ({**NEVER_QUEUED, "DisconnectReason": FLOW_END, "Attributes": {"routeQueue": "english"}}, Result.TURNED_AWAY),
        ({**NEVER_QUEUED, "DisconnectReason": FLOW_END, "Attributes": {"routeQueue": "none"}}, Result.SELF_SERVED),
        ({**NEVER_QUEUED, "Queue": {"Name": "english"}}, Result.LEFT_IN_FLOW),
    ],
)
def test_the_first_row_of_the_table_that_fits_decides_the_result(changes: dict[str, Any], result: Result) -> None:
    assert contact(record(**changes)).result is result


@pytest.mark.parametrize(
    "method", ["OUTBOUND", "EXTERNAL_OUTBOUND", "MONITOR", "AGENT_REPLY", "CAMPAIGN_PREVIEW", "FLOW"]
)
def test_what_no_caller_began_is_not_inbound(method: str) -> None:
    assert contact(record(InitiationMethod=method)).result is Result.NOT_INBOUND


@pytest.mark.parametrize(
    ("channel", "result"), [("VOICE", Result.NOT_INBOUND), ("CHAT", Result.ANSWERED), ("TASK", Result.ANSWERED)]
)
def test_a_call_that_was_started_through_the_api_is_ours_and_a_chat_is_the_customers(
    channel: str, result: Result
) -> None:
    assert contact(record(InitiationMethod="API", Channel=channel)).result is result


@pytest.mark.parametrize("reason", [FLOW_END, "OTHER", "API", "SYSTEM_ERROR", "TELECOM_PROBLEM", "EXPIRED"])
def test_who_was_cut_off_while_waiting_did_not_give_up(reason: str) -> None:
    assert contact(abandoned(DisconnectReason=reason)).result is Result.DROPPED


@pytest.mark.parametrize(
    ("name", "queue_id", "queue_name"),
    [
        ("After-sales (Mandarin)", "after-sales", None),
        ("english", "english", None),
        ("made by hand", "unlisted", "made by hand"),
    ],
)
def test_a_queue_is_known_by_the_contracts_name_or_id(name: str, queue_id: str, queue_name: str | None) -> None:
    found = contact(record(Queue=queue(name)))
    assert (found.queue, found.queue_name) == (queue_id, queue_name)


def test_the_threshold_is_the_queues_own() -> None:
    assert (contact(record(Queue=queue("complaints"))).threshold_s, contact(record(Queue=queue("x"))).threshold_s) == (
        15,
        None,
    )


@pytest.mark.parametrize(
    ("attributes", "name", "strategy"),
    [
        ({"routeStrategy": "owner"}, "after-sales", "owner"),
        ({}, "after-sales", "longest-idle"),
        ({}, "made by hand", None),
    ],
)
def test_the_strategy_is_what_routing_said_else_the_queues_own(
    attributes: dict[str, str], name: str, strategy: str | None
) -> None:
    assert contact(record(Attributes=attributes, Queue=queue(name))).strategy == strategy


@pytest.mark.parametrize(("ended_at", "duration_s"), [(when(360), 360), (when(0), 0), (when(-5), 0), (None, 0)])
def test_a_contact_without_an_end_or_with_one_before_its_start_lasted_no_time(
    ended_at: str | None, duration_s: int
) -> None:
    assert contact(record(DisconnectTimestamp=ended_at)).duration_s == duration_s


@pytest.mark.parametrize(
    ("number", "said", "line"),
    [
        (TELESALES, "after-sales", "telesales"),
        ("+19999999999", "after-sales", "after-sales"),
        (None, "after-sales", "after-sales"),
        ("+19999999999", "unknown", "-"),
        ("+19999999999", "none", "-"),
    ],
)
def test_the_dialled_number_says_the_line_and_the_flow_only_where_it_does_not(
    number: str | None, said: str, line: str
) -> None:
    assert contact(record(SystemEndpoint={"Address": number}, Attributes={"line": said})).line == line


@pytest.mark.parametrize(
    ("changes", "wait_s"),
    [
        ({}, 20),
        ({"Queue": {**queue(), "Duration": None}}, 20),
        ({"Queue": {**queue(), "Duration": None, "DequeueTimestamp": None}}, 20),
        ({"Agent": None, "Queue": {**queue(), "Duration": None, "DequeueTimestamp": None}}, 320),
        ({"Agent": None, "Queue": {**queue(), "Duration": 0}}, 0),
        ({"Queue": None}, None),
    ],
)
def test_the_wait_is_the_records_own_figure_else_what_the_time_stamps_say(
    changes: dict[str, Any], wait_s: int | None
) -> None:
    assert contact(record(**changes)).wait_s == wait_s


@pytest.mark.parametrize(
    ("address", "phone"),
    [
        ("+8613800138000", "+8613800138000"),
        ("anonymous", None),
        ("8613800138000", None),
        ("+0123456", None),
        (None, None),
    ],
)
def test_only_a_telephone_number_has_a_collection_of_its_own(address: str | None, phone: str | None) -> None:
    assert contact(record(CustomerEndpoint={"Address": address})).phone == phone


def test_the_flows_word_for_nothing_is_nothing_and_long_words_are_cut() -> None:
    found = contact(record(Attributes={"category": "none", "language": "x" * 500}))
    assert (found.category, found.language) == (None, "x" * 128)


def test_the_menu_choice_stands_in_for_a_missing_path() -> None:
    assert contact(record(Attributes={"menuChoice": "3"})).menu_path == "3"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"Agent": None, "TransferCompletedTimestamp": when(90)}, Outcome.EXIT),
        ({**NEVER_QUEUED, "TransferCompletedTimestamp": when(90)}, Outcome.TRANSFERRED_OUT),
        ({"Agent": None, "Attributes": {"voicemail": "true"}}, Outcome.EXIT),
        ({"Agent": None, "Attributes": {"callback": "true"}}, Outcome.EXIT),
    ],
)
def test_leaving_a_queue_for_elsewhere_is_an_exit(changes: dict[str, Any], outcome: Outcome) -> None:
    found = facts(contact(record(**changes)), TENANT)
    assert found is not None
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("dialled", "number"),
    [(AFTER_SALES, AFTER_SALES), ("+862100000000", UNLISTED), ("orders@example.com", NO_NUMBER), (None, NO_NUMBER)],
)
def test_a_contact_counts_for_its_own_number_and_no_other_address_becomes_a_key(
    dialled: str | None, number: str
) -> None:
    found = facts(contact(record(SystemEndpoint={"Address": dialled})), TENANT)
    assert found is not None
    assert found.number == number


def test_no_inbound_kpi_counts_what_no_caller_began() -> None:
    assert facts(contact(record(InitiationMethod="OUTBOUND")), TENANT) is None


@pytest.mark.parametrize(
    ("changes", "transferred", "arrival"),
    [
        ({}, False, True),
        ({"NextContactId": "c-2"}, True, True),
        ({"PreviousContactId": "c-0"}, False, False),
        ({"TransferCompletedTimestamp": when(99)}, True, True),
        ({"Agent": None, "NextContactId": "c-2"}, False, True),
    ],
)
def test_a_chain_arrives_once_and_the_leg_that_hands_over_is_the_transferred_one(
    changes: dict[str, Any],
    transferred: bool,  # noqa: FBT001
    arrival: bool,  # noqa: FBT001
) -> None:
    found = facts(contact(record(**changes)), TENANT)
    assert found is not None
    assert (found.transferred, found.arrival) == (transferred, arrival)


def test_every_result_of_a_caller_has_an_outcome() -> None:
    for result in Result:
        changes = abandoned()
        assert (
            result in {Result.NOT_INBOUND, Result.NOT_REACHED}
            or facts(_with(contact(changes), result), TENANT) is not None
        )


def _with(found: Contact, result: Result) -> Contact:

    return replace(found, result=result)


def test_the_items_of_an_ordinary_call_stay_within_what_their_write_units_allow() -> None:
    found = contact(record("6f1c0a52-0000-4000-8000-000000000001"))
    counted = {"slot": "2026-03-02T09:00#after-sales#after-sales#+864008601234", **dict.fromkeys(COUNTED, 100)}
    item = items.contact_item(TENANT.id, found, counted, 1_095)
    of_caller, of_customer = items.pointers(TENANT.id, found, 1_095).values()
    assert size_bytes(item) <= 2_048
    assert max(size_bytes(of_caller), size_bytes(of_customer)) <= 1_024
    assert size_bytes({k: v for k, v in item.items() if k in {*items.LISTED, "pk", "sk", "gsi1pk", "gsi1sk"}}) <= 1_024


COUNTED = (
    *("arrivals", "accepted", "offered", "answered", "answered_in_target", "handled", "wait_s", "talk_s", "acw_s"),
    *("w20", "t300", "h0", "a40", "agent"),
)


def size_bytes(item: dict[str, Any]) -> int:
    """Return the size that DynamoDB charges, near enough: names and values in UTF-8, numbers by their digits."""
    return sum(
        len(k.encode()) + (size_bytes(v) + 3 if isinstance(v, dict) else len(str(v).encode())) for k, v in item.items()
    )
