"""Files of comma separated values: every line read on its own, from any record on, and written as it is read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.csv_lines import BadLine, Reader, Row, cells, header, records, written
from chalicelib.adapters.models import AdapterTerms, FileTerms, SharedField
from tests.support.customer_registry import NOW, tenant

TENANT = tenant()
FORM = FileTerms(changed_at="changed", deleted="gone")
FIELDS = tuple(SharedField(field=one, theirs=one) for one in ("name", "phone", "language", "grade", "points", "city"))
TERMS = AdapterTerms(id="crm", files=FORM, fields=FIELDS)
COLUMNS = header(TERMS, FORM)
GOOD = "k-1,2026-03-01T08:00:00+08:00,false,Li Na,+8613800138000,zh-CN,gold,7,suzhou"


def read(*lines: str, form: FileTerms = FORM) -> list[Row | BadLine | None]:
    """Return what lines say; the first one is line 2."""
    reader = Reader(terms=TERMS, form=form, tenant=TENANT, columns=COLUMNS, at=NOW)
    content = "".join(f"{line}\r\n" for line in lines).encode(form.encoding)
    return [reader.row(one) for one in records([content], line=2)]


def test_a_line_is_a_customer_by_our_names_with_numbers_as_numbers() -> None:
    (row,) = read(GOOD)
    facts = {"name": "Li Na", "phone": "+8613800138000", "language": "zh-CN", "grade": "gold", "points": 7}
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert row == Row(line=2, customer_id="k-1", facts={**facts, "city": "suzhou"}, changed_at=at)


@pytest.mark.parametrize(
    ("instead", "of", "said"),
    [
        ("k 1", "k-1", "id: it cannot be the id of a customer"),
        ("yesterday", "2026-03-01T08:00:00+08:00", "changed: an instant such as 2026-03-02T09:00:00Z"),
        ("2026-03-01T08:00:00", "2026-03-01T08:00:00+08:00", "changed: an instant with its zone"),
        ("perhaps", "false", "gone: true or false"),
        ("", "Li Na", "a customer without a name cannot be kept here"),
        ("13800138000", "+8613800138000", "phone: a telephone number in E.164 form"),
        ("xx-XX", "zh-CN", f"language: one of {', '.join(TENANT.languages)}"),
        ("Gold!", "gold", "grade: a grade is lower-case letters, digits and dashes"),
        ("many", "7", "points: a whole number between -1000000000000 and 1000000000000"),
        ("berlin", "suzhou", "city: one of suzhou, wuxi"),
        ("suzhou,more", "suzhou", "expected 9 columns, not 10"),
        ('suz"hou', "suzhou", None),
    ],
)
def test_a_line_that_cannot_be_taken_says_which_column_and_the_next_one_is_read(
    instead: str, of: str, said: str | None
) -> None:
    bad, good = read(GOOD.replace(of, instead), GOOD)
    assert isinstance(bad, BadLine)
    assert bad.line == 2
    assert said is None or bad.detail == said
    assert isinstance(good, Row)
    assert good.line == 3


def test_a_quote_that_is_never_closed_costs_its_own_line_alone() -> None:
    first, second, third = read(GOOD.replace("Li Na", '"Li Na'), GOOD, GOOD.replace("k-1", "k-2"))
    assert isinstance(first, BadLine)
    assert [one.customer_id for one in (second, third) if isinstance(one, Row)] == ["k-1", "k-2"]


def test_a_line_in_another_encoding_and_one_without_end_are_bad_lines_and_nothing_else() -> None:
    reader = Reader(terms=TERMS, form=FORM, tenant=TENANT, columns=COLUMNS, at=NOW)
    good = GOOD.encode() + b"\n"
    content = good + GOOD.replace("Li Na", "李娜").encode("gb18030") + b"\n" + b"x" * 200_000 + b"\n" + good
    chunks = [content[start : start + 50_000] for start in range(0, len(content), 50_000)]
    said = [reader.row(one) for one in records(chunks)]
    assert isinstance(said[0], Row)
    assert isinstance(said[1], BadLine)
    assert said[1].detail == "not utf-8"
    assert all(isinstance(one, BadLine) for one in said[1:-1])
    assert isinstance(said[-1], Row)
    assert said[-1].line == 4


def test_an_empty_line_says_nothing_and_who_is_deleted_has_no_facts() -> None:
    empty, gone = read("", GOOD.replace("false", "true"))
    assert empty is None
    assert isinstance(gone, Row)
    assert (gone.deleted, gone.facts) == (True, {})


def test_a_mark_of_byte_order_before_the_header_is_no_part_of_it() -> None:
    (first,) = records([b"\xef\xbb\xbfid,name\n"])
    assert cells(first, FileTerms()) == ["id", "name"]


names = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=1, max_size=12)
rows = st.lists(
    st.builds(
        Row,
        line=st.just(0),
        customer_id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,5}", fullmatch=True),
        facts=st.fixed_dictionaries(
            {"name": names | st.sampled_from(['a "b"', "a,b", "a;b", 'x"'])},
            optional={"points": st.integers(-5, 5), "city": st.sampled_from(["suzhou", "wuxi"])},
        ),
        changed_at=st.just(NOW),
        deleted=st.just(value=False),
    ),
    max_size=6,
)


@given(
    rows=rows,
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    delimiter=st.sampled_from(",;\t|"),
    cut=st.integers(1, 40),
)
def test_what_is_written_is_read_again_whatever_the_pieces_and_from_any_record_on(
    rows: list[Row], encoding: str, delimiter: str, cut: int
) -> None:
    form = FileTerms(changed_at="changed", deleted="gone", encoding=encoding, delimiter=delimiter)
    content = written(TERMS, form, rows)
    reader = Reader(terms=TERMS, form=form, tenant=TENANT, columns=COLUMNS, at=NOW)
    found = list(records([content[start : start + cut] for start in range(0, len(content), cut)]))
    assert found[-1].end == len(content)
    said = [reader.row(one) for one in found[1:]]
    assert [(one.customer_id, one.facts) for one in said if isinstance(one, Row)] == [
        (row.customer_id, row.facts) for row in rows
    ]
    for before in found:
        rest = list(records([content[before.end :]], start=before.end, line=before.line + before.content.count(b"\n")))
        assert rest == [one for one in found if one.line > before.line]
