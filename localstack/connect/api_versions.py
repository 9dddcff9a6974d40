"""Versions and aliases of flows and modules: contents that never change, and names for them."""

from dataclasses import dataclass, replace
from typing import Any

from localstack.connect import api_build, api_show, arns
from localstack.connect.api_common import page
from localstack.connect.api_context import OPERATIONS, Answer, Context, Operation, Request, require
from localstack.connect.api_errors import (
    DuplicateResource,
    FlowNotPublished,
    InvalidParameter,
    InvalidRequest,
    ResourceNotFound,
)
from localstack.connect.content import digest
from localstack.connect.directory import Instance
from localstack.connect.resources import SAVED, Alias, Flow, FlowModule, Published, Version


@dataclass(frozen=True, slots=True)
class Noun:
    """The API's words for flows, or for modules; `digest` is the member with the checksum of the content."""

    kind: type[Published]
    word: str
    digest: str

    def found(self, context: Context, request: Request) -> tuple[Instance, Published]:
        """The flow or module that is asked for. Raises ResourceNotFound."""
        instance = context.instance(request["InstanceId"])
        return instance, require(instance, self.kind, request[f"{self.word}Id"])


NOUNS = (
    Noun(Flow, "ContactFlow", "FlowContentSha256"),
    Noun(FlowModule, "ContactFlowModule", "FlowModuleContentSha256"),
)


def _create_version(noun: Noun, context: Context, request: Request) -> Answer:
    """Number what is published today; a number or checksum that does not fit is refused."""
    with context.directory.lock:
        instance, old = noun.found(context, request)
        _publishable(old, request.get(noun.digest))
        number = int(request.get("ContactFlowVersion") or old.numbered + 1)
        if number <= old.numbered:
            msg = f"The last version of {old.name!r} is {old.numbered}: {number} is not a later one"
            raise InvalidParameter(msg)
        made = Version(
            number=number,
            content=old.content,
            text=old.text,
            description=request.get("Description", ""),
            changed_s=context.now_s,
        )
        context.directory.put(instance, replace(old, versions=(*old.versions, made), numbered=number))
    return {f"{noun.word}Arn": f"{old.arn}:{number}", "Version": number}


def _publishable(resource: Published, expected: str | None) -> None:
    if not resource.text:
        msg = f"{resource.name!r} has never been published: there is nothing to number"
        raise InvalidRequest(msg)
    if expected is not None and expected.lower() != digest(resource.text):
        msg = f"The published content of {resource.name!r} has another checksum"
        raise InvalidRequest(msg)


def _list_versions(noun: Noun, context: Context, request: Request) -> Answer:
    """The versions, newest first."""
    _, found = noun.found(context, request)
    rows = [
        {
            "Arn": f"{found.arn}:{one.number}",
            "Version": one.number,
            "VersionDescription": one.description,
            **_changed(context, one),
        }
        for one in reversed(found.versions)
    ]
    return page(request, f"{noun.word}VersionSummaryList", rows)


def _delete_version(noun: Noun, context: Context, request: Request) -> Answer:
    """Forget a version that no alias names; its number is not given again."""
    with context.directory.lock:
        instance, old = noun.found(context, request)
        gone = _version(old, request[f"{noun.word}Version"])
        if named := next((one.name for one in old.aliases if one.version == gone), None):
            msg = f"The alias {named!r} names version {gone} of {old.name!r}"
            raise InvalidRequest(msg)
        left = tuple(one for one in old.versions if one.number != gone)
        context.directory.put(instance, replace(old, versions=left))
    return {}


def _create_alias(noun: Noun, context: Context, request: Request) -> Answer:
    """Name a version."""
    with context.directory.lock:
        instance, old = noun.found(context, request)
        name = _free_name(old, request["AliasName"])
        made = Alias(
            id=context.directory.new_id(old.id, "alias", name),
            name=name,
            version=_version(old, request[f"{noun.word}Version"]),
            description=request.get("Description", ""),
            changed_s=context.now_s,
        )
        context.directory.put(instance, replace(old, aliases=(*old.aliases, made)))
    return {f"{noun.word}Arn": f"{old.arn}:{made.id}", "Id": made.id}


def _update_alias(noun: Noun, context: Context, request: Request) -> Answer:
    """Let an alias name another version, or call or describe it otherwise."""
    with context.directory.lock:
        instance, owner = noun.found(context, request)
        old = _alias(owner, request)
        name = request.get("Name", old.name)
        made = replace(
            old,
            name=name if name == old.name else _free_name(owner, name),
            version=_version(owner, request.get(f"{noun.word}Version", old.version)),
            description=request.get("Description", old.description),
            changed_s=context.now_s,
        )
        aliases = tuple(made if one is old else one for one in owner.aliases)
        context.directory.put(instance, replace(owner, aliases=aliases))
    return {}


def _describe_alias(noun: Noun, context: Context, request: Request) -> Answer:
    """One alias."""
    _, owner = noun.found(context, request)
    one = _alias(owner, request)
    shown = {
        f"{noun.word}Id": owner.id,
        f"{noun.word}Arn": f"{owner.arn}:{one.id}",
        "AliasId": one.id,
        "Name": one.name,
        "Description": one.description,
        "Version": one.version,
        **_changed(context, one),
    }
    return {f"{noun.word}Alias": shown}


