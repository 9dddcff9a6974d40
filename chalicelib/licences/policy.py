"""Licences: what they decide. Pure; the day is an argument."""

from collections.abc import Iterable, Iterator
from datetime import date

from chalicelib.licences.models import PERMITTED, UNLICENSED, Licence, LicensedLine, Refusal


def refusals(line: LicensedLine, licences: Iterable[Licence], on: date) -> Iterator[Refusal]:
    """Yield every reason why the line may not go live on the day `on`; none means that it may (LIC-01, LIC-02)."""
    for position, service in enumerate(line.services):
        if service != PERMITTED[line.legal_class]:
            yield Refusal(field=f"services.{position}", reason=_unlicensed(service, line.legal_class))
    found = [one for one in licences if one.legal_class == line.legal_class]
    reaching = [one for one in found if _reaches(one, line)]
    if not found:
        yield Refusal(field="legal_class", reason=f"no licence of class {line.legal_class}")
    elif not reaching:
        where = ", ".join(line.provinces) or "the whole country"
        yield Refusal(field="provinces", reason=f"no licence of class {line.legal_class} reaches {where}")
    elif all(one.expires_on < on for one in reaching):
        last = max(one.expires_on for one in reaching)
        yield Refusal(field="legal_class", reason=f"the licence of class {line.legal_class} expired on {last}")


def _unlicensed(service: str, legal_class: str) -> str:
    if service in UNLICENSED:
        return f"{UNLICENSED[service]} is permitted by no call-centre licence (LIC-01)"
    if service in PERMITTED.values():
        return f"{service} is not permitted by class {legal_class} (LIC-01)"
    return f"{service!r} is a service that no licence names (LIC-01)"


def _reaches(licence: Licence, line: LicensedLine) -> bool:
    """Return whether the licence is good wherever the line serves; an in-province one never reaches the country."""
    return not licence.provinces or (bool(line.provinces) and set(line.provinces) <= set(licence.provinces))
