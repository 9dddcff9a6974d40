"""Copies of whole tables: what is put back, what stays, and that a difference is seen."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.contacts import items
from chalicelib.platform.dynamo import encode
from cli import table_copies
from cli.table_copies import Difference, Filled
from tests.support.fake_dynamo import FakeDynamo

PAGE = 7


class Tables:
    """Several tables by name, as a client sees them."""

    def __init__(self, *names: str) -> None:
        self.of = {name: FakeDynamo() for name in names}

    def scan(self, **request: Any) -> Mapping[str, Any]:
        """Return one page, in order of keys."""
        found = self.of[request["TableName"]].items
        start = request.get("ExclusiveStartKey")
        after = (start["pk"]["S"], start["sk"]["S"]) if start else ("", "")
        page = [key for key in sorted(found) if key > after][:PAGE]
        answer: dict[str, Any] = {"Items": [found[key] for key in page]}
        if len(page) == PAGE:
            answer["LastEvaluatedKey"] = {name: found[page[-1]][name] for name in ("pk", "sk")}
        return answer

    def batch_write_item(self, **request: Any) -> Mapping[str, Any]:
        """Delete all but the last, which comes back unless it is alone."""
        ((name, asked),) = request["RequestItems"].items()
        done, left = (asked[:-1], asked[-1:]) if len(asked) > 1 else (asked, [])
        for one in done:
            key = one["DeleteRequest"]["Key"]
            del self.of[name].items[key["pk"]["S"], key["sk"]["S"]]
        return {"UnprocessedItems": {name: left} if left else {}}

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing into one table."""
        (name,) = {one["Put"]["TableName"] for one in request["TransactItems"]}
        return self.of[name].transact_write_items(**request)

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item."""
        return self.of[request["TableName"]].put_item(**request)


def keep(tables: Tables, name: str, contents: Mapping[int, int]) -> None:
    for number, value in contents.items():
        item = {"pk": f"T#acme#CONTACT#{number}", "sk": "X", "value": value}
        tables.of[name].items[str(item["pk"]), "X"] = encode(item)


def held(tables: Tables, name: str) -> dict[int, int]:
    return {int(pk.rpartition("#")[2]): int(item["value"]["N"]) for (pk, _), item in tables.of[name].items.items()}


CONTENTS = st.dictionaries(st.integers(0, 250), st.integers(0, 9), max_size=150)


@settings(max_examples=40, deadline=None)
@given(copy=CONTENTS, newer=CONTENTS)
def test_what_lacks_is_put_back_what_is_newer_stays_and_a_second_time_changes_nothing(
    copy: dict[int, int], newer: dict[int, int]
) -> None:
    tables = Tables("restored", "live")
    keep(tables, "restored", copy)
    keep(tables, "live", newer)
    done = table_copies.fill(tables, "restored", "live")
    assert held(tables, "live") == copy | newer
    assert done == Filled(put=len(copy.keys() - newer.keys()), kept=len(copy.keys() & newer.keys()))
    assert table_copies.fill(tables, "restored", "live") == Filled(put=0, kept=len(copy))


@settings(max_examples=40, deadline=None)
@given(was=CONTENTS, now=CONTENTS)
def test_every_item_that_is_missing_changed_or_too_much_is_named(was: dict[int, int], now: dict[int, int]) -> None:
    tables = Tables("was", "now")
    keep(tables, "was", was)
    keep(tables, "now", now)
    found = table_copies.compare(*(table_copies.prints(table_copies.read(tables, name)) for name in ("was", "now")))

    def keys(numbers: set[int]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((f"T#acme#CONTACT#{number}", "X") for number in numbers))

    both = was.keys() & now.keys()
    assert found == Difference(
        missing=keys(was.keys() - now.keys()),
        changed=keys({number for number in both if was[number] != now[number]}),
        extra=keys(now.keys() - was.keys()),
    )
    assert found.none == (was == now)


def test_a_table_is_emptied_to_the_last_item_although_dynamodb_leaves_some_undone() -> None:
    tables = Tables("live")
    keep(tables, "live", dict.fromkeys(range(60), 1))
    assert table_copies.empty(tables, "live") == 60
    assert held(tables, "live") == {}


def test_totals_are_sums_over_all_quarter_hours_by_kind_and_counter() -> None:
    slots = [
        {"pk": "T#acme#KPI#2026-03-02", "sk": "09:00#a#b", "arrivals": 3, "answered": 2},
        {"pk": "T#acme#KPI#2026-03-02", "sk": "09:15#a#b", "arrivals": 4},
        {"pk": "T#acme#AGENTKPI#2026-03-02", "sk": "li#09:15", "answered": 2},
        {"pk": "T#acme#CONTACT#c", "sk": "CONTACT", "arrivals": 99},
    ]
    found = table_copies.totals(encode(slot) for slot in slots)
    assert found == {"AGENTKPI.answered": 2, "KPI.answered": 2, "KPI.arrivals": 7}


def test_a_contact_that_does_not_fit_its_digest_is_named() -> None:
    whole = {"pk": "T#acme#CONTACT#a", "sk": "CONTACT", "contact_id": "a", "line": "service"}
    whole["digest"] = items.digest(whole)
    damaged = {**whole, "pk": "T#acme#CONTACT#b", "contact_id": "b"}
    assert table_copies.broken(encode(item) for item in (whole, damaged)) == ("b",)


def test_what_says_what_goes_on_now_is_not_kept_and_everything_else_is() -> None:
    kinds = ("CONTACT", "KPI", "FLOOR", "LIVE", "OFFER", "RESERVED")
    assert [kind for kind in kinds if not table_copies.is_kept((f"T#acme#{kind}#1", "sk"))] == ["LIVE", "RESERVED"]
