"""JSON over HTTP to one base address, for the control API and the tenants' REST API."""

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import urllib3

from chalicelib.platform.errors import ProductError

TIMEOUT_S: Final = 60.0


class Unreachable(ProductError):
    """Nothing answers at the address."""

    code, status, title, retryable = "unreachable", 503, "Unreachable", True


class Refused(ProductError):
    """The other side answered with an error status; `facts` hold `http_status` and `body`."""

    code, status, title = "refused", 502, "Refused"

    @property
    def told(self) -> str:
        """Why, in the words of the other side alone, for somebody who need not know what was sent."""
        return reason(str(self.facts["body"])) or self.detail

    @property
    def http_status(self) -> int:
        """The status of the answer."""
        value = self.facts["http_status"]
        return value if isinstance(value, int) else 0

    @property
    def retry_after_s(self) -> float:
        """After how many seconds the other side asks to be asked again, 0 where it does not say."""
        told = str(self.facts.get("retry_after") or "")
        return float(told) if told.isdecimal() else 0.0


@dataclass(frozen=True, slots=True)
class JsonClient:
    """Sends and receives JSON below `base`; one pool of connections."""

    base: str
    headers: Mapping[str, str] = field(default_factory=dict)
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=4, retries=False))

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the decoded answer of any request, its body JSON already; raises like `get`."""
        address = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        return self._send(method, address, body=body, headers=headers)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the decoded answer of GET `path`.

        Raises:
            Unreachable: nothing answers.
            Refused: the status is 400 or above.

        """
        return self._send("GET", path, fields=dict(query or {}))

    def post(self, path: str, body: Mapping[str, Any], *, timeout_s: float = TIMEOUT_S) -> Any:
        """Return the decoded answer of POST `path`; raises like `get`."""
        return self._send("POST", path, body=json.dumps(body).encode(), timeout_s=timeout_s)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the decoded answer of PUT `path`; raises like `get`."""
        return self._send("PUT", path, body=json.dumps(body).encode())

    def _send(
        self,
        method: str,
        path: str,
        *,
        fields: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Any:
        told = {"Accept": "application/json", **self.headers, **(headers or {})}
        if body is not None:
            told["Content-Type"] = "application/json"
        try:
            answer = self.pool.request(
                method, self.base + path, fields=fields or None, body=body, headers=told, timeout=timeout_s
            )
        except urllib3.exceptions.HTTPError as exc:
            msg = f"nothing answers at {self.base}" if _refused(exc) else f"{method} {self.base}{path}: {exc}"
            raise Unreachable(msg) from exc
        return _decoded(method, path, answer)


def _refused(exc: urllib3.exceptions.HTTPError) -> bool:
    return isinstance(exc, urllib3.exceptions.NewConnectionError)


def _decoded(method: str, path: str, answer: urllib3.BaseHTTPResponse) -> Any:
    status, text = answer.status, answer.data.decode("utf-8", "replace")
    if status >= 400:  # noqa: PLR2004 - the first HTTP error status
        told = reason(text) or ("a page of HTML in place of an answer" if text.lstrip().startswith("<") else text[:500])
        msg = f"{told} ({method} {path.partition('?')[0]} was answered {status})"
        raise Refused(msg, http_status=status, body=text, retry_after=answer.headers.get("Retry-After"))
    try:
        return json.loads(text) if text.strip() else {}
    except ValueError as exc:
        msg = f"{method} {path} was answered {status} with something that is not JSON: {text[:200]}"
        raise Refused(msg, http_status=status, body=text) from exc


def reason(text: str) -> str:
    """Return what a JSON error says in words: problem details with their fields, or `error` of the control API."""
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    told = str(body.get("detail") or body.get("error") or body.get("message") or "")
    return told + fields(body)


def fields(problem: Mapping[str, Any]) -> str:
    """Return the lines that name the fields at fault, each with what is wrong with it; '' where none are."""
    entries = problem.get("errors") or ()
    named = (entry for entry in entries if isinstance(entry, Mapping))
    return "".join(f"\n  - {entry.get('field')}: {entry.get('problem')}" for entry in named)
