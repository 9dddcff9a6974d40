"""Entry numbers: which line is served. Pure, of the tenant's own numbers only; nothing is kept, so this door is all."""

from dataclasses import dataclass

from chalicelib.tenancy.models import Line, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The line of a contact. `number_known` is False when a number was dialled that is not in the contract."""

    line: Line
    number_known: bool
    is_fallback: bool


def resolve(tenant: Tenant, dialled: str | None, stated: str | None) -> Resolution:
    """Return the service line behind the number `dialled`; `stated` is the line the flow says it serves (NUM-02).

    | dialled           | stated    | line            | number known | fall-back |
    |-------------------|-----------|-----------------|--------------|-----------|
    | in the contract   | any       | the number's    | yes          | no        |
    | absent (chat)     | a line    | the stated one  | yes          | no        |
    | not in contract   | a line    | the stated one  | no           | no        |
    | absent            | no line   | first by id     | yes          | yes       |
    | not in contract   | no line   | first by id     | no           | yes       |

    The number is believed first: it comes from the telephone network, the statement from a flow. An unknown number is
    an alarm for operators, never a refusal of the caller.
    """
    for line_id in sorted(tenant.lines):
        if dialled is not None and dialled in tenant.lines[line_id].numbers:
            return Resolution(line=tenant.lines[line_id], number_known=True, is_fallback=False)
    named = tenant.lines.get(stated or "")
    line = named or tenant.lines[min(tenant.lines)]
    return Resolution(line=line, number_known=dialled is None, is_fallback=named is None)
