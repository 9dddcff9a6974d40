"""How instants are kept: as texts that sort as time does."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.instants import instant, instant_ms

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  bounds have no zone
ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))


def test_an_instant_is_told_in_utc_to_the_second_or_the_millisecond() -> None:
    nine = datetime(2026, 3, 2, 17, 0, 0, 250_900, tzinfo=timezone(timedelta(hours=8)))
    assert (instant(nine), instant_ms(nine)) == ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00.250Z")


@given(MOMENTS, MOMENTS, ZONES)
def test_instants_sort_as_time_does_wherever_they_were_noted(one: datetime, other: datetime, zone: timezone) -> None:
    first, last = sorted((one, other))
    assert instant(first.astimezone(zone)) <= instant(last)
    assert instant_ms(first.astimezone(zone)) <= instant_ms(last)
    assert len({len(instant(first)), len(instant(last))}) == 1


@given(MOMENTS)
def test_an_instant_is_read_back_without_its_fraction(at: datetime) -> None:
    assert datetime.fromisoformat(instant(at)) == at.replace(microsecond=0)
