"""What several desks are offered at once, at the terminals of agents (ACD-04)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cli import desk
from cli.agent_session import NobodyCame, Session
from cli.desk import Desk, Screen
from cli.desk_offers import DeskOffers
from cli.http import JsonClient
from cli.keyboard import NoKeyboard
from tests.support.agent_terminal import LOOK_S, paper, written
from tests.support.json_server import serving
from tests.support.waiting import WITHIN_S


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
