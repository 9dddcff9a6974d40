"""Access: what it does. The door of every REST route: permission by declaration, and the entry of the audit trail.

    door = access.Door(bp)

    @bp.route("/v1/things/{thing_id}", methods=["GET"], authorizer=AUTHORIZER)
    @door("things.read", answers=ThingView)
    def thing(thing_id: str) -> Response: ...

The action is a row of `actions.TABLE`. Where the row says `access`, the door writes the entry before the answer leaves;
where it says `change`, the view hands `door.caller().actor` to the service that writes it with the change. A refusal is
an entry too.
"""

import functools
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel

from chalicelib.access import idempotency, policy, reading
from chalicelib.access.models import Action, Caller, Kind, Role, Scope
from chalicelib.access.policy import is_front_desk
from chalicelib.approvals import service as approvals
from chalicelib.approvals.service import Asked
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor, Outcome
from chalicelib.organisation import service as organisation
from chalicelib.organisation.models import Sight
from chalicelib.people import service as people
from chalicelib.platform import aws, claims, clock, http_door, observability, requests, settings
from chalicelib.platform.errors import Forbidden, NotFound, ProductError
from chalicelib.platform.openapi import Operation
from chalicelib.tenancy import service as tenancy

__all__ = ["Caller", "Door", "Role", "Scope", "bearers", "is_front_desk", "resource_of"]

LONGEST_FACT: Final = 200
"""Characters of a query parameter that an entry repeats."""

_log = logging.getLogger(__name__)
_caller: ContextVar[Caller] = ContextVar("caller")
_action: ContextVar[str] = ContextVar("action")


