"""Adapters: a system that delivers files (INT-02), as the port that others are, too. It is read, and never asked.

The cursor of its feed is where we are in its files, so a round that ends anywhere goes on from there. The customers of
a file become copies (see `copies`), which are compared with ours as another system's answers are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from chalicelib.adapters import copies
from chalicelib.adapters.copies import Copy
from chalicelib.adapters.copy_store import Copies
from chalicelib.adapters.csv_lines import BadLine, Reader, Row, Unreadable, cells, header, records, written
from chalicelib.adapters.files import LARGEST_FILE_BYTES, Delivery, Files, Gone, delivery, name_of
from chalicelib.adapters.models import AdapterTerms, Changes, Document, FileTerms, Flaw, Moved, Refused, TakenFile, Told
from chalicelib.adapters.reading import Place
from chalicelib.tenancy.models import Tenant

LINES_A_PAGE: Final = 5_000
CHANGES_A_PAGE: Final = 100
SENDS_A_FILE: Final = 1_000
AHEAD: Final = timedelta(days=1)
"""A file that says to be younger than this after now would put every right one behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Port of a system that delivers files, of one tenant."""

    terms: AdapterTerms
    form: FileTerms
    tenant: Tenant
    files: Files
    copies: Copies
    now: Callable[[], datetime]

    def find(self, customer_id: str) -> Document | None:
        """Return the copy of a customer."""
        known = self.copies.read([customer_id]).get(customer_id)
        return known.document if known else None

    def look_up(self, phone: str) -> tuple[Document, ...]:  # noqa: ARG002 - the port's
        """Refuse: who delivers files is not asked."""
        raise Refused("it delivers files, and is not asked")

    def put(self, customer_id: str, facts: Told, *, seen: str | None) -> Document:
        """Keep facts of a customer, who goes into the next file of ours.

        Raises:
            Moved: the copy has another revision than `seen`. Refused: the encoding lacks a character.

        """
        known = self.copies.read([customer_id]).get(customer_id)
        there = known.document if known else None
        if (there.version if there else None) != seen:
            raise Moved("the copy was changed meanwhile")
        fresh = Copy(id=customer_id, revision=0, changed_at=self.now(), facts={})
        after = replace(known or fresh, facts=dict(facts), deleted=False, changed_at=self.now())
        after = replace(after, revision=after.revision + 1)
        self._content([after])
        self.copies.send(after)
        return Document(id=customer_id, version=str(after.revision), changed_at=after.changed_at, facts=after.facts)

    def remove(self, customer_id: str, *, seen: str | None) -> None:
        """Let a customer be gone, which the next file of ours says; the same again says nothing new.

        Raises:
            Moved: the copy has another revision than `seen`. Refused: their files have no column for it.

        """
        if self.form.deleted is None:
            raise Refused("the contract names no column of its files that says who is deleted")
        known = self.copies.read([customer_id]).get(customer_id)
        if known is not None and known.deleted:
            return
        if seen is not None and (known is None or str(known.revision) != seen):
            raise Moved("the copy was changed meanwhile")
        gone = known or Copy(id=customer_id, revision=0, changed_at=self.now(), facts={})
        gone = replace(gone, revision=gone.revision + 1, changed_at=self.now(), facts={}, deleted=True)
        self.copies.send(gone)

    def deliver(self) -> int:
        """Write a file of those who were put since the last one, and return how many; none writes none."""
        waiting = self.copies.sends(SENDS_A_FILE)
        if waiting:
            content = self._content([copy for copy, _ in waiting])
            self.files.hand_over(name_of(self.now(), content), content)
        for copy, revision in waiting:
            self.copies.sent(copy.id, revision)
        return len(waiting)

    def last_file(self) -> TakenFile | None:
        """Return what became of the youngest file."""
        return next(reversed(self.copies.files().values()), None)

    def changes(self, cursor: str) -> Changes:
        """Take the next lines of their files and return who changed by them.

        Raises:
            Unreachable: the bucket does not answer. StoreUnavailable, Throttled: our own store.

        """
        place = Place.read(cursor)
        if not place.file:
            return self._next_file(place)
        told = delivery(place.file)
        if told is None:
            raise Refused("the place in the files is none")
        try:
            return self._missing(place, told) if place.missing else self._lines(place, told)
        except Gone as gone:
            return self._over(place, "refused", gone.detail)

    # ------------------------------------------------------------------ files

    def _next_file(self, place: Place) -> Changes:
        """Begin the oldest file that is not known yet; one that is not to be read is known from now on."""
        known = self.copies.files()
        for name, (size, mark) in self.files.delivered().items():
            if name not in known:
                return self._begin(replace(place, file=name, mark=mark), size)
            if known[name].mark != mark:
                self.copies.over(replace(known[name], mark=mark))
                flaw = Flaw(place=name, detail="it was read, and has another content now, which is not read")
                return Changes(changed=(), cursor=place.cursor, flaws=(flaw,))
        return Changes(changed=(), cursor=place.cursor if place.whole else "")

    def _begin(self, place: Place, size: int) -> Changes:
        try:
            if problem := self._problem(place.file, size):
                return self._over(place, "refused", problem)
            if place.file < place.whole:
                return self._over(place, "superseded")
            digest = self.files.digest(place.file)
        except Gone as gone:
            return self._over(place, "refused", gone.detail)
        if self.copies.is_known(digest):
            return self._over(place, "again")
        return Changes(changed=(), cursor=replace(place, digest=digest).cursor)

    def _problem(self, name: str, size: int) -> str | None:
        told = delivery(name)
        if told is None:
            return "its name is no <instant>-full.csv or <instant>-delta.csv"
        if told.at > self.now() + AHEAD:
            return "it is of the future"
        if size > LARGEST_FILE_BYTES:
            return f"more than {LARGEST_FILE_BYTES} bytes: deliver it in parts"
        columns = self._columns(name)
        lacking = [one for one in header(self.terms, self.form) if columns.count(one) != 1]
        return f"columns that are not there once: {', '.join(lacking)}" if lacking else None

    def _over(self, place: Place, state: str, problem: str = "") -> Changes:
        """Keep what became of the file in work, and return the place before the next one."""
        told = TakenFile(
            name=place.file,
            state=state,
            at=self.now(),
            digest=place.digest,
            mark=place.mark,
            lines=place.lines,
            changed=place.changed,
            bad=place.bad,
        )
        self.copies.over(told)
        is_whole = state == "taken" and place.missing
        left = Place(whole=max(place.whole, place.file) if is_whole else place.whole)
        flaws = (Flaw(place=place.file, detail=problem),) if problem else ()
        return Changes(changed=(), cursor=left.cursor, flaws=flaws)

    # ------------------------------------------------------------------ lines

    def _lines(self, place: Place, told: Delivery) -> Changes:
        """Take the next lines of a file."""
        reader = self._reader(told)
        changed: dict[str, str] = {}
        flaws: list[Flaw] = []
        lines = self._said(reader, place)
        read = 0
        while read < LINES_A_PAGE and len(changed) < CHANGES_A_PAGE and (some := list(islice(lines, CHANGES_A_PAGE))):
            read += len(some)
            rows = [said for _, said in some if isinstance(said, Row)]
            changed |= self._taken(rows, told)
            flaws += [_flaw(told, said) for _, said in some if isinstance(said, BadLine)]
            place = replace(some[-1][0], lines=place.lines + sum(said is not None for _, said in some))
        place = replace(place, changed=place.changed + len(changed), bad=place.bad + len(flaws))
        more = Changes(changed=tuple(changed.items()), cursor=place.cursor, flaws=tuple(flaws))
        if read:
            return more
        if told.is_full:
            return replace(more, cursor=replace(place, missing=True).cursor)
        return self._over(place, "taken")

    def _said(self, reader: Reader, place: Place) -> Iterator[tuple[Place, Row | BadLine | None]]:
        """Yield what the lines from a place on say, each with the place behind it."""
        for record in records(self.files.chunks(place.file, place.at), start=place.at, line=place.line):
            behind = replace(place, at=record.end, line=record.line + record.content.count(b"\n"))
            yield behind, None if record.line == 1 else reader.row(record)

    def _taken(self, rows: list[Row], told: Delivery) -> dict[str, str]:
        """Let copies be as lines say, and return the versions of those that changed by them.

        A line that is taken again (the round broke off before its place was kept) is told again.
        """
        known = self.copies.read(row.customer_id for row in rows)
        changed: dict[str, str] = {}
        for row in rows:
            line = f"{told.name}#{row.line:09d}"
            before = known.get(row.customer_id)
            after = copies.taken(before, row, line)
            if after is not None:
                self.copies.keep(after)
                known[row.customer_id] = after
            if after is not None or (before is not None and before.place == line):
                changed[row.customer_id] = str(known[row.customer_id].revision)
        return changed

    # ------------------------------------------------------------------ who is not in a full file

    def _missing(self, place: Place, told: Delivery) -> Changes:
        """Let the next customers be gone who are not in a full file that was read to its end."""
        named, blind = self._named(told)
        if blind:
            return self._over(place, "taken", f"nobody is deleted by it: of {blind} lines the customer cannot be read")
        line = f"{told.name}#~"
        if not place.after:
            known, gone = self._counted(named, line, told.at)
            if gone * 100 > known * self.form.most_missing_percent:
                return self._over(place, "taken", f"nobody is deleted by it: {gone} of {known} customers are missing")
        ids = list(islice((id_ for id_ in self.copies.ids(place.after) if id_ not in named), CHANGES_A_PAGE))
        if not ids:
            return self._over(place, "taken")
        changed: dict[str, str] = {}
        for id_, known_there in self.copies.read(ids).items():
            after = copies.missing(known_there, line, told.at)
            if after is not None:
                self.copies.keep(after)
            if after is not None or known_there.place == line:
                changed[id_] = str((after or known_there).revision)
        behind = replace(place, after=ids[-1], changed=place.changed + len(changed))
        return Changes(changed=tuple(changed.items()), cursor=behind.cursor)

    def _named(self, told: Delivery) -> tuple[set[str], int]:
        """Return the customers of a file, and of how many lines the customer cannot be read."""
        reader, named, blind = self._reader(told), set[str](), 0
        for _, said in self._said(reader, Place(file=told.name)):
            if said is None:
                continue
            if said.customer_id is None:
                blind += 1
            else:
                named.add(said.customer_id)
        return named, blind

    def _counted(self, named: set[str], line: str, at: datetime) -> tuple[int, int]:
        """Return how many customers they had by their files, and how many of these are missing now."""
        absent = [id_ for id_ in self.copies.ids("") if id_ not in named]
        gone = sum(copies.missing(one, line, at) is not None for one in self.copies.read(absent).values())
        return len(named) + gone, gone

    # ------------------------------------------------------------------ forms

    def _reader(self, told: Delivery) -> Reader:
        return Reader(
            terms=self.terms, form=self.form, tenant=self.tenant, columns=self._columns(told.name), at=told.at
        )

    def _columns(self, name: str) -> list[str]:
        """Return the header of a file; of one that cannot be read, none."""
        first = next(records(self.files.chunks(name)), None)
        try:
            return cells(first, self.form) if first else []
        except Unreadable:
            return []

    def _content(self, some: list[Copy]) -> bytes:
        rows = [
            Row(line=0, customer_id=one.id, facts=one.facts, changed_at=one.changed_at, deleted=one.deleted)
            for one in some
        ]
        try:
            return written(self.terms, self.form, rows)
        except Unreadable as error:
            raise Refused(str(error)) from error


def _flaw(told: Delivery, said: BadLine) -> Flaw:
    of = f" (customer {said.customer_id})" if said.customer_id else ""
    return Flaw(place=f"{told.name}:{said.line}", detail=f"{said.detail}{of}")
