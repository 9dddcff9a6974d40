"""Which lines a licence covers, row by row (LIC-01, LIC-02)."""

from datetime import date

import pytest

from chalicelib.licences.models import UNLICENSED, Licence, LicensedLine
from chalicelib.licences.policy import refusals

TODAY = date(2026, 11, 2)


def licence(*provinces: str, legal_class: str = "B24-1", expires_on: date = TODAY) -> Licence:
    return Licence(number="B2-1", legal_class=legal_class, expires_on=expires_on, provinces=provinces)


def line(*provinces: str, legal_class: str = "B24-1", services: tuple[str, ...] = ("call-centre",)) -> LicensedLine:
    return LicensedLine(id="hotline", legal_class=legal_class, services=services, provinces=provinces)


def refused(what: LicensedLine, *licences: Licence) -> list[str]:
    return [refusal.field for refusal in refusals(what, licences, TODAY)]


@pytest.mark.parametrize(
    ("what", "held", "expected"),
    [
        (line(), [licence()], []),
        (line("Zhejiang"), [licence()], []),
        (line("Zhejiang"), [licence("Zhejiang")], []),
        (line("Zhejiang"), [licence("Zhejiang", "Jiangsu")], []),
        (line("Zhejiang", "Jiangsu"), [licence("Zhejiang")], ["provinces"]),
        (line(), [licence("Zhejiang")], ["provinces"]),
        (line(), [licence("Zhejiang", "Jiangsu")], ["provinces"]),
        (line(), [], ["legal_class"]),
        (line(), [licence(legal_class="B24-2")], ["legal_class"]),
        (line(), [licence(expires_on=date(2026, 11, 1))], ["legal_class"]),
        (line(), [licence(expires_on=date(2026, 11, 1)), licence()], []),
        (line(), [licence(expires_on=date(2026, 11, 1)), licence("Zhejiang")], ["legal_class"]),
    ],
)
def test_a_licence_covers_its_class_its_provinces_and_its_days(
    what: LicensedLine, held: list[Licence], expected: list[str]
) -> None:
    assert refused(what, *held) == expected


@pytest.mark.parametrize("service", [*UNLICENSED, "offshore-call-centre", "anything-else"])
@pytest.mark.parametrize("position", [0, 1])
def test_a_service_that_the_class_does_not_permit_is_refused_where_it_stands(service: str, position: int) -> None:
    services = ["call-centre"]
    services.insert(position, service)
    assert refused(line(services=tuple(services)), licence()) == [f"services.{position}"]


def test_offshore_work_needs_its_own_class_and_licence() -> None:
    abroad = line(legal_class="B24-2", services=("offshore-call-centre",))
    assert refused(abroad, licence(legal_class="B24-2")) == []
    assert refused(abroad, licence()) == ["legal_class"]
    assert refused(line(legal_class="B24-2"), licence(legal_class="B24-2")) == ["services.0"]