def _list_aliases(noun: Noun, context: Context, request: Request) -> Answer:
    """The aliases, by name."""
    _, owner = noun.found(context, request)
    rows = [
        {
            "Arn": f"{owner.arn}:{one.id}",
            "AliasId": one.id,
            "AliasName": one.name,
            "AliasDescription": one.description,
            "Version": one.version,
            **_changed(context, one),
        }
        for one in sorted(owner.aliases, key=lambda one: one.name)
    ]
    return page(request, f"{noun.word}AliasSummaryList", rows)


def _delete_alias(noun: Noun, context: Context, request: Request) -> Answer:
    """Forget an alias, not its version."""
    with context.directory.lock:
        instance, owner = noun.found(context, request)
        gone = _alias(owner, request)
        context.directory.put(instance, replace(owner, aliases=tuple(one for one in owner.aliases if one is not gone)))
    return {}


def _version(owner: Published, asked: Any) -> int:
    """A version that there is. Raises ResourceNotFound."""
    if not any(one.number == asked for one in owner.versions):
        msg = f"{owner.name!r} has no version {asked}"
        raise ResourceNotFound(msg)
    return int(asked)


def _alias(owner: Published, request: Request) -> Alias:
    asked = request["AliasId"]
    found = next((one for one in owner.aliases if asked in (one.id, one.name)), None)
    if found is None:
        msg = f"{owner.name!r} has no alias {asked!r}"
        raise ResourceNotFound(msg)
    return found


def _free_name(owner: Published, name: str) -> str:
    """A name that no alias has, and that means no version and no content already."""
    if name.startswith("$") or name.isdecimal():
        msg = f"{name!r} means something else already: an alias is no number, and begins with no dollar sign"
        raise InvalidParameter(msg)
    if any(one.name == name for one in owner.aliases):
        msg = f"{owner.name!r} has an alias {name!r}"
        raise DuplicateResource(msg)
    return name


def _changed(context: Context, one: Version | Alias) -> dict[str, Any]:
    return {"LastModifiedTime": one.changed_s, "LastModifiedRegion": context.region}


def _describe(noun: Noun, context: Context, request: Request) -> Answer:
    """The content that the qualifier means: the newest, a version, an alias, or ($SAVED) what was saved since."""
    instance, found = noun.found(context, request)
    qualifier = arns.qualifier(request[f"{noun.word}Id"])
    if qualifier == SAVED:
        saved = found.saved or found.text
        return {noun.word: {**api_show.SHOW[noun.kind](found, instance), **_as_saved(noun, saved)}}
    shown = found.edition(qualifier)
    if shown is None:
        msg = f"{found.name!r} has no version or alias {qualifier!r}"
        raise ResourceNotFound(msg)
    if not shown.text:
        msg = f"{found.name!r} has never been published; what was saved of it goes by {SAVED}"
        raise FlowNotPublished(msg)
    return {noun.word: api_show.SHOW[noun.kind](shown, instance)}


def _as_saved(noun: Noun, text: str) -> dict[str, str]:
    return {"Content": text, "Status": "SAVED", noun.digest: digest(text)}


def _contract(request: Request) -> Request:
    """The contract of a module, where the request says another one."""
    return {"Settings": request["Settings"]} if "Settings" in request else {}


def _update_content(noun: Noun, context: Context, request: Request) -> Answer:
    """Publish a content, which replaces what was saved; for $SAVED it is only kept, without a check."""
    with context.directory.lock:
        instance, old = noun.found(context, request)
        qualifier = arns.qualifier(request[f"{noun.word}Id"])
        content = request.get("Content", old.text)
        if qualifier == SAVED:
            context.directory.put(instance, replace(old, saved=content))
            return {}
        if old.edition(qualifier) is not old:
            msg = f"A version of {old.name!r} cannot be changed"
            raise InvalidRequest(msg)
        shown = api_show.SHOW[noun.kind](old, instance)
        api_build.rebuild(
            context, instance, old, {**shown, **_contract(request), "Content": content, "Status": "PUBLISHED"}
        )
        context.directory.put(instance, replace(noun.found(context, request)[1], saved=None))
    return {}


_TABLE = {
    "Create{}Version": _create_version,
    "List{}Versions": _list_versions,
    "Delete{}Version": _delete_version,
    "Create{}Alias": _create_alias,
    "Update{}Alias": _update_alias,
    "Describe{}Alias": _describe_alias,
    "List{}Aliases": _list_aliases,
    "Delete{}Alias": _delete_alias,
    "Describe{}": _describe,
    "Update{}Content": _update_content,
}


def _of(noun: Noun, do: Any) -> Operation:
    def operate(context: Context, request: Request) -> Answer:
        answer: Answer = do(noun, context, request)
        return answer

    return operate


for _noun in NOUNS:
    for _name, _do in _TABLE.items():
        OPERATIONS[_name.format(_noun.word)] = _of(_noun, _do)
