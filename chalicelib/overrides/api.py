"""Overrides: REST. What routing follows now, and the changes that a supervisor makes while calls run (ACD-02)."""

import functools
import os
import time
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from chalicelib.access import service as access
from chalicelib.audit import service as audit
from chalicelib.overrides import policy
from chalicelib.overrides.models import (
    BoundOverride,
    Edit,
    EditBounds,
    EditHeadStart,
    EditRule,
    EditStrategy,
    NoSuchPart,
    Overrides,
    StrategyOverride,
)
from chalicelib.overrides.service import Overriding, Store, kept_s
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Chain, Queue, Tenant

bp = Blueprint(__name__)
door = access.Door(bp)


class Seen(BaseModel):
    """The version of the overrides that the change was made looking at; 0 is the contract alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: StrictInt = Field(ge=0)


class SeenQuery(BaseModel):
    """As `Seen`, in the query of a DELETE."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=0)


class StrategyBody(Seen):
    """The strategy of the contract that the queue follows, and numbers of it that differ; null: the contract's."""

    strategy: str = Field(min_length=1, max_length=64)
    ring_s: StrictInt | None = None
    most: StrictInt | None = None
    after_s: StrictInt | None = None


class BoundsBody(Seen):
    """How long a contact waits in the chain's queue, and from which oldest wait on it is skipped; null: no bound."""

    wait_limit_s: StrictInt | None
    skip_wait_s: StrictInt | None


class SwitchBody(Seen):
    """Whether the rule or the head start is in use."""

    enabled: StrictBool


class StrategyView(BaseModel):
    """A strategy with the numbers that are its own or changed."""

    strategy: str
    ring_s: int | None = None
    most: int | None = None
    after_s: int | None = None


class QueueView(BaseModel):
    """The strategy of a queue in the contract, what lies over it (null: nothing), and what the next contact follows."""

    queue: str
    contract: str
    override: StrategyView | None
    effective: str
    version: int


class BoundsView(BaseModel):
    """The bounds of an overflow chain."""

    wait_limit_s: int | None
    skip_wait_s: int | None


class OverflowView(BaseModel):
    """An overflow chain: its contract's bounds and what lies over them (null: nothing)."""

    chain: str
    contract: BoundsView
    override: BoundsView | None


class RuleView(BaseModel):
    """Whether a rule of the contract is asked."""

    rule: str
    enabled: bool


class HeadStartView(BaseModel):
    """The contract's ageing bound (null: strict priorities) and whether it is in use."""

    ageing_bound_s: int | None
    enabled: bool


class RoutingView(BaseModel):
    """What routing follows from the next contact on. `idle` are overrides of names that the contract lacks."""

    version: int
    at: AwareDatetime | None
    actor: str | None
    contract: str
    queues: list[QueueView]
    overflow: list[OverflowView]
    rules: list[RuleView]
    head_start: HeadStartView
    idle: list[str]


def view(tenant: Tenant, overrides: Overrides) -> RoutingView:
    """Return the overrides as the API shows them."""
    return RoutingView(
        version=overrides.version,
        at=overrides.at,
        actor=overrides.actor,
        contract=tenant.version,
        queues=[queue_view(tenant, queue, overrides) for queue in tenant.queues.values()],
        overflow=[_chain(chain, overrides) for chain in tenant.plan.overflow],
        rules=[RuleView(rule=one.id, enabled=one.id not in overrides.rules_off) for one in tenant.plan.rules],
        head_start=HeadStartView(
            ageing_bound_s=tenant.plan.ageing_bound_s,
            enabled=tenant.plan.ageing_bound_s is not None and not overrides.head_start_off,
        ),
        idle=policy.idle(tenant, overrides),
    )


def queue_view(tenant: Tenant, queue: Queue, overrides: Overrides) -> QueueView:
    """Return one queue as the API shows it."""
    override = overrides.queues.get(queue.id)
    shown = StrategyView(strategy=override.strategy, **override.numbers()) if override else None
    effective = policy.in_force(tenant, overrides).queues[queue.id].strategy
    return QueueView(
        queue=queue.id, contract=queue.strategy, override=shown, effective=effective, version=overrides.version
    )


def _chain(chain: Chain, overrides: Overrides) -> OverflowView:
    override = overrides.chains.get(chain.id)
    return OverflowView(chain=chain.id, contract=_bounds(chain), override=_bounds(override) if override else None)


