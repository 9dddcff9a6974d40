"""What requests hold is read as it is written: no number stands for a day or an instant."""

import pytest
from pydantic import BaseModel

from chalicelib.platform import queries
from chalicelib.platform.errors import InvalidInput


class Body(BaseModel):
    """A body with a day and an instant."""

    on: queries.Day
    since: queries.Instant


def test_days_and_instants_are_read_from_texts() -> None:
    read = queries.parse_body(Body, {"on": "2026-03-02", "since": "2026-03-02T09:00:00+08:00"})
    assert (read.on.isoformat(), read.since.isoformat()) == ("2026-03-02", "2026-03-02T09:00:00+08:00")


@pytest.mark.parametrize("number", [0, 1_772_323_200, 1.5, True, "1772323200"])
def test_a_number_is_no_day_and_no_instant(number: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        queries.parse_body(Body, {"on": number, "since": number})
    errors = refused.value.facts["errors"]
    assert isinstance(errors, list)
    assert [one["field"] for one in errors] == ["on", "since"]
