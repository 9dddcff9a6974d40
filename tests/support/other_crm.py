"""Another system that keeps customers, in memory: as a port, and as what answers the requests of docs/adapters.md."""

import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.adapters.models import Changes, Document, Moved, Told
from tests.support.json_server import Asked

PAGE = 3


@dataclass
class OtherCrm:
    """Customers by id, and the feed of their changes. `before` and `after` every call may raise: unheard, or unsaid."""

    now: Callable[[], datetime]
    customers: dict[str, Document] = field(default_factory=dict)
    feed: list[tuple[str, str]] = field(default_factory=list)
    before: Callable[[str], None] = lambda _call: None
    after: Callable[[str], None] = lambda _call: None
    calls: list[str] = field(default_factory=list)
    phone_name: str = "phone"

    def keep(self, customer_id: str, facts: Told) -> Document:
        """Let somebody there enter a customer."""
        version = f"v{len(self.feed) + 1}"
        self.feed.append((customer_id, version))
        known = Document(id=customer_id, version=version, changed_at=self.now(), facts=dict(facts))
        self.customers[customer_id] = known
        return known

    def find(self, customer_id: str) -> Document | None:
        return self._do("find", lambda: self.customers.get(customer_id))

    def look_up(self, phone: str) -> tuple[Document, ...]:
        return self._do(
            "look_up", lambda: tuple(one for one in self.customers.values() if one.facts.get(self.phone_name) == phone)
        )

    def put(self, customer_id: str, facts: Told, *, seen: str | None) -> Document:
        def effect() -> Document:
            known = self.customers.get(customer_id)
            if (known.version if known else None) != seen:
                raise Moved("another version")
            return self.keep(customer_id, facts)

        return self._do("put", effect)

    def remove(self, customer_id: str, *, seen: str | None) -> None:
        def effect() -> None:
            known = self.customers.get(customer_id)
            if known is not None and seen not in {None, known.version}:
                raise Moved("another version")
            if known is not None:
                self.forget(customer_id)

        self._do("remove", effect)

    def forget(self, customer_id: str) -> None:
        """Let somebody there delete a customer."""
        del self.customers[customer_id]
        self.feed.append((customer_id, f"v{len(self.feed) + 1}"))

    def changes(self, cursor: str) -> Changes:
        def effect() -> Changes:
            start = int(cursor or 0)
            page = self.feed[start : start + PAGE]
            return Changes(changed=tuple(page), cursor=str(start + len(page)))

        return self._do("changes", effect)

    def deliver(self) -> int:
        return 0

    def last_file(self) -> None:
        """Return none."""

    def _do[Answer](self, call: str, effect: Callable[[], Answer]) -> Answer:
        self.calls.append(call)
        self.before(call)
        answer = effect()
        self.after(call)
        return answer


def over_http(crm: OtherCrm) -> Asked:
    """Return what answers HTTP requests out of `crm`."""

    def answer(method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        asked = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(asked.query))
        if asked.path == "/changes":
            page = crm.changes(query.get("since", ""))
            return 200, {"changes": [{"id": i, "version": v} for i, v in page.changed], "cursor": page.cursor}
        if asked.path == "/customers":
            return 200, {"customers": [_told(one) for one in crm.look_up(query["phone"])]}
        customer_id = urllib.parse.unquote(asked.path.rpartition("/")[2])
        if method in {"PUT", "DELETE"}:
            try:
                return _changed(crm, method, customer_id, headers.get("if-match"), body)
            except Moved:
                return 412, {}
        found = crm.find(customer_id)
        return (200, _told(found)) if found else (404, {})

    return answer


def _told(one: Document) -> dict[str, Any]:
    facts = dict(one.facts)
    return {"id": one.id, "version": one.version, "changed_at": one.changed_at.isoformat(), "facts": facts}


def _changed(crm: OtherCrm, method: str, customer_id: str, seen: str | None, body: Any) -> tuple[int, Any]:
    if method == "DELETE":
        crm.remove(customer_id, seen=None if seen == "*" else seen)
        return 204, b""
    facts = {name: value for name, value in body["facts"].items() if value is not None}
    return 200, _told(crm.put(customer_id, facts, seen=seen))
