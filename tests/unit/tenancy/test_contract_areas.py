"""Which Chinese numbers belong to which province or city, and the table that a tenant carries of it (ACD-10)."""

import copy
import json
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import geocoder

from chalicelib.routing.attribution import region_of
from chalicelib.tenancy import contract_areas
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import Attribution, Region, from_document

TENANTS = Path(__file__).resolve().parents[3] / "tenants"
SOUND: dict[str, Any] = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
PROVINCES = sorted(contract_areas._FULL)
COUNTRYWIDE = Attribution(
    regions=tuple(Region(id=name) for name in PROVINCES), table=contract_areas.table([[name] for name in PROVINCES])
)


def attributed(*regions: dict[str, Any]) -> dict[str, Any]:
    section = {**SOUND.get("routing", {}), "attribution": {"regions": list(regions)}}
    return {**copy.deepcopy(SOUND), "routing": section}


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("广东", ("广东", "")),
        ("广东省", ("广东", "")),
        ("深圳", ("广东", "深圳")),
        ("广东省深圳市", ("广东", "深圳")),
        ("北京市", ("北京", "")),
        ("吉林", ("吉林", "")),
        ("吉林市", ("吉林", "吉林")),
        ("芒市", ("云南", "芒市")),
        ("广西壮族自治区南宁市", ("广西", "南宁")),
        ("锡林郭勒盟", ("内蒙古", "锡林郭勒")),
        ("资阳", ("四川", "资阳")),
        ("Guangdong", None),
        ("广", None),
        ("", None),
    ],
)
def test_a_province_or_city_is_known_by_each_form_of_its_name(word: str, place: tuple[str, str] | None) -> None:
    assert contract_areas.area(word) == place


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+8675512345678", "shenzhen"),
        ("+862012345678", "guangdong"),
        ("+8613600000000", "guangdong"),
        ("+861012345678", "capital"),
        ("+862212345678", "capital"),
        ("+8653212345678", "own"),
        ("+862112345678", "elsewhere"),
        ("+862012", "elsewhere"),
        ("+14155550123", "elsewhere"),
        ("anonymous", "elsewhere"),
        (None, "elsewhere"),
    ],
)
def test_a_contract_names_regions_by_their_areas_and_a_city_goes_before_its_province(
    number: str | None, region: str
) -> None:
    raw = attributed(
        {"id": "guangdong", "areas": ["广东"]},
        {"id": "shenzhen", "areas": ["深圳市"]},
        {"id": "capital", "areas": ["北京", "天津"]},
        {"id": "own", "prefixes": ["+86532"], "areas": ["河北"]},
    )
    tenant = from_document(json.loads(json.dumps(compile_contract(parse(raw, source="test")))))
    found = region_of(tenant.plan.attribution, number, "after-sales")
    assert found is not None
    assert found.id == region


def test_the_tenants_own_prefixes_go_before_the_places_of_the_table() -> None:
    table = contract_areas.table([["北京"], []])
    plan = Attribution(regions=(Region(id="capital"), Region(id="branch", prefixes=("+861088",))), table=table)
    found = [region_of(plan, number, "any") for number in ("+861088000000", "+861087000000")]
    assert [each.id if each else None for each in found] == ["branch", "capital"]


@pytest.mark.parametrize(
    ("regions", "path"),
    [
        ([{"id": "nowhere", "areas": ["亚特兰蒂斯"]}], "routing.attribution.regions.0.areas.0"),
        ([{"id": "empty"}], "routing.attribution.regions.0"),
        (
            [{"id": "one", "areas": ["深圳"]}, {"id": "two", "areas": ["广东省深圳市"]}],
            "routing.attribution.regions.1.areas.0",
        ),
    ],
)
def test_an_area_that_is_no_place_or_stands_in_two_regions_is_refused(regions: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(InvalidContract) as refusal:
        parse(attributed(*regions), source="test")
    assert [problem.path for problem in refusal.value.problems] == [path]


mobiles = st.tuples(st.sampled_from("3456789"), st.integers(0, 10**9 - 1)).map(lambda one: f"+861{one[0]}{one[1]:09}")
fixed = st.tuples(
    st.sampled_from(["10", "21", "755", "532", "991", "931", "898"]), st.integers(2_000_000, 8_999_999)
).map(lambda one: f"+86{one[0]}{one[1]}0")


@settings(max_examples=60, deadline=None)
@given(mobiles | fixed)
def test_the_table_says_of_any_number_what_its_source_says(number: str) -> None:
    said = geocoder.description_for_number(phonenumbers.parse(number, None), "zh")
    found = region_of(COUNTRYWIDE, number, "any")
    assert found is not None
    if phonenumbers.is_valid_number(phonenumbers.parse(number, None)) and said not in {"", "中国"}:
        assert said.startswith(found.id)


def test_the_data_says_where_and_when_it_comes_from_and_a_whole_country_stays_small() -> None:
    head = contract_areas.DATA.read_text(encoding="utf-8").splitlines()[:2]
    assert "libphonenumber" in head[1]
    assert "taken on 20" in head[1]
    assert len(COUNTRYWIDE.table.encode()) < 100_000
