"""A contract is refused with every problem at once, or it is whole (TEN-02)."""

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.licences.models import ALLOCATED
from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract_file import InvalidContract, load, parse
from infra.cdk import menu_catalogue

ROOT = Path(__file__).resolve().parents[3]
TENANTS = sorted((ROOT / "tenants").glob("*.yaml"))
SOUND: dict[str, Any] = yaml.safe_load((ROOT / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8"))


def problems_of(raw: Any) -> dict[str, str]:
    with pytest.raises(InvalidContract) as caught:
        parse(raw, source="test")
    return {problem.path: problem.expected for problem in caught.value.problems}


def broken(change: Callable[[dict[str, Any]], object]) -> dict[str, str]:
    raw = copy.deepcopy(SOUND)
    change(raw)
    return problems_of(raw)


@pytest.mark.parametrize("path", TENANTS, ids=lambda path: path.stem)
def test_every_tenant_of_the_project_is_valid(path: Path) -> None:
    assert load(path).tenant == path.stem


@pytest.mark.req("TEN-02")
def test_all_offending_fields_are_named_at_once_with_what_was_expected() -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["surprise"] = 1
        raw["time_zone"] = "Mars/Olympus"
        raw["queues"][0]["hours"] = "never"
        raw["queues"][1]["priority"] = 0
        raw["entry_numbers"][0]["number"] = "400-860"
        raw["hours"][1]["week"]["monday"] = ["9-5"]
        raw["routing_profiles"][0]["queues"][0]["queue"] = "nobody"
        del raw["retention"]["logs_days"]

    found = broken(change)
    assert found.keys() >= {
        "surprise",
        "time_zone",
        "queues.0.hours",
        "queues.1.priority",
        "entry_numbers.0.number",
        "hours.1.week.monday.0",
        "routing_profiles.0.queues.0.queue",
        "retention.logs_days",
    }
    assert found["surprise"].startswith("unknown field")
    assert "required" in found["retention.logs_days"]
    assert "'never'" in found["queues.0.hours"]
    assert "found '400-860'" in found["entry_numbers.0.number"]


GONE = object()


PAPERS = {"authority": "An office", "certificate": "M-1", "expires_on": dt.date(2030, 1, 1), "fee": "paid"}
CONNECTIONS = [{"carrier": "china-telecom", "mode": "direct"}]


def with_value(raw: dict[str, Any], where: str, value: object) -> dict[str, Any]:
    """Return a copy of `raw` with the field `where` (dotted path) set to `value`, or removed."""
    raw = copy.deepcopy(raw)
    parent: Any = raw
    *way, last = [int(step) if step.isdigit() else step for step in where.split("/")]
    for step in way:
        parent = parent[step]
    if value is GONE:
        parent.pop(last)
    else:
        parent[last] = value
    return raw


@pytest.mark.parametrize(
    ("named", "where", "value"),
    [
        ("queues.1.id", "queues/1/id", "after-sales"),
        ("entry_numbers.1.number", "entry_numbers/1/number", "+864008601234"),
        ("service_lines.0.menu.1.digit", "service_lines/0/menu/1/digit", "1"),
        ("service_lines.0.default_queue", "service_lines/0/default_queue", "nobody"),
        ("service_lines.0.hours", "service_lines/0/hours", "nobody"),
        ("service_lines.0.menu.0.queues.en-US", "service_lines/0/menu/0/queues/en-US", "nobody"),
        ("service_lines.0.menu.0.label.zh-CN", "service_lines/0/menu/0/label/zh-CN", GONE),
        ("service_lines.0.prompts.welcome.zh-CN", "service_lines/0/prompts/welcome/zh-CN", GONE),
        ("service_lines.1.id", "entry_numbers/1", GONE),
        ("queues.3.id", "routing_profiles/2/queues/0", GONE),
        ("demo.agents.0.profile", "demo/agents/0/profile", "nobody"),
        ("languages", "languages/offered", ["en-US"]),
        ("languages", "languages/offered", ["zh-CN", "en-US", "zh-CN"]),
        ("hours.1.week.monday", "hours/1/week/monday", ["13:00-18:00", "09:00-13:01"]),
        ("hours.1.holidays.0.open", "hours/1/holidays/0/open", ["09:00-12:00", "09:00-12:00"]),
        ("seats", "seats/burst", 10),
        ("tenant", "tenant", "two-words"),
        ("hours.1.holidays.1.date", "hours/1/holidays/1/date", SOUND["hours"][1]["holidays"][0]["date"]),
        ("hours.1.week.monday.0", "hours/1/week/monday", ["09:00-09:00"]),
        ("hours.1.week", "hours/1/week/monday", ["22:00-09:01"]),
        ("hours.1.holidays.0.open.0", "hours/1/holidays/0/open", ["22:00-06:00"]),
        ("entry_numbers.1", "entry_numbers/1/number_class", "95xxx"),
        ("retention.contacts_days", "retention/contacts_days", 1_000_000),
        ("retention.recordings_days", "retention/recordings_days", 1_000_000),
    ],
)
def test_a_contradiction_is_named_by_its_path(named: str, where: str, value: object) -> None:
    assert named in problems_of(with_value(SOUND, where, value))


@pytest.mark.parametrize(
    ("named", "where", "value"),
    [
        ("queues.0.name", "queues/0/name", "q" * 251),
        ("routing_profiles.0.name", "routing_profiles/0/name", "p" * 251),
        ("hours.1.holidays.0.name", "hours/1/holidays/0/name", "h" * 117),
        (
            "hours.1.holidays",
            "hours/1/holidays",
            [{"date": dt.date(2026, 1, 1) + dt.timedelta(days=n), "name": "Day"} for n in range(51)],
        ),
    ],
)
def test_what_amazon_connect_would_refuse_is_refused_before_it_is_deployed(
    named: str, where: str, value: object
) -> None:
    assert named in problems_of(with_value(SOUND, where, value))


def test_slices_that_touch_are_two_slices() -> None:
    raw = with_value(SOUND, "hours/1/week/monday", ["13:00-18:00", "09:00-13:00"])
    assert parse(raw, source="test").hours[1].id == "sales-day"


@pytest.mark.req("NUM-01")
@pytest.mark.parametrize(
    ("number_class", "number", "reaches"),
    [
        ("400", "+864008605678", {"nationwide", "local"}),
        ("800", "+868008605678", {"nationwide", "local"}),
        ("1xx", "+8612328", {"nationwide"}),
        ("95xxx", "+8695566", {"nationwide"}),
        ("96xxx", "+8696196", {"local"}),
        ("local-access", "+862155360101", {"nationwide", "local"}),
        ("direct-dial", "+862155360101", {"nationwide", "local"}),
    ],
)
def test_the_class_of_a_number_decides_its_shape_and_which_reach_it_may_have(
    number_class: str, number: str, reaches: set[str]
) -> None:
    raw = with_value(SOUND, "entry_numbers/0/number_class", number_class)
    raw["entry_numbers"][0]["number"] = number
    del raw["queues"][0]["caller_id"]
    raw["voicemail"] = {}
    if number_class in ALLOCATED:
        level = "national" if "nationwide" in reaches else "provincial"
        raw["entry_numbers"][0] |= {"allocation": {**PAPERS, "level": level}, "connections": CONNECTIONS}
    for reach in ("nationwide", "local"):
        entry = with_value(raw, "entry_numbers/0/reach", reach)
        if reach in reaches:
            found = parse(entry, source="test").entry_numbers[0]
            assert (found.number_class, found.reach) == (number_class, reach)
            misshapen = with_value(entry, "entry_numbers/0/number", "+8677777777")
            assert problems_of(misshapen).keys() == {"entry_numbers.0.number"}
        else:
            assert problems_of(entry).keys() == {"entry_numbers.0"}
    for missing in ("number_class", "reach"):
        assert f"entry_numbers.0.{missing}" in problems_of(with_value(SOUND, f"entry_numbers/0/{missing}", GONE))


@pytest.mark.parametrize("number", ["+8613800", "+14155550", "+9991234567"])
def test_a_telephone_outside_that_could_never_ring_is_refused(number: str) -> None:
    raw = with_value(SOUND, "routing", {"duties": [{"id": "night", "number": number}]})
    assert problems_of(raw).keys() == {"routing.duties.0.number"}


@pytest.mark.parametrize("raw", [None, [], "text", 7, {}])
def test_a_document_that_is_no_contract_is_refused_and_not_a_crash(raw: object) -> None:
    assert problems_of(raw)


def test_a_file_that_cannot_be_read_or_parsed_is_one_clear_problem(tmp_path: Path) -> None:
    for name, text in {"twice.yaml": "tenant: a\ntenant: b\n", "broken.yaml": "a: [1\n", "missing.yaml": None}.items():
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(InvalidContract) as caught:
            load(tmp_path / name)
        assert [problem.path for problem in caught.value.problems] == ["(file)"]


def test_a_contract_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(
        (ROOT / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    with pytest.raises(InvalidContract, match="'other', the name of the file"):
        load(tmp_path / "other.yaml")


def _spots(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [path, *(spot for key, value in children for spot in _spots(value, (*path, key)))]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(spot=st.sampled_from(_spots(SOUND)[1:]), junk=JUNK)
def test_junk_anywhere_is_accepted_or_refused_with_a_path_but_never_a_crash(
    spot: tuple[Any, ...], junk: object
) -> None:
    raw = with_value(SOUND, "/".join(str(step) for step in spot), junk)
    paths = ["(accepted)"]
    try:
        parse(raw, source="test")
    except InvalidContract as refused:
        paths = [problem.path for problem in refused.problems]
    assert paths
    assert all(paths)


def refused_at(raw: Any) -> list[str]:
    """Return the problems of a contract, else of its menus: what a node's keys and texts may be is judged there."""
    try:
        contract = parse(raw, source="test")
    except InvalidContract as refused:
        return [problem.path for problem in refused.problems]
    with pytest.raises(InvalidInput) as caught:
        menu_catalogue.trees(contract)
    return [str(caught.value.facts["problems"])]


@given(spot=st.sampled_from([spot for spot in _spots(SOUND) if isinstance(spot[-1] if spot else "", str)]))
def test_an_unknown_field_is_an_error_wherever_a_field_may_stand(spot: tuple[Any, ...]) -> None:
    raw = copy.deepcopy(SOUND)
    parent: Any = raw
    for key in spot:
        parent = parent[key]
    if not isinstance(parent, dict):
        return
    parent["no_such_field"] = "x"
    assert any("no_such_field" in path for path in refused_at(raw))
