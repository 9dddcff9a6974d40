"""Menus: REST. What an editor sees and does; what is published is what the next call gets, without any deployment."""

import functools
import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chalicelib.access import service as access
from chalicelib.audit import service as audit
from chalicelib.menus import documents, views
from chalicelib.menus.editions import Editions
from chalicelib.menus.editor import Editor, Findings
from chalicelib.menus.models import Answer, Caller, Level, Tree, Utterance
from chalicelib.menus.preview import Scene, Transcript
from chalicelib.menus.report import NodeUse
from chalicelib.menus.service import PACKAGED, packaged
from chalicelib.menus.usage import Usage
from chalicelib.menus.versions import Pointer, Version
from chalicelib.organisation.service import sees_line
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)


type Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
type Word = Annotated[str, Field(max_length=40)]


class Body(BaseModel):
    """What all bodies share: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftBody(Body):
    """A tree, and the revision of the draft that its editor saw (0: there was none)."""

    revision: Annotated[int, Field(ge=0)]
    tree: Tree


class TreeBody(Body):
    """A tree to look at; without one, the draft is looked at."""

    tree: Tree | None = None


class CallerBody(Body):
    """Who calls in a preview; nobody known unless it is said."""

    language: Word | None = None
    name: Word | None = None
    grade: Word | None = None
    customer_id: Word | None = None
    level: Level = Level.NONE


class PreviewBody(TreeBody):
    """A scripted call: each entry of `script` is a key, digits, or '' for a caller who does nothing."""

    script: Annotated[list[Word], Field(max_length=100)] = []
    caller: CallerBody = CallerBody()
    closed: StrictBool = False
    answers: Annotated[dict[Word, Note], Field(max_length=20)] = {}


class PublishBody(Body):
    """The draft of this revision becomes the version of the next call."""

    revision: Annotated[int, Field(ge=1)]
    note: Note


class RollbackBody(Body):
    """This version becomes that of the next call again; 0 is the contract's."""

    version: Annotated[int, Field(ge=0)]
    note: Note


class AnswerBody(Body):
    """What an enquiry answers, by language; of one customer only when `customer_id` names him."""

    text: Annotated[dict[Literal["zh-CN", "en-US"], Note], Field(min_length=1)]
    customer_id: Word | None = None


@functools.cache
def wired() -> Editor:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Editor(
        tenant=tenancy.current(),
        editions=Editions(client, configured.table, audit.trail()),
        usage=Usage(client, configured.table),
        packaged=packaged(),
        now=clock.from_environment(),
    )


@bp.route("/v1/menus/{line}", methods=["GET"], authorizer=AUTHORIZER)
@door("menus.read", answers=views.MenuView)
def menus(line: str) -> Response:
    """Answer what is published, and whether there is a draft."""
    editor = wired()
    draft = editor.draft(line)
    kept = None if draft is None else {"revision": draft.revision, "at": draft.at, "actor": draft.actor}
    return http_door.json_response({"line": line, "published": _pointer(editor.pointer(line)), "draft": kept})


@bp.route("/v1/menus/{line}/draft", methods=["GET"], authorizer=AUTHORIZER)
@door("menus.read", answers=views.DraftView)
def draft(line: str) -> Response:
    """Answer the draft; where there is none, the published tree to begin with, as revision 0."""
    found = wired().draft(line)
    tree = found.tree if found else wired().published(line)
    body = {"line": line, "revision": found.revision if found else 0, "tree": documents.document_of(tree)}
    return http_door.json_response(body)


@bp.route("/v1/menus/{line}/draft", methods=["PUT"], authorizer=AUTHORIZER)
@door("menus.change", answers=views.SavedView, body=DraftBody)
def save(line: str) -> Response:
    """Keep a draft; it may have problems, which the answer names."""
    body = queries.parse_body(DraftBody, bp.current_request.json_body)
    kept = wired().save(line, body.tree, body.revision, door.caller().actor)
    return http_door.json_response({"line": line, "revision": kept.revision, **_findings(line, body.tree)})


@bp.route("/v1/menus/{line}/validate", methods=["POST"], authorizer=AUTHORIZER)
@door("menus.read", answers=views.FindingsView, body=TreeBody, needs_body=False)
def validate(line: str) -> Response:
    """Answer every problem of the draft, or of the tree in the body, and every fall-back."""
    return http_door.json_response({"line": line, **_findings(line, _tree_of(line, TreeBody))})


@bp.route("/v1/menus/{line}/preview", methods=["POST"], authorizer=AUTHORIZER)
@door("menus.read", answers=views.TranscriptView, body=PreviewBody, needs_body=False, refuses=(409,))
def preview(line: str) -> Response:
    """Answer what a scripted caller would hear of the draft, or of the tree in the body."""
    body = queries.parse_body(PreviewBody, _said())
    caller = Caller(
        language=body.caller.language or tenancy.current().default_language,
        name=body.caller.name,
        grade=body.caller.grade,
        customer_id=body.caller.customer_id,
        level=body.caller.level,
    )
    tree = _tree_of(line, PreviewBody)
    made = wired().preview(line, tree, body.script, caller, closed=body.closed, answers=body.answers)
    return http_door.json_response(transcript(made))


