"""How moments and sizes are written and counted: the quick ways agree with the plain ones."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.engine import times
from localstack.connect.engine.contact import fit

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  bounds have no zone
TEXTS = st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=6)


@given(MOMENTS)
def test_moments_are_written_in_utc_cut_to_their_precision(at: datetime) -> None:
    utc = at.astimezone(UTC)
    assert times.micros(at) == utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert times.millis(at) == utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"
    assert times.seconds(at) == utc.strftime("%Y-%m-%dT%H:%M:%SZ")


@given(TEXTS, st.integers(-8, 8))
def test_texts_fit_when_their_bytes_do_whatever_their_script(texts: dict[str, str], spare_bytes: int) -> None:
    needed_bytes = len("".join([*texts, *texts.values()]).encode())
    assert fit(texts, needed_bytes + spare_bytes) == (spare_bytes >= 0)


def test_nothing_is_written_of_no_moment() -> None:
    assert times.seconds(None) is None
