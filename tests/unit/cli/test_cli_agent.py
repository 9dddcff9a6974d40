"""An agent at a desk and a caller at a telephone, in real time, over HTTP to the emulator's own control API."""

import io
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rich.console import Console
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from cli import calls, desk
from cli.agent_session import NobodyCame, Session
from cli.control import Call, Control, PlannedCall
from cli.desk import Desk, OnScreen, Screen, Step
from cli.desk_offers import DeskOffers
from cli.http import JsonClient, Refused
from cli.keyboard import Keyboard, NoKeyboard
from cli.main import app
from cli.terminal import WIDTH
from tests.support.connect_world import CALLER, NUMBER
from tests.support.control_client import Api
from tests.support.json_server import serving
from tests.support.waiting import WITHIN_S, until

LOOK_S = 0.02


@pytest.fixture
def base() -> Iterator[str]:
    """The emulator's control API at an address: one menu (press 1), one queue, one user li.na, nobody signed in."""
    api = Api()
    api.small.queue("elsewhere")
    api.small.user("wang.wei", api.small.profile("others", ("elsewhere", 1, 0)))

    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        where = urlsplit(path)
        return api.ask(method, where.path.removeprefix("/_trunkline"), body, parse_qs(where.query))

    with serving(answer) as url:
        yield url


@pytest.fixture
def http(base: str) -> Iterator[JsonClient]:
    client = JsonClient(base)
    yield client
    client.pool.clear()


@pytest.fixture
def session(http: JsonClient) -> Session:
    """Li Na, signed in, with nobody at the keyboard."""
    at = Desk(http, "small", "li.na")
    at.sign_in()
    return Session(paper(), at, NoKeyboard(), look_s=LOOK_S, deadline_s=WITHIN_S)


def paper() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, highlight=False, emoji=False)


def written(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


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


def test_a_call_that_several_desks_are_offered_is_shown_taken_once_and_gone_when_another_was_first(
    session: Session,
) -> None:
    asked: list[tuple[str, str]] = []
    open_now = [{"contact_id": "c 1", "queue": "complaints"}]
    taken = (409, {"code": "offer-withdrawn", "detail": "another agent was first"})

    def tenant_api(method: str, path: str, _body: Any) -> tuple[int, Any]:
        asked.append((method, path))
        if len(asked) == 1:
            return 401, {"message": "the token has expired"}
        if method == "GET":
            return 200, {"tenant": "fourmodes", "offers": open_now}
        return (200, {}) if len(asked) < 5 else taken

    with serving(tenant_api) as url:
        clients = [JsonClient(url), JsonClient(url)]
        session.offers = DeskOffers(iter(clients).__next__, every_s=0.0)
        session.play(desk.steps("y"))
        open_now[0] = {"contact_id": "c 2", "queue": "complaints"}
        session.deadline_s = 0.1
        with pytest.raises(NobodyCame, match="no contact to take"):
            session.play(desk.steps("take"))
        open_now.clear()
        session.play(desk.steps("w0"))
        for client in clients:
            client.pool.clear()
    assert ("POST", "/v1/offers/c%201") in asked
    told = written(session.out)
    assert told.index("y takes it") < told.index("your telephone will ring") < told.index("offered no more")
    assert (told.count("y takes it"), told.count("offered no more")) == (2, 1)


def test_of_two_agents_who_are_offered_a_call_one_takes_it_and_only_the_other_is_told_that_it_is_gone(
    session: Session, http: JsonClient
) -> None:
    taken: list[str] = []

    def tenant_api(method: str, path: str, _body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, {"tenant": "taxihotline", "offers": [] if taken else [{"contact_id": "c", "queue": "repair"}]}
        taken.append(path)
        return (200, {}) if len(taken) == 1 else (409, {"code": "offer-withdrawn", "detail": "another agent was first"})

    other = Session(paper(), Desk(http, "small", "wang.wei"), NoKeyboard(), look_s=LOOK_S, deadline_s=WITHIN_S)
    other.desk.sign_in()
    with serving(tenant_api) as url:
        clients = [JsonClient(url), JsonClient(url)]
        for one, client in zip((session, other), clients, strict=True):
            one.offers = DeskOffers(lambda client=client: client, every_s=0.0)  # type: ignore[misc]
            one.play(desk.steps("w0"))
        session.play(desk.steps("y"))
        other.play(desk.steps("w0"))
        for client in clients:
            client.pool.clear()
    assert [written(one.out).count("y takes it") for one in (session, other)] == [1, 1]
    assert "your telephone will ring" in written(session.out)
    assert "offered no more" not in written(session.out)
    assert "offered no more" in written(other.out)


class LaterDesk(Desk):
    """A desk whose screen is as it will be a minute and a half from now."""

    def screen(self) -> Screen:
        seen = Desk.screen(self)
        return replace(seen, now=seen.now + timedelta(seconds=90))


def test_what_the_desk_is_offered_and_takes_is_told_with_its_time(session: Session) -> None:
    offers = {"tenant": "taxihotline", "offers": [{"contact_id": "c", "queue": "repair"}]}
    session.play(desk.steps("w0"))
    session.desk = LaterDesk(session.desk.http, session.desk.instance, session.desk.username)
    with serving(lambda method, _path, _body: (200, offers if method == "GET" else {})) as url:
        client = JsonClient(url)
        session.offers = DeskOffers(lambda: client, every_s=0.0)
        session.play(desk.steps("y"))
        client.pool.clear()
    timed = {line.split()[1]: line.split()[0] for line in written(session.out).splitlines() if line.startswith("  0")}
    assert timed["status"] == "00:00"
    assert timed["offer"] >= "01:30"
    assert timed["you"] >= "01:30"


@pytest.mark.parametrize("status", [429, 503])
def test_a_tenants_api_that_is_busy_is_said_once_and_costs_the_agent_nothing(session: Session, status: int) -> None:
    answers: list[tuple[int, Any]] = [(status, {"detail": "too many requests"})] * 3

    def tenant_api(_method: str, _path: str, _body: Any) -> tuple[int, Any]:
        offers = {"tenant": "taxihotline", "offers": [{"contact_id": "c", "queue": "repair"}]}
        return answers.pop() if answers else (200, offers)

    with serving(tenant_api) as url:
        client = JsonClient(url)
        session.offers = DeskOffers(lambda: client, every_s=0.0)
        for _ in range(4):
            session.play(desk.steps("w0"))
        client.pool.clear()
    told = written(session.out)
    assert told.count("nobody tells what desks are offered: too many requests") == 1
    assert "a call in the queue repair" in told


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