@bp.route("/v1/menus/{line}/publish", methods=["POST"], authorizer=AUTHORIZER)
@door("menus.publish", answers=views.MovedView, body=PublishBody, statuses=(201,))
def publish(line: str) -> Response:
    """Publish the draft: the next call gets it, calls in progress keep the version that they began with."""
    body = queries.parse_body(PublishBody, bp.current_request.json_body)
    moved = wired().publish(line, body.revision, body.note, door.caller().actor)
    return http_door.json_response({"line": line, "published": _pointer(moved)}, 201)


@bp.route("/v1/menus/{line}/rollback", methods=["POST"], authorizer=AUTHORIZER)
@door("menus.publish", answers=views.MovedView, body=RollbackBody, statuses=(201,))
def rollback(line: str) -> Response:
    """Publish an older version again."""
    body = queries.parse_body(RollbackBody, bp.current_request.json_body)
    moved = wired().roll_back(line, body.version, body.note, door.caller().actor)
    return http_door.json_response({"line": line, "published": _pointer(moved)}, 201)


@bp.route("/v1/menus/{line}/versions", methods=["GET"], authorizer=AUTHORIZER)
@door("menus.read", answers=views.VersionsView)
def versions(line: str) -> Response:
    """Answer the newest hundred versions without their trees, newest first."""
    found = [_version(each) for each in wired().versions(line)]
    return http_door.json_response(
        {"line": line, "published": _pointer(wired().pointer(line)), "versions": found, "contract": PACKAGED}
    )


@bp.route("/v1/menus/{line}/versions/{version}", methods=["GET"], authorizer=AUTHORIZER)
@door("menus.read", answers=views.VersionTreeView)
def version_of(line: str, version: str) -> Response:
    """Answer one version with its tree."""
    number = int(version) if version.isdecimal() and len(version) < 7 else -1  # noqa: PLR2004 - a million versions
    tree = wired().tree(line, number)
    return http_door.json_response({"line": line, "version": number, "tree": documents.document_of(tree)})


@bp.route("/v1/menus/{line}/report", methods=["GET"], authorizer=AUTHORIZER)
@door("menus.report", answers=views.MenuReportView, query=views.ReportQuery)
def report(line: str) -> Response:
    """Answer usage, drop-off and self-service completion of each node (IVR-12)."""
    asked = queries.parse(views.ReportQuery, bp.current_request.query_params)
    if not sees_line(door.caller().sight, tenancy.current(), line):
        raise NotFound("no such line", line=line)
    found = wired().report(line, asked.start, asked.end)
    body = {"line": line, "from": asked.start, "to": asked.end, "versions": list(found.versions)}
    return http_door.json_response({**body, "nodes": [_node(each) for each in found.nodes]})


def _node(use: NodeUse) -> dict[str, Any]:
    return {
        "node": use.node,
        "visits": use.visits,
        "left": use.left,
        "drop_off": use.drop_off,
        "completed": use.completed,
        "completion": use.completion,
        "exits": {each.value: count for each, count in use.exits.items()},
    }


@bp.route("/v1/enquiries/{enquiry}/{reference}", methods=["PUT"], authorizer=AUTHORIZER)
@door("menus.answers.change", answers=views.EnquiryView, body=AnswerBody)
def answer(enquiry: str, reference: str) -> Response:
    """Keep what an enquiry of the menus answers to a reference."""
    body = queries.parse_body(AnswerBody, bp.current_request.json_body)
    text = {str(language): said for language, said in body.text.items()}
    wired().keep_answer(enquiry, reference, Answer(text=text, customer_id=body.customer_id), door.caller().actor)
    return http_door.json_response({"enquiry": enquiry, "reference": reference, "text": text})


def transcript(made: Transcript) -> dict[str, Any]:
    """Return a previewed call as the API shows it."""
    done = made.done
    outcome = None if done is None else {**documents.document_of(done), "kind": done.kind.value}
    return {"greeting": _words(made.greeting), "steps": [_scene(each) for each in made.scenes], "outcome": outcome}


def _scene(scene: Scene) -> dict[str, Any]:
    return {
        "given": scene.given,
        "node": scene.node,
        "hears": [_words(each) for each in scene.hears],
        "waits_for": scene.waits_for,
        "exits": list(scene.exits),
    }


def _words(heard: Utterance) -> dict[str, Any]:
    return {"text": heard.text, "recording": heard.recording, "fell_back": heard.fell_back}


def _said() -> Any:
    """Return the body of a request that needs none."""
    request = bp.current_request
    return request.json_body if request.raw_body else {}


def _tree_of(line: str, shape: type[TreeBody]) -> Tree:
    """Return the tree of the body, else the draft, else what is published."""
    body = queries.parse_body(shape, _said())
    if body.tree is not None:
        return body.tree
    draft_now = wired().draft(line)
    return draft_now.tree if draft_now else wired().published(line)


def _findings(line: str, tree: Tree) -> Mapping[str, Any]:
    found: Findings = wired().findings(line, tree)
    return {
        "errors": [{"field": each.path, "problem": each.problem} for each in found.problems],
        "fallbacks": [{"field": each.path, "language": each.language} for each in found.fallbacks],
    }


def _pointer(pointer: Pointer | None) -> dict[str, Any]:
    if pointer is None:
        return {"version": PACKAGED, "revision": 0, "at": None, "actor": None}
    return {
        "version": pointer.version,
        "revision": pointer.revision,
        "at": pointer.at,
        "actor": pointer.actor,
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "at": version.at,
        "actor": version.actor,
        "note": version.note,
        "nodes": version.nodes,
    }
