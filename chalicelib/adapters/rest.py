"""Adapters: a system that is asked over HTTPS, as docs/adapters.md says. Every call ends within its budget.

urllib3 comes with botocore. No redirect is followed, no answer is retried here, and no more than a megabyte is read.
"""

import functools
import hashlib
import hmac
import json
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

import urllib3
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from urllib3.exceptions import HTTPError, TimeoutError  # noqa: A004 - its own

from chalicelib.adapters.models import AdapterTerms, Changes, Document, Moved, Refused, Told, Unreachable, Value
from chalicelib.platform.budget import Deadline
from chalicelib.platform.errors import ProductError
from chalicelib.platform.instants import instant

LARGEST_ANSWER_BYTES: Final = 1_000_000
PAGE: Final = 100
_CHUNK_BYTES: Final = 65_536
_LATE: Final = "no whole answer in time"
_GONE, _MOVED, _TOO_MANY, _BROKEN = 404, 412, 429, 500

type FactsThere = dict[str, str | int | bool | None]


class DocumentThere(BaseModel):
    """A customer as the other system answers him."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(min_length=1, max_length=200)
    version: str = Field(min_length=1, max_length=200)
    changed_at: AwareDatetime
    facts: FactsThere


class CustomersThere(BaseModel):
    """Customers of a number."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    customers: list[DocumentThere] = Field(max_length=20)


