"""Provinces and cities of China, and which telephone numbers belong to them (ACD-10). Authoring side only.

The data is `areas/cn.txt`, with its source and date. What a tenant's regions need of it is compiled into the tenant's
document, so that no function carries the rest.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from chalicelib.tenancy.plan import AREA_DIGITS, NO_REGION, REGION_DIGITS

DATA = Path(__file__).parent / "areas" / "cn.txt"

type Area = tuple[str, str]
"""Province and city, both short; the city is '' for the whole province."""

type Span = tuple[int, int, str]
"""Numbers whose first digits after the country code lie in [first, end) belong to the place."""

_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
_REGIONS = {"内蒙古": "自治区", "广西": "壮族自治区", "西藏": "自治区", "宁夏": "回族自治区", "新疆": "维吾尔自治区"}
_PROVINCES = (
    "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南",
    "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海",
)  # fmt: skip
_FULL: Mapping[str, str] = {
    **{name: f"{name}市" for name in _MUNICIPALITIES},
    **{name: f"{name}{kind}" for name, kind in _REGIONS.items()},
    **{name: f"{name}省" for name in _PROVINCES},
}
_ENDINGS = ("市", "盟", "地区")


def area(word: str) -> Area | None:
    """Return the province or city that `word` names, such as 广东, 广东省, 广州 or 广东省广州市; None for no place.

    吉林 is the province, 吉林市 the city.
    """
    return _words().get(word)


def known_area(word: str) -> str:
    """Return `word` when it names a place, for use as a validator.

    Raises:
        ValueError: it names none.

    """
    if area(word) is None:
        msg = "expected a province or city of China as its numbers are known by, such as 广东 or 深圳市"
        raise ValueError(msg)
    return word


def table(regions: Sequence[Sequence[str]]) -> str:
    """Return which region each number belongs to, as `routing.attribution.region_of` reads it.

    `regions` are their areas, in order. A city that a region names is that region's, whoever has its province. Where a
    dialling code is shared by several cities, the first of them that any region has decides.

    Raises:
        KeyError: a word names no place; a contract is checked before it is compiled.

    """
    owners = {_words()[word]: position for position, words in enumerate(regions) for word in words}
    entries: list[str] = []
    at, last = 0, None
    for first, end, place in _spans():
        region = _owner(place, owners)
        if first > at and last is not None:
            entries.append(_entry(at, None))
            last = None
        if region != last:
            entries.append(_entry(first, region))
            last = region
        at = end
    if last is not None and at < 10**AREA_DIGITS:
        entries.append(_entry(at, None))
    return "".join(entries)


def _entry(start: int, region: int | None) -> str:
    return f"{start:0{AREA_DIGITS}}" + (NO_REGION if region is None else f"{region:0{REGION_DIGITS}}")


def _owner(place: str, owners: Mapping[Area, int]) -> int | None:
    province, cities = _parts(place)
    asked = [*((province, city) for city in cities), (province, "")]
    return next((owners[one] for one in asked if one in owners), None)


@functools.cache
def _spans() -> Sequence[Span]:
    """Return all spans of the data, in order of their numbers."""
    found: list[Span] = []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            place, *pairs = line.split()
            found += _read(place, [int(word, 36) for word in pairs])
    return sorted(found)


def _read(place: str, pairs: Sequence[int]) -> Iterator[Span]:
    at = 0
    for gap, length in zip(pairs[::2], pairs[1::2], strict=True):
        yield at + gap, at + gap + length, place
        at += gap + length


@functools.cache
def _words() -> Mapping[str, Area]:
    words: dict[str, Area] = {}
    for place in {place for _, _, place in _spans()}:
        province, cities = _parts(place)
        for city in cities:
            forms = {city, *(city + ending for ending in _ENDINGS if city + ending in place)}
            words |= {front + form: (province, city) for form in forms for front in ("", province, _FULL[province])}
    return words | {form: (short, "") for short, full in _FULL.items() for form in (short, full)}


@functools.cache
def _parts(place: str) -> tuple[str, tuple[str, ...]]:
    """Return the province of a place of the data, and its cities, all short."""
    province = next(short for short in _FULL if place.startswith(short))
    full = _FULL[province]
    rest = place.removeprefix(full if place.startswith(full) else province)
    return province, tuple(_short(city) for city in rest.split("、") if city)


def _short(city: str) -> str:
    ending = next((one for one in _ENDINGS if city.endswith(one)), "")
    # 芒市 is a whole name.
    return city.removesuffix(ending) if len(city) > len(ending) + 1 else city
