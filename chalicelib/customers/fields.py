"""Customers: what may be entered, by the tenant's own fields and the parts of its organisation. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from chalicelib.customers.record import PHONE, Facts, Identity, Value
from chalicelib.platform.errors import InvalidInput, Unprocessable
from chalicelib.tenancy.models import CustomerField, Tenant

LONGEST_TEXT: Final = 200
_LONGEST_PLAIN: Final = 100
_LARGEST: Final = 10**12
_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,30}")
_KIND: Final = re.compile(r"[a-z][a-z0-9-]{1,20}")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{4,14}")
_EMAIL: Final = re.compile(r"[^\s@:]{1,64}@[^\s@:]{1,190}")


class BadFacts(Unprocessable):
    """The contract does not allow these facts of a customer; `errors` name the fields."""


def checked(facts: Facts, tenant: Tenant) -> None:
    """Accept what is to be kept of a customer.

    Raises:
        BadFacts: every field that the contract does not allow, by its path.

    """
    errors = [{"field": field, "problem": problem} for field, problem in _problems(facts, tenant)]
    if errors:
        raise BadFacts("the contract does not allow this", errors=errors)


def _problems(facts: Facts, tenant: Tenant) -> Iterator[tuple[str, str]]:
    known = {one.id: one for one in tenant.customer_fields}
    for name, value in facts.fields.items():
        field = known.get(name)
        if field is None:
            yield f"fields.{name}", "the contract has no such field"
        elif problem := problem_of(field, value):
            yield f"fields.{name}", problem
    if facts.node is not None and facts.node not in {part.id for part in tenant.organisation}:
        yield "node", "the organisation has no such node"
    if facts.language is not None and facts.language not in tenant.languages:
        yield "language", f"one of {', '.join(tenant.languages)}"
    for position, identity in enumerate(facts.identities):
        if problem := identity_problem(identity):
            yield f"identities.{position}", problem


def problem_of(field: CustomerField, value: Any) -> str | None:
    """Return what is wrong with a value of one of the tenant's fields; None: nothing."""
    good, expected = _KINDS[field.kind]
    if field.kind == "choice":
        return None if value in field.choices else f"one of {', '.join(field.choices)}"
    return None if good(value) else expected


def identity_problem(identity: Identity) -> str | None:
    """Return what is wrong with an identity; None: nothing."""
    if not _KIND.fullmatch(identity.kind):
        return "the kind is lower-case letters, digits and dashes"
    if identity.kind == PHONE:
        return None if _PHONE.fullmatch(identity.value) else "a telephone number in E.164 form"
    if identity.kind == "email":
        good = _EMAIL.fullmatch(identity.value) and identity.value == identity.value.lower()
        return None if good else "an e-mail address in lower case"
    return None if identity.value.isprintable() and 1 <= len(identity.value) <= LONGEST_TEXT else "a printable name"


def read(field: CustomerField, text: str) -> Value:
    """Return the value of a field that stands as `text` in a query.

    Raises:
        ValueError: it is none.

    """
    value: Value = text
    if field.kind == "number":
        value = int(text)
    elif field.kind == "flag":
        value = {"true": True, "false": False}[text] if text in {"true", "false"} else text
    if problem := problem_of(field, value):
        raise ValueError(problem)
    return value


def told(name: str, text: str, tenant: Tenant) -> Value:
    """Return the value of a fact that another system writes as `text`: a number as digits, a flag as true or false.

    Raises:
        ValueError: the contract does not allow it, in words.

    """
    own = next((one for one in tenant.customer_fields if one.id == name), None)
    if own is not None:
        try:
            return read(own, text)
        except ValueError as error:
            raise ValueError(problem_of(own, text) or "no such value") from error
    if not (_is_text(text) and text.isprintable() and len(text) <= _LONGEST_PLAIN):
        msg = f"one line of 1 to {_LONGEST_PLAIN} characters"
        raise ValueError(msg)
    if name == PHONE and (problem := identity_problem(Identity(PHONE, text))):
        raise ValueError(problem)
    if name == "language" and text not in tenant.languages:
        msg = f"one of {', '.join(tenant.languages)}"
        raise ValueError(msg)
    if name == "grade" and not _ID.fullmatch(text):
        msg = "a grade is lower-case letters, digits and dashes"
        raise ValueError(msg)
    return text


def text_of(value: Value) -> str:
    """Return a value as `told` reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def asked(known: Iterable[CustomerField], text: str | None) -> dict[str, Value]:
    """Return the values of the fields `known` that a query asks for by a text such as `city:suzhou,vip:true`.

    Raises:
        InvalidInput: there is no such field, or no such value of it.

    """
    by_id, found = {one.id: one for one in known}, {}
    for pair in text.split(",") if text else ():
        name, _, value = pair.partition(":")
        if name not in by_id:
            raise InvalidInput(f"no field {name!r} to look for", field="where")
        try:
            found[name] = read(by_id[name], value)
        except ValueError as error:
            raise InvalidInput(f"{name} has no such value", field="where") from error
    return found


def visible(fields: Mapping[str, Value], tenant: Tenant, *, sensitive: bool) -> dict[str, Value]:
    """Return the tenant's own fields as shown to somebody who may see sensitive ones, or may not.

    What the contract does not name any more is not shown.
    """
    shown = {one.id for one in tenant.customer_fields if sensitive or one.classification != "sensitive"}
    return {name: value for name, value in fields.items() if name in shown}


def hidden(fields: Mapping[str, Value], tenant: Tenant) -> dict[str, Value]:
    """Return the sensitive fields: who may not see them keeps them as they are when editing the others."""
    kept = {one.id for one in tenant.customer_fields if one.classification == "sensitive"}
    return {name: value for name, value in fields.items() if name in kept}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value.strip()) <= LONGEST_TEXT


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_KINDS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "text": (_is_text, f"a text of 1 to {LONGEST_TEXT} characters"),
    "number": (_is_number, f"a whole number between -{_LARGEST} and {_LARGEST}"),
    "date": (_is_date, "a date such as 2026-03-02"),
    "choice": (_is_text, "one of the choices"),
    "flag": (_is_flag, "true or false"),
}
