"""Whether telephone numbers of a contract are numbers at all, and of the class that they claim (NUM-01).

Authoring side only. Numbering plans are those of `phonenumbers`. It does not know China's short codes, which are not
dialled from abroad: their shape stands here.
"""

import re
from collections.abc import Iterator, Mapping

import phonenumbers

from chalicelib.tenancy.contract import Contract, EntryNumber
from chalicelib.tenancy.contract_problems import Problem

_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "400": (re.compile(r"\+86400\d{7}"), "+86 400 and seven digits"),
    "800": (re.compile(r"\+86800\d{7}"), "+86 800 and seven digits"),
    "1xx": (re.compile(r"\+861\d\d(\d\d)?"), "+86 and three or five digits from 1 on"),
    "95xxx": (re.compile(r"\+8695\d{3,6}"), "+86 95 and three to six digits"),
    "96xxx": (re.compile(r"\+86(\d{2,3})?96\d{3,4}"), "+86, an area code or none, 96 and three or four digits"),
}
"""How numbers of China's own classes look; the other classes are subscriber numbers of any country."""

_CHINA = "+86"
_SHORT = frozenset({"1xx", "95xxx", "96xxx"})


def number_problems(contract: Contract) -> Iterator[Problem]:
    """Yield a problem for each entry number of another shape than its class, and each that could never ring."""
    for i, number in enumerate(contract.entry_numbers):
        if (expected := _expected(number)) is not None:
            yield Problem(f"entry_numbers.{i}.number", f"{expected} (found {number.number!r})")
    for path, rung in _rung(contract):
        if not _rings(rung):
            yield Problem(path, f"a number of its country's numbering plan (found {rung!r})")


def _expected(number: EntryNumber) -> str | None:
    shape = _SHAPES.get(number.number_class) if number.number.startswith(_CHINA) else None
    if shape is not None and not shape[0].fullmatch(number.number):
        return f"a {number.number_class} number is {shape[1]}"
    if not (shape is not None and number.number_class in _SHORT) and not _rings(number.number):
        return "a number of its country's numbering plan"
    return None


def _rings(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:  # no country has this code
        return False


def _rung(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield the telephones outside that contacts are sent to, with their paths."""
    for part in ("overflow", "closed"):
        for i, owner in enumerate(getattr(contract.routing, part)):
            for j, hop in enumerate(owner.hops):
                if (rung := getattr(hop, "number", None)) is not None:
                    yield f"routing.{part}.{i}.hops.{j}.number", rung
    for i, duty in enumerate(contract.routing.duties):
        yield f"routing.duties.{i}.number", duty.number
        for j, day in enumerate(duty.days):
            yield f"routing.duties.{i}.days.{j}.number", day.number
