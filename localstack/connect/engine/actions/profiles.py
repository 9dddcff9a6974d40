"""Customer profiles: found, made, changed, and what of them the flow wants to know (2.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack.connect.engine import attributes
from localstack.connect.engine.document import flag, text
from localstack.connect.engine.effects import ActionFailed, Done, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.providers.profiles import MOST_CRITERIA, Operator, Profile
from localstack.connect.engine.registry import Parameters, action

MAX_CHARS = 14_000
"""What $.Customer may hold (12)."""
NONE_FOUND, MULTIPLE_FOUND = "NoneFoundError", "MultipleFoundError"
_ABOUT_SEARCH = frozenset({"IdentifierName", "IdentifierValue", "SearchCriteria", "LogicalOperator"})


@action("CreateCustomerProfile")
def create(run: FlowRun, parameters: Parameters) -> Done:
    """Make a profile of the fields that are given."""
    fields = _fields(_request(run, parameters))
    if not fields:
        why = "a profile needs at least one field"
        raise failed(why)
    made = _of(run).create(run.world.new_id("profile"), fields)
    return _told(run, parameters, made, made.fields, "is made")


@action("UpdateCustomerProfile")
def update(run: FlowRun, parameters: Parameters) -> Done:
    """Change fields of the profile that is named, else of the one that the flow has last worked with."""
    request = _request(run, parameters)
    known = request.pop("ProfileId", None) or (run.frame.loaded.get("Customer") or {}).get("ProfileId")
    found = _of(run).get(text(known)) if known else None
    if found is None:
        why = f"there is no customer profile {known}"
        raise failed(why)
    found.fields.update(_fields(request))
    return _told(run, parameters, found, found.fields, "is changed")


@action("GetCustomerProfile")
def get(run: FlowRun, parameters: Parameters) -> Done:
    """Find one profile by up to five criteria."""
    request = _request(run, parameters)
    criteria = _criteria(request)
    if not criteria or len(criteria) > MOST_CRITERIA or not all(value for _, value in criteria):
        why = f"a profile is searched by 1 to {MOST_CRITERIA} keys with values, not by {criteria}"
        raise failed(why)
    operator: Operator = "OR" if text(request.get("LogicalOperator")).upper() == "OR" else "AND"
    found = _of(run).search(criteria, operator)
    if not found:
        raise ActionFailed(NONE_FOUND, f"no customer profile has {_written(criteria)}")
    if len(found) > 1:
        raise ActionFailed(MULTIPLE_FOUND, f"{len(found)} customer profiles have {_written(criteria)}")
    return _told(run, parameters, found[0], found[0].fields, "is found")


@action("GetCustomerProfileObject")
def get_object(run: FlowRun, parameters: Parameters) -> Done:
    """Find an object of a profile: the latest one, or the latest with a value."""
    request = _request(run, parameters)
    found = _named(run, request)
    objects = found.objects.get(text(request.get("ObjectType")), [])
    if not flag(request.get("UseLatest")):
        key, value = text(request.get("IdentifierName")), text(request.get("IdentifierValue"))
        objects = [one for one in objects if one.get(key) == value]
    if not objects:
        raise ActionFailed(NONE_FOUND, f"profile {found.id} has no such object: {request.get('ObjectType')}")
    return _told(run, parameters, found, objects[-1], "has the object")


@action("GetCalculatedAttributesForCustomerProfile")
def get_calculated(run: FlowRun, parameters: Parameters) -> Done:
    """Read the calculated attributes of a profile."""
    found = _named(run, _request(run, parameters))
    if not found.calculated:
        raise ActionFailed(NONE_FOUND, f"profile {found.id} has no calculated attributes")
    return _told(run, parameters, found, found.calculated, "has calculated attributes")


@action("AssociateContactToCustomerProfile")
def associate(run: FlowRun, parameters: Parameters) -> Done:
    """Note that a contact was this customer's."""
    request = _request(run, parameters)
    wanted = text(request.get("ProfileId"))
    found = _of(run).get(wanted) if wanted else None
    if found is None:
        why = f"there is no customer profile {wanted}"
        raise failed(why)
    contact_id = text(request.get("ContactId")) or run.contact.id
    if contact_id not in found.contacts:
        found.contacts.append(contact_id)
    run.tell("profile", f"Profile {found.id} is associated with the contact", profile_id=found.id)
    return Done()


def _of(run: FlowRun) -> Any:
    return run.world.providers(run.contact.instance).profiles


def _request(run: FlowRun, parameters: Parameters) -> dict[str, Any]:
    return dict(attributes.render_deep(parameters.get("ProfileRequestData") or {}, run.tree))


def _fields(request: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a profile; a map of `Attributes` is the same as `Attributes.name`. Empty ones are left out."""
    own = request.get("Attributes")
    nested = {f"Attributes.{key}": value for key, value in own.items()} if isinstance(own, Mapping) else {}
    flat = {**{key: value for key, value in request.items() if not isinstance(value, Mapping)}, **nested}
    return {key: text(value) for key, value in flat.items() if text(value)}


def _criteria(request: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """(key, value) pairs: of SearchCriteria, of the identifier, or each field itself as older exports write it."""
    listed = request.get("SearchCriteria")
    pairs = listed if isinstance(listed, list) else [request] if "IdentifierName" in request else None
    if pairs is None:
        return [(key, text(value)) for key, value in request.items() if key not in _ABOUT_SEARCH]
    return [(text(one.get("IdentifierName")), text(one.get("IdentifierValue"))) for one in pairs]


def _named(run: FlowRun, request: Mapping[str, Any]) -> Profile:
    wanted = text(request.get("ProfileId"))
    found: Profile | None = _of(run).get(wanted) if wanted else None
    if found is None:
        raise ActionFailed(NONE_FOUND, f"there is no customer profile {wanted}")
    return found


def _told(run: FlowRun, parameters: Parameters, profile: Profile, values: Mapping[str, str], what: str) -> Done:
    """Fill $.Customer with the fields that are wanted back. Raises ActionFailed when that is too much."""
    wanted = [text(name) for name in parameters.get("ProfileResponseData") or ()]
    instance = run.contact.instance
    arn = f"arn:aws:profile:{instance.region}:{instance.account}:domains/{instance.alias}/profiles/{profile.id}"
    before: Mapping[str, Any] = run.frame.loaded.get("Customer") or {}
    same = before if before.get("ProfileId") == profile.id else {}
    filled = {**same, **_nested({name: values[name] for name in wanted if name in values})}
    if sum(len(attributes.written(value)) for value in filled.values()) > MAX_CHARS:
        why = f"$.Customer holds at most {MAX_CHARS} characters"
        raise failed(why)
    run.frame.loaded["Customer"] = {**filled, "ProfileId": profile.id, "ProfileARN": arn}
    run.tell("profile", f"Profile {profile.id} {what}", profile_id=profile.id)
    return Done()


def _nested(fields: Mapping[str, str]) -> dict[str, Any]:
    """`Attributes.tier` is read as $.Customer.Attributes.tier."""
    own = {key.partition(".")[2]: value for key, value in fields.items() if key.startswith("Attributes.")}
    flat = {key: value for key, value in fields.items() if not key.startswith("Attributes.")}
    return {**flat, **({"Attributes": own} if own else {})}


def _written(criteria: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{key} {value}" for key, value in criteria)
