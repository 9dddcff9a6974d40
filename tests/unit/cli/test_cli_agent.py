"""An agent at a desk and a caller at a telephone, in real time, over HTTP to the emulator's own control API."""

import os
import threading

import pytest
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from cli import calls, desk
from cli.agent_session import NobodyCame, Session
from cli.control import Call, Control, PlannedCall
from cli.desk import Desk, OnScreen, Step
from cli.http import JsonClient, Refused
from cli.keyboard import Keyboard, NoKeyboard
from cli.main import app
from tests.support.agent_terminal import LOOK_S, paper, written
from tests.support.connect_world import CALLER, NUMBER
from tests.support.waiting import WITHIN_S, until


class Caller:
    """A caller at another terminal, who presses 1 and waits until the agent hangs up."""

    def __init__(self, http: JsonClient) -> None:
        self.out = paper()
        self.done: Call | None = None
        self._control = Control(http)
        self._thread = threading.Thread(target=self._call, daemon=True)
        self._thread.start()

    def _call(self) -> None:
        planned = PlannedCall(to=NUMBER, from_=CALLER, script=calls.script("1"))
        self.done = calls.follow_live(self.out, self._control, planned, NoKeyboard(), look_s=LOOK_S)

    def finished(self) -> Call:
        self._thread.join(WITHIN_S)
        assert self.done is not None, "the call has not ended"
        return self.done


def test_a_caller_and_an_agent_talk_and_both_see_it(session: Session, http: JsonClient) -> None:
    caller = Caller(http)
    session.play(desk.steps("accept,w0,hold,w0,resume,hang-up,close"))
    done, told = caller.finished(), written(session.out)
    assert calls.outcome(done.events) == "answered"
    assert [event.kind for event in done.events][-1] == "ended"
    for text in ("li.na is Available", f"{CALLER} in the queue support", f"you talk with {CALLER}",
                 "on hold", "write it up", "off your screen"):  # fmt: skip
        assert text in told
    assert told.index("you talk with") < told.index("on hold") < told.index("write it up")
    assert "caller keys  1" in written(caller.out)


def test_a_status_that_is_chosen_during_a_call_comes_after_it(session: Session, http: JsonClient) -> None:
    caller = Caller(http)
    session.play(desk.steps("accept,hold,s Lunch,resume,hang-up,close"))
    caller.finished()
    told = written(session.out)
    assert told.index("li.na is Available, Lunch after this contact") < told.index("li.na is Lunch\n")


def test_a_declined_call_shows_as_missed_and_can_be_cleared_and_taken(session: Session, http: JsonClient) -> None:
    caller = Caller(http)
    session.play(desk.steps("reject,clear,accept,hang-up,close"))
    assert calls.outcome(caller.finished().events) == "answered"
    assert "was not taken" in written(session.out)


def test_a_script_that_waits_for_a_call_in_vain_says_so(session: Session) -> None:
    session.deadline_s = 0.1
    with pytest.raises(NobodyCame, match="no contact to accept"):
        session.play([Step("accept")])


def test_what_is_typed_is_done_and_what_is_not_possible_is_said(session: Session) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a\nfly\ns Lunch\ns Nowhere\nq\n")
    os.close(writing)
    session.keyboard = Keyboard(reading)
    session.serve()
    os.close(reading)
    told = written(session.out)
    assert "nothing rings now" in told
    assert "'fly' is none of" in told
    assert "li.na is Lunch" in told
    assert "no agent status Nowhere" in told


def test_who_chooses_to_be_offline_is_signed_out_and_the_turn_is_over(session: Session) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"s Offline\n")
    session.keyboard = Keyboard(reading)
    session.serve()
    session.leave("Offline")
    os.close(reading)
    os.close(writing)
    assert "li.na is signed out" in written(session.out)


def test_an_agent_who_leaves_in_the_middle_of_a_call_ends_it(session: Session, http: JsonClient) -> None:
    caller = Caller(http)
    session.play([Step("accept"), Step("hold"), Step("resume")])
    session.leave("Offline")
    assert caller.finished().ended


def test_the_end_of_the_input_ends_the_turn(session: Session) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    session.keyboard = Keyboard(reading)
    session.serve()
    os.close(reading)
    assert session.keyboard.over
    assert session.desk.screen().status == "Available"


def test_a_person_at_the_telephone_presses_keys_and_hangs_up(http: JsonClient) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"what\nh\n")
    out, planned = paper(), PlannedCall(to=NUMBER, from_=CALLER, interactive=True)
    done = calls.follow_live(out, Control(http), planned, Keyboard(reading), look_s=LOOK_S)
    os.close(reading)
    os.close(writing)
    assert done.events[-1].facts["reason"] == "CUSTOMER_DISCONNECT"
    assert "only 0-9" in written(out)


def test_the_clock_is_set_to_real_time_once(http: JsonClient) -> None:
    control = Control(http)
    control.set_virtual(control.now())
    control.set_real()
    assert control.virtual_now() is None
    control.set_real()


def test_a_desk_of_nobody_is_refused(http: JsonClient) -> None:
    with pytest.raises(Refused, match="no user wang"):
        Desk(http, "small", "wang").sign_in()


