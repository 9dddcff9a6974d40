"""Ids, whole seconds and days of opening hours: quick ways that give what the plain ones give."""

import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.engine import times
from localstack.connect.engine.hours import Timetable, on
from localstack.connect.engine.ids import new_uuid
from localstack.connect.resources import Hours

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the zone is given apart
SHANGHAI = ZoneInfo("Asia/Shanghai")


def hours(opens: int, closes: int) -> Hours:
    """Hours of every day, from one hour to another."""
    config = ({"StartTime": {"Hours": opens, "Minutes": 0}, "EndTime": {"Hours": closes, "Minutes": 0}},)
    return Hours(id="h", arn="arn:h", name="h", time_zone=SHANGHAI.key, config=config)


@given(namespace=st.uuids(), name=st.text(st.characters(codec="utf-8")))
def test_an_id_is_the_version_5_uuid_of_its_name(namespace: uuid.UUID, name: str) -> None:
    assert new_uuid(namespace, name) == str(uuid.uuid5(namespace, name))


@given(start=MOMENTS, end=MOMENTS)
def test_a_duration_is_what_lies_between_the_two_moments_as_they_are_written(start: datetime, end: datetime) -> None:
    shown = [times.parse(str(times.seconds(at))) for at in (start, end)]
    assert timedelta(seconds=times.whole_s(start, end)) == shown[1] - shown[0]


@given(at=MOMENTS, east_h=st.integers(-12, 14))
def test_a_moment_is_written_in_utc_whatever_its_zone(at: datetime, east_h: int) -> None:
    there = at.astimezone(timezone(timedelta(hours=east_h)))
    assert times.micros(there) == times.micros(at)
    assert times.parse(times.micros(there)) == at


@given(asked=st.lists(st.tuples(st.integers(0, 71), st.sampled_from([(9, 18), (0, 12), (20, 23)])), max_size=30))
def test_a_day_that_is_kept_is_not_taken_for_another_or_for_other_hours(
    asked: list[tuple[int, tuple[int, int]]],
) -> None:
    timetable = Timetable()
    midnight = datetime.combine(date(2026, 3, 2), time(), SHANGHAI)
    for hour, open_ in asked:
        at, now = midnight + timedelta(hours=hour), hours(*open_)
        fresh = any(start <= at.hour * 60 < end for start, end in on(now, at.date()).open)
        assert timetable.is_open(now, at.astimezone(UTC)) is fresh
