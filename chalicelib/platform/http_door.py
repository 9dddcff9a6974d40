"""The door of REST routes: the verified token's tenant, problem details (RFC 9457), one log line, metrics.

Chalice middleware never sees an ordinary exception (the framework has already made it a 500), so the wrapper sits
directly under the route. Routes of the product do not use this door bare: `access.service.Door` puts the permission
and the audit entry before it.
"""

import functools
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from chalice.app import ChaliceViewError, Response

from chalicelib.platform import claims, observability
from chalicelib.platform.errors import Forbidden, ProductError

_log = logging.getLogger(__name__)


class Bound(Protocol):
    """Port: what knows the current request (a Chalice app or blueprint)."""

    @property
    def current_request(self) -> Any:
        """Return the request that is being served."""


type OnRefusal = Callable[[Mapping[str, Any], str, Forbidden], None]
"""Is told the context and the path of a request that was refused as forbidden, before the answer leaves."""


class Internal(ProductError):
    """Something that we did not expect; the log has it, the reader does not."""


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `body` as JSON that no cache keeps: answers hold personal data. Instants are ISO 8601."""
    return Response(
        body=json.dumps(body, ensure_ascii=False, default=_plain),
        status_code=status,
        headers={"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})},
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    msg = f"a {type(value).__name__} has no JSON form"
    raise TypeError(msg)


def problem(error: ProductError, instance: str) -> Response:
    """Return `error` as problem details (RFC 9457); its facts are extension members.

    Where one `field` is at fault, `errors` names it as well: clients look for fields in one place.
    """
    facts = error.facts
    if "field" in facts and "errors" not in facts:
        facts = {**facts, "errors": [{"field": facts["field"], "problem": error.detail}]}
    response = _problem(error.code, error.title, error.status, error.detail, instance, facts)
    if error.retryable:
        response.headers["Retry-After"] = "1"
    return response


def _rejected(refusal: ChaliceViewError, instance: str) -> Response:
    """Return Chalice's own refusal, for example of a body that is not JSON, in our shape."""
    title = type(refusal).__name__.removesuffix("Error")
    return _problem("rejected", title, int(refusal.STATUS_CODE), str(refusal), instance, {})


def in_our_shape(request: Any, get_response: Callable[[Any], Response]) -> Response:
    """Middleware: give what Chalice refuses before any route (a body that is not JSON, a method) our shape."""
    response = get_response(request)
    refusal = response.body
    if not isinstance(refusal, Mapping) or refusal.keys() != {"Code", "Message"}:
        return response
    title = str(refusal["Code"]).removesuffix("Error")
    return _problem("rejected", title, response.status_code, str(refusal["Message"]), path_of(request), {})


def _problem(code: str, title: str, status: int, detail: str, instance: str, facts: Mapping[str, object]) -> Response:
    body = {
        "type": f"urn:trunkline:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
    }
    extensions = {key: value for key, value in facts.items() if key not in body}
    return json_response({**body, **extensions}, status, {"Content-Type": "application/problem+json"})


@dataclass(frozen=True, slots=True)
class _Guard:
    bound: Bound
    tenant: Callable[[], str]
    refused: OnRefusal

    def serve(self, view: Callable[[], Any]) -> Any:
        """Answer the current request by `view`, or by the problem that stopped it."""
        started_s = time.perf_counter()
        context: Mapping[str, Any] = self.bound.current_request.context or {}
        path = path_of(self.bound.current_request)
        tenant = self.tenant()
        observability.begin(function="api", tenant=tenant, route=self._route())
        response, code = self._answer(view, context, tenant, path)
        status = response.status_code if isinstance(response, Response) else 200
        ms = round((time.perf_counter() - started_s) * 1000, 1)
        _log.info("served", extra={"code": code, "status": status, "ms": ms})
        observability.measure("Latency", ms, "Milliseconds")
        observability.measure("Refused", float(code != "ok"))
        observability.end(tenant=tenant, function="api", outcome=code)
        return response

    def _answer(self, view: Callable[[], Any], context: Mapping[str, Any], tenant: str, path: str) -> tuple[Any, str]:
        try:
            return self._permitted(view, context, tenant, path), "ok"
        except ProductError as error:
            return problem(error, path), error.code
        except ChaliceViewError as refusal:
            return _rejected(refusal, path), "rejected"
        except Exception:  # noqa: BLE001 - this is the door
            _log.exception("bug", extra={"code": Internal.code})
            return problem(Internal("the request could not be served"), path), Internal.code

    def _permitted(self, view: Callable[[], Any], context: Mapping[str, Any], tenant: str, path: str) -> Any:
        try:
            check_tenant(context, tenant)
            return view()
        except Forbidden as refusal:
            self.refused(context, path, refusal)
            raise

    def _route(self) -> str:
        # The pattern, not the path: a path may hold a caller's number.
        return f"{self.bound.current_request.method} {self.bound.current_request.path}"


def check_tenant(context: Mapping[str, Any], tenant: str) -> None:
    """Accept the request whose verified token names `tenant`; log every other as an audit entry (TEN-01).

    Raises:
        Forbidden: the token names another tenant or none.

    """
    told = claims.of(context)
    claimed = told.get(claims.TENANT)
    if claimed == tenant:
        return
    _log.warning(
        "refused: token of another tenant", extra={"audit": True, "claimed_tenant": claimed, "subject": told.get("sub")}
    )
    observability.measure("CrossTenantRefused")
    raise Forbidden("this token is not one of this tenant")


def path_of(request: Any) -> str:
    """Return the path that was asked for; Chalice's own `path` is the pattern of the route."""
    return str((request.context or {}).get("path") or request.path)


def nobody_told(_context: Mapping[str, Any], _path: str, _refusal: Forbidden) -> None:
    """Tell nobody of a refusal."""


def guard(
    bound: Bound, *, tenant: Callable[[], str], refused: OnRefusal = nobody_told
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator that puts the door before a view of `bound`. Put it directly under `@bp.route`."""
    door = _Guard(bound, tenant, refused)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def inner(*args: Any, **kwargs: Any) -> Any:
            return door.serve(lambda: view(*args, **kwargs))

        return inner

    return decorate