def _bounds(of: Chain | BoundOverride) -> BoundsView:
    return BoundsView(wait_limit_s=of.wait_limit_s, skip_wait_s=of.skip_wait_s)


@functools.cache
def wired() -> Overriding:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    store = Store(aws.client("dynamodb", aws.A_PERSON_WAITS), configured.table, tenant.id)
    settle = functools.partial(time.sleep, kept_s(os.environ))
    return Overriding(tenant=tenant, kept=store, trail=audit.trail(), now=clock.from_environment(), settle=settle)


@bp.route("/v1/routing", methods=["GET"], authorizer=AUTHORIZER)
@door("routing.read", answers=RoutingView)
def routing() -> Response:
    """Answer what routing follows now."""
    return _answer(wired().current())


@bp.route("/v1/routing/queues/{queue}/strategy", methods=["GET"], authorizer=AUTHORIZER)
@door("routing.read", answers=QueueView)
def strategy(queue: str) -> Response:
    """Answer the strategy of a queue: the contract's, what lies over it, and what the next contact follows."""
    return _queue(queue, wired().current())


@bp.route("/v1/routing/queues/{queue}/strategy", methods=["PUT"], authorizer=AUTHORIZER)
@door("routing.change", answers=QueueView, body=StrategyBody)
def change_strategy(queue: str) -> Response:
    """Let a queue follow another strategy of the contract, from the next contact on."""
    body = queries.parse_body(StrategyBody, _request().json_body)
    override = StrategyOverride(**body.model_dump(exclude={"version"}))
    return _queue(queue, _change(EditStrategy(queue=queue, override=override), body.version))


@bp.route("/v1/routing/queues/{queue}/strategy", methods=["DELETE"], authorizer=AUTHORIZER)
@door("routing.change", answers=QueueView, query=SeenQuery)
def return_strategy(queue: str) -> Response:
    """Let a queue follow its contract again."""
    return _queue(queue, _change(EditStrategy(queue=queue, override=None), _seen()))


@bp.route("/v1/routing/overflow/{chain}", methods=["PUT"], authorizer=AUTHORIZER)
@door("routing.change", answers=RoutingView, body=BoundsBody)
def change_bounds(chain: str) -> Response:
    """Give an overflow chain other bounds."""
    body = queries.parse_body(BoundsBody, _request().json_body)
    override = BoundOverride(wait_limit_s=body.wait_limit_s, skip_wait_s=body.skip_wait_s)
    return _answer(_change(EditBounds(chain=chain, override=override), body.version))


@bp.route("/v1/routing/overflow/{chain}", methods=["DELETE"], authorizer=AUTHORIZER)
@door("routing.change", answers=RoutingView, query=SeenQuery)
def return_bounds(chain: str) -> Response:
    """Give an overflow chain its contract's bounds again."""
    return _answer(_change(EditBounds(chain=chain, override=None), _seen()))


@bp.route("/v1/routing/rules/{rule}", methods=["PUT"], authorizer=AUTHORIZER)
@door("routing.change", answers=RoutingView, body=SwitchBody)
def switch_rule(rule: str) -> Response:
    """Leave a rule of the contract out, or ask it again."""
    body = queries.parse_body(SwitchBody, _request().json_body)
    return _answer(_change(EditRule(rule=rule, enabled=body.enabled), body.version))


@bp.route("/v1/routing/head-start", methods=["PUT"], authorizer=AUTHORIZER)
@door("routing.change", answers=RoutingView, body=SwitchBody)
def switch_head_start() -> Response:
    """Give better ranks strict priority instead of the contract's head start, or the head start again."""
    body = queries.parse_body(SwitchBody, _request().json_body)
    return _answer(_change(EditHeadStart(enabled=body.enabled), body.version))


def _change(edit: Edit, seen: int) -> Overrides:
    return wired().change(edit, seen=seen, by=door.caller().actor, act=door.act())


def _answer(overrides: Overrides) -> Response:
    return http_door.json_response(view(tenancy.current(), overrides).model_dump(mode="json"))


def _queue(queue: str, overrides: Overrides) -> Response:
    tenant = tenancy.current()
    if queue not in tenant.queues:
        raise NoSuchPart(f"the contract has no queue {queue!r}", known=sorted(tenant.queues))
    return http_door.json_response(queue_view(tenant, tenant.queues[queue], overrides).model_dump(mode="json"))


def _seen() -> int:
    return queries.parse(SeenQuery, _request().query_params).version


def _request() -> Any:
    return bp.current_request