class Door:
    """The door of the routes of one blueprint."""

    def __init__(self, bound: http_door.Bound) -> None:
        self._bound = bound

    def __call__(
        self,
        action: str,
        *,
        answers: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | None = None,
        statuses: tuple[int, ...] = (200,),
        refuses: tuple[int, ...] = (),
        narrows: Iterable[Scope] = (),
        needs_body: bool = True,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return the decorator of a view that does `action`; put it directly under `@bp.route`.

        `answers`, `query` and `body` are the models of what it answers and takes, `statuses` those of a good answer,
        `refuses` those of refusals of its own: the OpenAPI document is made of them. A route without a `query` takes no
        parameter at all; one that does without a body has `needs_body` False.

        `narrows` are the scopes below the tenant's to which the view itself holds its answer; callers whose permission
        reaches no further than another one are refused.

        Raises:
            ValueError: there is no such action.

        """
        declared = policy.action(action)
        scopes = frozenset({Scope.TENANT, *narrows})
        operation = Operation(
            action=declared.id,
            says=declared.says,
            answer=answers,
            query=query,
            body=body,
            statuses=statuses,
            refuses=refuses,
            changes=declared.kind is Kind.CHANGE,
            needs_body=needs_body,
            roles={role.value: reach.value for role, reach in declared.grants.items() if reach in scopes},
        )

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(view)
            def permitted(*args: Any, **kwargs: Any) -> Any:
                return self._serve(declared, scopes, operation, lambda: view(*args, **kwargs))

            refused = functools.partial(_note_refusal, declared)
            guarded = http_door.guard(self._bound, tenant=lambda: tenancy.current().id, refused=refused)(permitted)
            guarded.operation = operation  # type: ignore[attr-defined]
            guarded.scopes = scopes  # type: ignore[attr-defined]
            return guarded

        return decorate

    def caller(self) -> Caller:
        """Return who makes the current request, and how far its action reaches for them.

        Raises:
            LookupError: no request was let in yet.

        """
        return _caller.get()

    def act(self) -> Act:
        """Return what the current request does, for the audit trail: its action to the resource that it names."""
        request = self._bound.current_request
        return Act(action=_action.get(), resource=resource_of(http_door.path_of(request)))

    def _serve(self, declared: Action, scopes: frozenset[Scope], operation: Operation, view: Callable[[], Any]) -> Any:
        request = self._bound.current_request
        caller = admit(request.context, declared, scopes)
        if caller.scope is Scope.TEAM:
            caller = replace(caller, team=people.wired().team(caller.user))
        requests.check(request, takes_parameters=operation.query is not None)
        terms = tenancy.current().reading
        reading.check_page(caller, operation, request.query_params, terms)
        _caller.set(caller)
        _action.set(declared.id)
        try:
            requests.check_names(request)
            answer = self._once(operation, caller.user, lambda: self._approved(view))
        except NotFound as missing:
            if declared.kind is not Kind.READ:
                _note_attempt(caller.actor, replace(self.act(), facts=_reason(missing), outcome=Outcome.NOT_FOUND))
            raise
        if declared.kind is Kind.ACCESS:
            facts = {name: value[:LONGEST_FACT] for name, value in (request.query_params or {}).items()}
            reading.note(caller, replace(self.act(), facts=facts), operation, answer, terms)
        return reading.masked(caller, answer)

    def approve(self, action: str) -> None:
        """Accept that the current request does `action`; what the contract puts under approval was approved (PPL-01).

        The door asks for the route's own action; a view asks for what only the body tells.

        Raises:
            ProductError: no superior has approved it.

        """
        if action not in tenancy.current().approvals.actions:
            return
        request = self._bound.current_request
        parameters = json.dumps(dict(request.query_params or {}), sort_keys=True)
        asked = Asked(
            action=action,
            request=f"{request.method} {http_door.path_of(request)}",
            said=f"{parameters}\n{request.raw_body.decode(errors='replace')}",
        )
        approvals.wired().passes(asked, self.caller().actor)

    def _approved(self, view: Callable[[], Any]) -> Any:
        """Return the answer of `view`, where the contract puts the route's action under approval once it was given."""
        self.approve(_action.get())
        return view()

    def _once(self, operation: Operation, user: str, view: Callable[[], Any]) -> Any:
        """Return the answer of `view`, or of the first request under the same idempotency key."""
        request = self._bound.current_request
        key = request.headers.get(idempotency.HEADER)
        if key is None or not operation.changes or request.method != "POST":
            return view()
        asked = idempotency.asked(user, key, http_door.path_of(request), request.raw_body)
        return answers_kept().once(asked, view)


@functools.cache
def answers_kept() -> idempotency.Answers:
    """Return the answers that this process's table keeps; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return idempotency.Answers(client=client, table=table, tenant=tenancy.current().id, now=clock.from_environment())


def bearers(action: str) -> frozenset[Role]:
    """Return the roles that may do `action`, however far it reaches for each.

    Raises:
        ValueError: there is no such action.

    """
    return frozenset(policy.action(action).grants)


def admit(context: Mapping[str, Any], declared: Action, scopes: frozenset[Scope]) -> Caller:
    """Return the caller whose roles let them do the action, within one of `scopes`.

    Raises:
        Forbidden: no role of theirs does, none reaches as far as the route, only the headquarters may, or the part of
            the organisation that was granted is none; the fact `action` names what was asked.

    """
    told = claims.of(context)
    roles = policy.known(claims.groups(told))
    scope = policy.reach(roles, declared)
    if not claims.user(told) or scope is None:
        observability.measure("RoleRefused")
        raise Forbidden(f"no role of yours may {declared.says}", action=declared.id)
    if scope not in scopes:
        observability.measure("RoleRefused")
        raise Forbidden(f"your roles reach no further than the scope {scope} here", action=declared.id, scope=scope)
    actor = actor_of(context)
    node = actor.node or None
    return Caller(
        user=actor.user,
        roles=roles,
        scope=scope,
        request_id=actor.request_id,
        source=actor.source,
        node=node,
        sight=_sight(declared, node),
        on_hand_only=policy.only_on_hand(roles, declared),
    )


def _sight(declared: Action, node: str | None) -> Sight | None:
    """Return what is seen from the part of the organisation that the token grants; None: the whole tenant."""
    seen = organisation.sight_of(tenancy.current(), node) if node else None
    if seen is None:
        return None
    if not policy.may_of_part(declared):
        observability.measure("RoleRefused")
        raise Forbidden(f"only the headquarters may {declared.says}", action=declared.id, node=node)
    return seen


def actor_of(context: Mapping[str, Any]) -> Actor:
    """Return who makes the request of `context` as the audit trail names them, whatever they may do."""
    told = claims.of(context)
    identity = context.get("identity")
    source = identity.get("sourceIp") if isinstance(identity, Mapping) else None
    return Actor(
        user=claims.user(told),
        roles=tuple(role.value for role in policy.known(claims.groups(told))),
        request_id=str(context.get("requestId") or ""),
        source=str(source or ""),
        node=str(told.get(claims.NODE) or ""),
    )


def resource_of(path: str) -> str:
    """Return what the trail calls the resource at `path`: the path below the version."""
    return path.removeprefix("/v1/")


def _note_refusal(declared: Action, context: Mapping[str, Any], path: str, refusal: Forbidden) -> None:
    """Write the entry of a refusal."""
    facts = _reason(refusal)
    claimed = claims.of(context).get(claims.TENANT)
    if claimed != tenancy.current().id:
        facts["claimed_tenant"] = str(claimed)
    _note_attempt(
        actor_of(context), Act(action=declared.id, resource=resource_of(path), facts=facts, outcome=Outcome.REFUSED)
    )


def _reason(refusal: ProductError) -> dict[str, str]:
    return {"reason": refusal.detail}


def _note_attempt(by: Actor, act: Act) -> None:
    """Write the entry of an attempt that came to nothing. That it cannot be written is logged and changes nothing."""
    try:
        audit.trail().note(by, act)
    except ProductError as error:
        _log.error("a refusal is not in the audit trail", extra={"code": error.code, "action": act.action})