@pytest.fixture
def colleague(http: JsonClient) -> Session:
    """Wang Wei, at lunch until he chooses to be available."""
    made = Session(paper(), Desk(http, "small", "wang.wei"), NoKeyboard(), look_s=LOOK_S, deadline_s=WITHIN_S)
    made.desk.sign_in("Lunch")
    return made


def brought_in(session: Session, colleague: Session) -> None:
    """Li Na talks to the caller and brings Wang Wei to the line."""
    session.play(desk.steps("accept,w0,hold,resume"))
    colleague.desk.choose("Available")
    turn = threading.Thread(target=lambda: colleague.play(desk.steps("accept,w0")), daemon=True)
    turn.start()
    session.play(desk.steps("ta wang.wei"))
    turn.join(WITHIN_S)


def test_an_agent_brings_in_a_colleague_and_leaves_them_alone(
    session: Session, colleague: Session, http: JsonClient
) -> None:
    caller = Caller(http)
    brought_in(session, colleague)
    session.play(desk.steps("leave,close"))
    colleague.play(desk.steps("hang-up,close"))
    assert calls.outcome(caller.finished().events) == "answered"
    told = written(session.out)
    for text in ("it rings at the other side of the transfer", "l leave them alone · b take the caller back"):
        assert text in told


def test_all_are_joined_and_a_colleague_is_put_out(session: Session, colleague: Session, http: JsonClient) -> None:
    caller = Caller(http)
    brought_in(session, colleague)
    session.play(desk.steps("conference,o wang.wei,hang-up,close"))
    colleague.play(desk.steps("close"))
    assert calls.outcome(caller.finished().events) == "answered"
    told = written(session.out)
    assert "on the call with you and the caller: wang.wei" in told
    assert "on the call with you and the caller: nobody else" in told
    assert "o NAME put out" in told


def test_an_agent_dials_out_and_hangs_up(session: Session) -> None:
    session.shown = NUMBER
    session.play([Step("dial", argument=CALLER), Step("hang-up")])
    told = written(session.out)
    assert f"dials        {CALLER}" in told
    assert "x hang up" in told
    assert "whisper" not in told


def test_the_screen_says_what_can_be_done_now(session: Session, http: JsonClient) -> None:
    caller = Caller(http)
    session.play(desk.steps("accept,hold,resume,hang-up,close"))
    caller.finished()
    told = written(session.out)
    assert "a accept · r reject" in told
    assert "h hold · t QUEUE transfer · x hang up" in told
    assert "c close" in told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("a", "nothing rings now"),
        ("j", "there is nobody to join"),
        ("l", "no transfer is under way"),
        ("o wang.wei", "nobody but you and the caller is on the call"),
        ("k 1", "no flow asks for keys"),
        ("ta wang.wei", "there is nobody to transfer now"),
        ("w5", "waiting is for scripts"),
        ("?", "tq QUICK-CONNECT"),
        ("s Nowhere", "there is no agent status Nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(session: Session, typed: str, told: str) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{typed}\nq\n".encode())
    os.close(writing)
    session.keyboard = Keyboard(reading)
    session.serve()
    os.close(reading)
    assert told in " ".join(written(session.out).split())
    assert "POST" not in written(session.out)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a,w5,x", (Step("accept"), Step("wait", wait_s=5.0), Step("hang-up"))),
        ("accept, hold , u", (Step("accept"), Step("hold"), Step("resume"))),
        ("s Lunch,t english", (Step("status", argument="Lunch"), Step("transfer", argument="english"))),
        ("ta li.na,j,b", (Step("transfer-to-agent", argument="li.na"), Step("conference"), Step("cancel-transfer"))),
        ("", ()),
    ],
)
def test_deeds_on_the_command_line_become_steps(text: str, steps: tuple[Step, ...]) -> None:
    assert desk.steps(text) == steps


@pytest.mark.parametrize("text", ["fly", "accept now", "s", "transfer", "wx"])
def test_other_texts_are_no_deeds(text: str) -> None:
    with pytest.raises(InvalidInput):
        desk.step(text)


def test_an_offer_that_was_accepted_cannot_be_accepted_again() -> None:
    rings = OnScreen(contact_id="c", state="CONNECTING", accepted=False, customer="x", queue=None)
    taken = OnScreen(contact_id="c", state="CONNECTING", accepted=True, customer="x", queue=None)
    assert (rings.allows("accept"), taken.allows("accept"), taken.allows("hold")) == (True, False, False)


def test_the_calls_that_go_on_are_listed(session: Session, http: JsonClient, base: str) -> None:
    def listed() -> str:
        return CliRunner().invoke(app, ["calls"], env={"TRUNKLINE_PORT": base.rpartition(":")[2]}).output

    assert listed() == "nobody is on the line\n"
    caller = Caller(http)
    session.play(desk.steps("accept"))
    shown = until(lambda: listed() if "talks" in listed() else None, what="the talk")
    assert CALLER in shown
    assert "li.na" in shown
    session.play(desk.steps("hang-up,close"))
    caller.finished()
