import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.numbers.service import resolve
from tests.support.tenants import tenant

HR = tenant("hrgroup")


ROWS = [
    # dialled, stated by the flow, line, number known, fall-back
    ("+864008601234", None, "after-sales", True, False),
    ("+862155360100", "after-sales", "telesales", True, False),
    (None, "telesales", "telesales", True, False),
    ("+8610000000", "telesales", "telesales", False, False),
    (None, None, "after-sales", True, True),
    (None, "no-such-line", "after-sales", True, True),
    ("+8610000000", None, "after-sales", False, True),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_of_the_table(row: tuple[str | None, str | None, str, bool, bool]) -> None:
    dialled, stated, *expected = row
    found = resolve(HR, dialled, stated)
    assert [found.line.id, found.number_known, found.is_fallback] == expected


@given(st.none() | st.text(), st.none() | st.text())
def test_every_contact_has_a_line_of_the_tenant(dialled: str | None, stated: str | None) -> None:
    assert resolve(HR, dialled, stated).line in HR.lines.values()


def test_no_number_belongs_to_two_lines_or_two_tenants() -> None:
    numbers = [n for name in ("hrgroup", "taxihotline") for line in tenant(name).lines.values() for n in line.numbers]
    assert len(numbers) == len(set(numbers))
