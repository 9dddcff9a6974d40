"""Operations that tie things together: queues and quick connects, users and proficiencies, bots and instances."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from localstack.connect import api_show
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, operation, require
from localstack.connect.api_errors import InvalidParameter, LimitExceeded, ResourceNotFound
from localstack.connect.api_integrations import disintegrate, integrate
from localstack.connect.arns import bare_id
from localstack.connect.directory import Document, Instance, Queue, User

QUICK_CONNECTS_A_QUEUE = 700
PROFICIENCIES = 10
"""Most of an agent's (13.1)."""
Skill = tuple[str, str, float]


@operation("AssociateQueueQuickConnects")
def associate_quick_connects(context: Context, request: Request) -> Answer:
    """Show quick connects to the agents of a queue."""
    with context.directory.lock:
        instance, queue = _queue(context, request)
        wanted = [_quick_connect(instance, one).id for one in request["QuickConnectIds"]]
        ids = tuple(dict.fromkeys((*queue.quick_connect_ids, *wanted)))
        if len(ids) > QUICK_CONNECTS_A_QUEUE:
            msg = f"A queue has at most {QUICK_CONNECTS_A_QUEUE} quick connects"
            raise LimitExceeded(msg)
        context.directory.put(instance, replace(queue, quick_connect_ids=ids))
    return {}


@operation("DisassociateQueueQuickConnects")
def disassociate_quick_connects(context: Context, request: Request) -> Answer:
    """Show them no longer; one that is not there is no error."""
    with context.directory.lock:
        instance, queue = _queue(context, request)
        gone = {bare_id(one) for one in request["QuickConnectIds"]}
        ids = tuple(one for one in queue.quick_connect_ids if one not in gone)
        context.directory.put(instance, replace(queue, quick_connect_ids=ids))
    return {}


@operation("ListQueueQuickConnects")
def list_quick_connects(context: Context, request: Request) -> Answer:
    """The quick connects of a queue."""
    instance, queue = _queue(context, request)
    found = (instance.find(Document, one) for one in queue.quick_connect_ids)
    return page(request, "QuickConnectSummaryList", [api_show.document(one) for one in found if one is not None])


def _queue(context: Context, request: Request) -> tuple[Instance, Queue]:
    instance = context.instance(request["InstanceId"])
    return instance, require(instance, Queue, request["QueueId"])


def _quick_connect(instance: Instance, named: str) -> Document:
    found = require(instance, Document, named)
    if found.kind != "transfer-destination":
        msg = f"Quick connect not found: {named}"
        raise ResourceNotFound(msg)
    return found


@operation("AssociateUserProficiencies")
def associate_proficiencies(context: Context, request: Request) -> Answer:
    """Add proficiencies that the user does not have yet."""
    return _skilled(context, request, lambda old, new: (*old, *new), new_only=True)


@operation("UpdateUserProficiencies")
def update_proficiencies(context: Context, request: Request) -> Answer:
    """Change the levels of proficiencies that the user has."""

    def lay(old: tuple[Skill, ...], new: tuple[Skill, ...]) -> tuple[Skill, ...]:
        levels = {(name, value): level for name, value, level in new}
        if missing := sorted(levels.keys() - {(name, value) for name, value, _ in old}):
            msg = f"The user has no proficiency {missing[0][0]}: {missing[0][1]}"
            raise ResourceNotFound(msg)
        return tuple((name, value, levels.get((name, value), level)) for name, value, level in old)

    return _skilled(context, request, lay)


@operation("DisassociateUserProficiencies")
def disassociate_proficiencies(context: Context, request: Request) -> Answer:
    """Take proficiencies away; one that is not there is no error."""

    def less(old: tuple[Skill, ...], new: tuple[Skill, ...]) -> tuple[Skill, ...]:
        gone = {(name, value) for name, value, _ in new}
        return tuple(one for one in old if (one[0], one[1]) not in gone)

    return _skilled(context, request, less)


@operation("ListUserProficiencies")
def list_proficiencies(context: Context, request: Request) -> Answer:
    """The proficiencies of a user."""
    user = require(context.instance(request["InstanceId"]), User, request["UserId"])
    rows = [
        {"AttributeName": name, "AttributeValue": value, "Level": level} for name, value, level in user.proficiencies
    ]
    return page(request, "UserProficiencyList", rows)


def _skilled(context: Context, request: Request, lay: Any, *, new_only: bool = False) -> Answer:
    """Lay the request's proficiencies over the user's; agents who are signed in have them at their next sign-in."""
    with context.directory.lock:
        instance = context.instance(request["InstanceId"])
        user = require(instance, User, request["UserId"])
        asked = tuple(_skills(request["UserProficiencies"]))
        had = {(name, value) for name, value, _ in user.proficiencies}
        if new_only and (twice := [one for one in asked if (one[0], one[1]) in had]):
            msg = f"The user has the proficiency {twice[0][0]}: {twice[0][1]} already"
            raise InvalidParameter(msg)
        skills = lay(user.proficiencies, asked)
        if len(skills) > PROFICIENCIES:
            msg = f"A user has at most {PROFICIENCIES} proficiencies"
            raise InvalidParameter(msg)
        context.directory.put(instance, replace(user, proficiencies=skills))
    return {}


def _skills(given: Iterable[Mapping[str, Any]]) -> Iterable[Skill]:
    return ((one["AttributeName"], one["AttributeValue"], float(one.get("Level", 0.0))) for one in given)


BOT = "LEX_BOT"


@operation("AssociateBot")
def associate_bot(context: Context, request: Request) -> Answer:
    """Let the instance's flows connect customers with a bot."""
    integrate(context, context.instance(request["InstanceId"]), BOT, _alias(request), {})
    return {}


@operation("DisassociateBot")
def disassociate_bot(context: Context, request: Request) -> Answer:
    """End that; a bot that is not associated is not found."""
    instance, alias = context.instance(request["InstanceId"]), _alias(request)
    for found in instance.integrations.values():
        if (found.type, found.integration_arn) == (BOT, alias):
            disintegrate(context, instance, found)
            return {}
    msg = f"The bot is not associated with the instance: {alias}"
    raise ResourceNotFound(msg)


@operation("ListBots")
def list_bots(context: Context, request: Request) -> Answer:
    """The bots of an instance; those of Lex V1 are not emulated, so there are none."""
    bots = [one for one in context.instance(request["InstanceId"]).integrations.values() if one.type == BOT]
    rows = [{"LexV2Bot": {"AliasArn": one.integration_arn}} for one in bots if request["LexVersion"] == "V2"]
    return page(request, "LexBots", rows)


def _alias(request: Request) -> str:
    alias = (request.get("LexV2Bot") or {}).get("AliasArn")
    if not alias:
        msg = "LexV2Bot is needed; bots of Lex V1 are not emulated"
        raise InvalidParameter(msg)
    return str(alias)
