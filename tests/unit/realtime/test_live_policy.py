"""What goes on at this moment, by the contacts of the board: nobody is lost or counts twice, and order is nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.agents.models import QueueFigures
from chalicelib.realtime import policy
from chalicelib.realtime.models import BEFORE_MENU, LONGEST_S, NO_LINE, Board, LineNow, Moment, NodeNow, Place

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NUMBERS = {"+864008601234": "after-sales", "+862155360100": "telesales"}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def moment(id_: str, began_s: float, *, queued_s: float | None = None, talks: bool = False, ended: bool = False,
           queue: str | None = "repair", number: str | None = "+864008601234") -> Moment:  # fmt: skip
    return Moment(
        id=id_, channel="VOICE", method="INBOUND", at=ago(began_s), taken_at=NOW, number=number, queue=queue,
        queued_at=None if queued_s is None else ago(queued_s),
        connected_at=NOW if talks else None, ended_at=NOW if ended else None,
    )  # fmt: skip


GREETED = moment("greeted", 5, queue=None)
CHOOSING = moment("choosing", 40, queue=None)
WAITING = moment("waiting", 90, queued_s=60)
LAST = moment("last", 30, queued_s=10)
SERVED = moment("served", 200, queued_s=180, talks=True)
OVER = moment("over", 300, queued_s=280, talks=True, ended=True)
STRANGE = moment("strange", 15, queued_s=12, queue="cards", number="+8610000000")
ALL = (GREETED, CHOOSING, WAITING, LAST, SERVED, OVER, STRANGE)
MENU = {"choosing": Place(contact_id="choosing", line="telesales", node="main", at=ago(8))}


def lines(contacts: tuple[Moment, ...]) -> dict[str, str]:
    return {one.id: policy.line_of(one, NUMBERS, MENU) for one in contacts}


def test_what_goes_on_has_not_ended_and_stands_in_order_of_its_beginning() -> None:
    found = [one.id for one in policy.going_on(Board(moments=ALL), NOW)]
    assert found == ["served", "waiting", "choosing", "last", "strange", "greeted"]


def test_a_contact_whose_end_was_lost_is_of_the_present_for_twelve_hours() -> None:
    kept, lost = moment("kept", LONGEST_S), moment("lost", LONGEST_S + 1)
    assert [one.id for one in policy.of_the_present(Board(moments=(kept, lost)), NOW)] == ["kept"]


def test_a_queue_has_those_who_wait_in_it_and_the_wait_of_the_longest() -> None:
    assert policy.queues_now(ALL, NOW) == {
        "repair": QueueFigures(waiting=2, oldest_s=60),
        "cards": QueueFigures(waiting=1, oldest_s=12),
    }


def test_a_wait_that_the_events_tell_from_the_future_has_not_begun() -> None:
    assert policy.queues_now([moment("early", 5, queued_s=-3)], NOW)["repair"].oldest_s == 0


def test_a_contact_is_of_the_line_whose_menu_it_stands_in_then_of_its_number_then_of_none() -> None:
    assert [policy.line_of(one, NUMBERS, MENU) for one in (CHOOSING, WAITING, STRANGE)] == [
        "telesales", "after-sales", NO_LINE,
    ]  # fmt: skip


def test_a_line_counts_its_contacts_by_where_they_are() -> None:
    going_on = tuple(one for one in ALL if one is not OVER)
    assert policy.lines_now(going_on, lines(ALL)) == [
        LineNow(line=NO_LINE, in_flow=0, waiting=1, talking=0),
        LineNow(line="after-sales", in_flow=1, waiting=2, talking=1),
        LineNow(line="telesales", in_flow=1, waiting=0, talking=0),
    ]


def test_a_node_has_those_who_stand_at_it_since_they_came_to_it() -> None:
    assert policy.nodes_now(ALL, lines(ALL), MENU, NOW) == [
        NodeNow(line="after-sales", node=BEFORE_MENU, callers=1, longest_s=5),
        NodeNow(line="telesales", node="main", callers=1, longest_s=8),
    ]


@given(st.permutations(ALL))
def test_the_order_in_which_contacts_are_given_changes_nothing(mixed: list[Moment]) -> None:
    given_ = Board(moments=tuple(mixed))
    assert policy.going_on(given_, NOW) == policy.going_on(Board(moments=ALL), NOW)
    assert policy.queues_now(mixed, NOW) == policy.queues_now(ALL, NOW)
    assert policy.lines_now(mixed, lines(ALL)) == policy.lines_now(ALL, lines(ALL))
    assert policy.nodes_now(mixed, lines(ALL), MENU, NOW) == policy.nodes_now(ALL, lines(ALL), MENU, NOW)
