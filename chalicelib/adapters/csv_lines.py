"""Adapters: files of comma separated values, read line by line and written. Pure.

A file is a header and one record a customer, as RFC 4180 says: a value in quotes may hold delimiters, line ends and
doubled quotes. Whatever a line is, the next one is read on its own: a quote that is never closed costs one line.
"""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.adapters.models import AdapterTerms, FileTerms, Told, Value
from chalicelib.customers.models import CUSTOMER_ID
from chalicelib.customers.registry import fields
from chalicelib.platform.instants import instant
from chalicelib.tenancy.models import Tenant

LONGEST_RECORD_BYTES: Final = 65_536
_QUOTE: Final = b'"'
_BOM: Final = b"\xef\xbb\xbf"
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands: the number of its first line (the header is 1), where it ends, and its bytes."""

    line: int
    end: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a line says of a customer. `facts` are by our names."""

    line: int
    customer_id: str
    facts: Told
    changed_at: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that cannot be taken: its number, what is wrong, and of whom it is as far as that can be read."""

    line: int
    detail: str
    customer_id: str | None = None


class Unreadable(ValueError):
    """A record is none of this file's form."""


def records(chunks: Iterable[bytes], *, start: int = 0, line: int = 1) -> Iterator[Record]:
    """Yield the records of a file whose bytes from `start` on are `chunks`; the first one is on line `line`.

    A record is over at the first line end with an even number of quotes before it. One that is not over within
    LONGEST_RECORD_BYTES is its first line alone, and the next record begins behind that.
    """
    source, ahead, end = _lines(chunks), deque[bytes](), start
    while first := ahead.popleft() if ahead else next(source, b""):
        taken, size, quotes = [first], len(first), first.count(_QUOTE)
        while quotes % 2 and size <= LONGEST_RECORD_BYTES:
            more = ahead.popleft() if ahead else next(source, b"")
            if not more:
                break
            taken.append(more)
            size, quotes = size + len(more), quotes + more.count(_QUOTE)
        if quotes % 2:
            ahead.extendleft(reversed(taken[1:]))
            taken = taken[:1]
        content = b"".join(taken)
        end += len(content)
        yield Record(line, end, content)
        line += content.count(b"\n")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines with their ends; what is longer than a record may be comes in pieces, none of which is read."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (one + b"\n" for one in whole)
        if len(rest) > LONGEST_RECORD_BYTES:
            yield rest
            rest = b""
    if rest:
        yield rest


def cells(record: Record, terms: FileTerms) -> list[str]:
    """Return the values of a record; none of an empty line.

    Raises:
        Unreadable: it is not in the encoding, too long, or its quotes are not in order.

    """
    if len(record.content) > LONGEST_RECORD_BYTES:
        raise Unreadable(f"more than {LONGEST_RECORD_BYTES} bytes")
    content = record.content.removeprefix(_BOM) if record.line == 1 else record.content
    try:
        text = content.decode(terms.encoding)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=terms.delimiter, strict=True))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {terms.encoding}") from error
    except csv.Error as error:
        raise Unreadable(f"not CSV: {error}") from error
    return rows[0] if rows else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the records of one file, whose header is `columns`; `at` is when the file was made."""

    terms: AdapterTerms
    form: FileTerms
    tenant: Tenant
    columns: Sequence[str]
    at: datetime

    def row(self, record: Record) -> Row | BadLine | None:
        """Return what a record says, what is wrong with it, or None of an empty line."""
        try:
            told = self._told(record)
        except Unreadable as error:
            return BadLine(line=record.line, detail=str(error))
        if told is None:
            return None
        id_ = told[self.form.id]
        if not CUSTOMER_ID.fullmatch(id_):
            return BadLine(line=record.line, detail=f"{self.form.id}: it cannot be the id of a customer")
        try:
            return self._row(record.line, id_, told)
        except Unreadable as error:
            return BadLine(line=record.line, detail=str(error), customer_id=id_)

    def _told(self, record: Record) -> dict[str, str] | None:
        values = cells(record, self.form)
        if values and len(values) != len(self.columns):
            raise Unreadable(f"expected {len(self.columns)} columns, not {len(values)}")
        return dict(zip(self.columns, values, strict=True)) if values else None

    def _row(self, line: int, id_: str, told: dict[str, str]) -> Row:
        deleted = _FLAGS.get(told.get(self.form.deleted or "", "").strip().lower())
        if deleted is None:
            raise Unreadable(f"{self.form.deleted}: true or false")
        changed_at = self._instant(told[self.form.changed_at]) if self.form.changed_at else self.at
        facts = {} if deleted else self._facts(told)
        return Row(line=line, customer_id=id_, facts=facts, changed_at=changed_at, deleted=deleted)

    def _instant(self, text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(f"{self.form.changed_at}: an instant such as 2026-03-02T09:00:00Z") from error
        if at.tzinfo is None:
            raise Unreadable(f"{self.form.changed_at}: an instant with its zone")
        return at

    def _facts(self, told: dict[str, str]) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for one in self.terms.fields:
            if text := told[one.theirs]:
                try:
                    facts[one.field] = fields.told(one.field, text, self.tenant)
                except ValueError as error:
                    raise Unreadable(f"{one.theirs}: {error}") from error
        if any(one.field == "name" for one in self.terms.fields) and "name" not in facts:
            raise Unreadable("a customer without a name cannot be kept here")
        return facts


def header(terms: AdapterTerms, form: FileTerms) -> list[str]:
    """Return the columns of a file, ours and at least those of theirs."""
    own = [one for one in (form.changed_at, form.deleted) if one is not None]
    return [form.id, *own, *(one.theirs for one in terms.fields)]


def written(terms: AdapterTerms, form: FileTerms, rows: Iterable[Row]) -> bytes:
    """Return a whole file of ours.

    Raises:
        Unreadable: a value has a character that the encoding does not have.

    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=form.delimiter, lineterminator="\r\n")
    writer.writerow(header(terms, form))
    for row in rows:
        own = {form.changed_at: instant(row.changed_at)} if form.changed_at else {}
        own |= {form.deleted: fields.text_of(row.deleted)} if form.deleted else {}
        values = [fields.text_of(row.facts.get(one.field, "")) for one in terms.fields]
        writer.writerow([row.customer_id, *own.values(), *values])
    try:
        return out.getvalue().encode(form.encoding)
    except UnicodeEncodeError as error:
        raise Unreadable(f"a character that {form.encoding} does not have") from error
