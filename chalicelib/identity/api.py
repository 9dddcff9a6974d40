"""Identity: REST. The agent is led through the tenant's questions right after answering (IDV-01, IDV-04)."""

import re
from typing import Annotated, Any, Final

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.identity.models import Guide, Level
from chalicelib.identity.service import wired
from chalicelib.platform import http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound

bp = Blueprint(__name__)
door = access.Door(bp)

_ID: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")

type QuestionId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]


class AskBody(BaseModel):
    """Which question the agent asks now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: QuestionId


class AnswerBody(BaseModel):
    """What the caller answered. It is compared and forgotten."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: QuestionId
    answer: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(repr=False)


class QuestionView(BaseModel):
    """A question with its words. `outcome` is null while it was not answered in this call."""

    id: str
    ask: dict[str, str]
    secret: bool
    outcome: str | None


class GuideView(BaseModel):
    """Where the call stands: `needed` right answers make the caller verified."""

    contact_id: str
    customer_id: str | None
    level: Level
    questions: list[QuestionView]
    passed: int
    needed: int
    attempts_left: int


@bp.route("/v1/contacts/{contact_id}/identity", methods=["GET"], authorizer=AUTHORIZER)
@door("identity.read", answers=GuideView, refuses=(409,), narrows=[Scope.OWN])
def guide(contact_id: str) -> Response:
    """Answer the questions for the contact on the caller's own screen, and what came of them so far."""
    return _answer(wired().guide(_known(contact_id), door.caller().actor))


@bp.route("/v1/contacts/{contact_id}/identity/question", methods=["PUT"], authorizer=AUTHORIZER)
@door("identity.answer", answers=GuideView, body=AskBody, narrows=[Scope.OWN])
def ask(contact_id: str) -> Response:
    """Say that a question is asked now: what follows on a secret one is left out of the recording."""
    body = queries.parse_body(AskBody, _request().json_body)
    return _answer(wired().ask(_known(contact_id), body.question, door.caller().actor))


@bp.route("/v1/contacts/{contact_id}/identity/answer", methods=["PUT"], authorizer=AUTHORIZER)
@door("identity.answer", answers=GuideView, body=AnswerBody, narrows=[Scope.OWN])
def answer(contact_id: str) -> Response:
    """Compare the answer to a question; each is taken once, and after too many wrong ones none is."""
    body = queries.parse_body(AnswerBody, _request().json_body)
    return _answer(wired().answer(_known(contact_id), body.question, body.answer, door.caller().actor))


def view(guide: Guide) -> GuideView:
    """Return the guide as the API shows it."""
    state = guide.state
    outcomes = {**dict.fromkeys(state.passed, "passed"), **dict.fromkeys(state.failed, "failed")}
    questions = [
        QuestionView(id=one.id, ask=dict(one.ask), secret=one.secret, outcome=outcomes.get(one.id))
        for one in guide.questions
    ]
    return GuideView(
        contact_id=guide.contact_id,
        customer_id=guide.customer_id,
        level=guide.level,
        questions=questions,
        passed=len(state.passed),
        needed=guide.needed,
        attempts_left=guide.attempts_left,
    )


def _known(contact_id: str) -> str:
    if not _ID.fullmatch(contact_id):
        raise NotFound("no such contact")
    return contact_id


def _answer(guide: Guide) -> Response:
    return http_door.json_response(view(guide).model_dump(mode="json"))


def _request() -> Any:
    return bp.current_request