class ChangeThere(BaseModel):
    """That a customer changed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(min_length=1, max_length=200)
    version: str = Field(min_length=1, max_length=200)


class ChangesThere(BaseModel):
    """A page of the feed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    changes: list[ChangeThere] = Field(max_length=PAGE)
    cursor: str = Field(max_length=1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Speaks to another system at `url`. `secret` gives the token, or the key that requests are signed with."""

    terms: AdapterTerms
    url: str
    secret: Callable[[], str]
    now: Callable[[], datetime]
    pool: urllib3.PoolManager

    def find(self, customer_id: str) -> Document | None:
        """Return a customer as he is kept there; raises Unreachable, Refused."""
        status, body = self._ask("GET", _path(customer_id))
        return None if status == _GONE else self._document(_read(DocumentThere, body))

    def look_up(self, phone: str) -> tuple[Document, ...]:
        """Return the customers who have a number there; raises Unreachable, Refused."""
        _, body = self._ask("GET", "/customers?" + urllib.parse.urlencode({"phone": phone}))
        return tuple(self._document(one) for one in _read(CustomersThere, body).customers)

    def put(self, customer_id: str, facts: Told, *, seen: str | None) -> Document:
        """Keep facts over the version `seen`.

        Raises:
            Moved: it has another version. Unreachable, Refused: nothing is known of what happened, or it was refused.

        """
        theirs = {one.theirs: facts.get(one.field) for one in self.terms.fields}
        condition = {"If-None-Match": "*"} if seen is None else {"If-Match": seen}
        status, body = self._ask("PUT", _path(customer_id), {"facts": theirs}, condition)
        if status == _MOVED:
            raise Moved("the other system's customer was changed meanwhile")
        return self._document(_read(DocumentThere, body))

    def remove(self, customer_id: str, *, seen: str | None) -> None:
        """Have a customer forgotten; one whom it does not know is forgotten.

        Raises:
            Moved: it has another version. Unreachable, Refused: as `put`.

        """
        status, _ = self._ask("DELETE", _path(customer_id), None, {"If-Match": "*" if seen is None else seen})
        if status == _MOVED:
            raise Moved("the other system's customer was changed meanwhile")

    def changes(self, cursor: str) -> Changes:
        """Return what changed since `cursor`; raises Unreachable, Refused."""
        _, body = self._ask("GET", "/changes?" + urllib.parse.urlencode({"since": cursor, "limit": PAGE}))
        page = _read(ChangesThere, body)
        return Changes(changed=tuple((one.id, one.version) for one in page.changes), cursor=page.cursor)

    def deliver(self) -> int:
        """Hand over nothing: every `put` is there when it returns."""
        return 0

    def last_file(self) -> None:
        """Return none: it is asked."""

    def _document(self, told: DocumentThere) -> Document:
        facts: dict[str, Value] = {}
        for one in self.terms.fields:
            value = told.facts.get(one.theirs)
            if value is not None and value != "":
                facts[one.field] = value
        return Document(id=told.id, version=told.version, changed_at=told.changed_at, facts=facts)

    def _ask(
        self, method: str, path: str, body: Any = None, more: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Return status and body of an answer that means something: 2xx, 404 and 412.

        Raises:
            Unreachable: no whole answer within the budget, or 429, or 5xx. Refused: any other.

        """
        data = b"" if body is None else json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
        proof = self._proof(method, path, data)
        deadline = Deadline.after(self.terms.timeout_ms / 1000)
        status, content = within(deadline, lambda: self._send(method, path, data, {**(more or {}), **proof}, deadline))
        if status == _TOO_MANY or status >= _BROKEN:
            raise Unreachable(f"it answers {status}")
        if not (200 <= status < 300 or status in {_GONE, _MOVED}):  # noqa: PLR2004 - what HTTP calls success
            raise Refused(f"it answers {status}")
        return status, content

    def _send(
        self, method: str, path: str, data: bytes, headers: Mapping[str, str], deadline: Deadline
    ) -> tuple[int, bytes]:
        try:
            answer = self.pool.request(
                method,
                self.url + path,
                body=data or None,
                headers={"Accept": "application/json", "Content-Type": "application/json", **headers},
                timeout=urllib3.Timeout(total=deadline.left_s()),
                redirect=False,
                retries=False,
                preload_content=False,
            )
            return answer.status, _content(answer, deadline)
        except TimeoutError as error:
            raise Unreachable(_LATE) from error
        except HTTPError as error:
            raise Unreachable(f"no answer: {type(error).__name__}") from error

    def _proof(self, method: str, path: str, data: bytes) -> dict[str, str]:
        """Return the headers that say who asks: the token, or a signature of instant, method, path and body."""
        if self.terms.sign == "bearer":
            return {"Authorization": f"Bearer {self.secret()}"}
        at = instant(self.now())
        said = b"\n".join((at.encode(), method.encode(), path.encode(), data))
        signature = hmac.new(self.secret().encode(), said, hashlib.sha256).hexdigest()
        return {"X-Trunkline-At": at, "X-Trunkline-Signature": signature}


def within[Answer](deadline: Deadline, ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` returns by the deadline.

    The limits of a socket are those of one read: who sends a header now and then would keep us for minutes. So `ask`
    has a thread of its own, which nobody waits for any longer; it ends with its next read.

    Raises:
        Unreachable: it did not return by then. Whatever `ask` raises.

    """
    done: list[Callable[[], Answer]] = []

    def work() -> None:
        try:
            answer = ask()
        except ProductError as error:
            done.append(functools.partial(_raise, error))
        else:
            done.append(lambda: answer)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(deadline.left_s())
    if not done:
        raise Unreachable(_LATE)
    return done[0]()


def _raise(error: ProductError) -> NoReturn:
    raise error


def _content(answer: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    """Return the body; who sends it drop by drop is cut off when the budget is over."""
    found = b""
    try:
        while chunk := answer.read1(_CHUNK_BYTES):
            found += chunk
            if len(found) > LARGEST_ANSWER_BYTES:
                raise Refused("it answers more than a megabyte")
            if deadline.left_s() <= 0:
                raise Unreachable(_LATE)
    finally:
        answer.close()
    return found


def _path(customer_id: str) -> str:
    return f"/customers/{urllib.parse.quote(customer_id, safe='')}"


def _read[Model: BaseModel](model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise Refused("it answers something else than was agreed") from error
