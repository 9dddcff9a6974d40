"""Customers: REST. Create, open, edit, forget and search customers, make one of two and two of one again."""

import functools
import os
from typing import Any, Final

from chalice.app import Blueprint, Response

from chalicelib.access import service as access
from chalicelib.access.service import Role
from chalicelib.contacts.service import History, Timeline
from chalicelib.customers import owning
from chalicelib.customers.models import CUSTOMER_ID
from chalicelib.customers.record import Customer, Facts
from chalicelib.customers.registry import wired
from chalicelib.customers.timeline_views import TimelineQuery, TimelineView, timeline_view
from chalicelib.customers.views import (
    CustomerBody,
    CustomerQuery,
    CustomerView,
    ForgottenView,
    MergeBody,
    NewCustomerBody,
    PageView,
    SeenQuery,
    customer_view,
    page_view,
)
from chalicelib.identity.service import check
from chalicelib.organisation.service import Sight
from chalicelib.platform import aws, clock, cursors, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import Forbidden, NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)

SEE_SENSITIVE: Final = frozenset(
    {
        *(Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER, Role.UNIT_HEAD, Role.ACCOUNT_MANAGER),
        *(Role.PROJECT_TEAM_LEADER, Role.SERVICE_SUPERVISOR, Role.TEAM_LEADER),
    }
)
"""Who sees and enters the fields that the contract calls sensitive."""


@functools.cache
def history() -> History:
    """Return what reads the contacts of customers, wired for this process; a missing setting fails here, by name."""
    configured, tenant = settings.StoreSettings.load(os.environ), tenancy.current()
    line = Timeline(client=aws.client("dynamodb", aws.A_PERSON_WAITS), table=configured.table, tenant=tenant.id)
    return History(tenant=tenant, line=line, now=clock.from_environment())


@bp.route("/v1/customers", methods=["POST"], authorizer=AUTHORIZER)
@door("customers.change", answers=CustomerView, body=NewCustomerBody, statuses=(201,))
def create_customer() -> Response:
    """Keep a new customer and answer it with its id."""
    body = queries.parse_body(NewCustomerBody, _request().json_body)
    facts = _entered(body.facts())
    owning.check_new(wired(), door.caller(), facts)
    made = wired().create(facts, door.caller().actor, id_=body.customer_id, seen=_seen())
    return _answer(made, 201)


@bp.route("/v1/customers", methods=["GET"], authorizer=AUTHORIZER)
@door("customers.search", answers=PageView, query=CustomerQuery)
def customers() -> Response:
    """Answer a page of customers, sorted and narrowed as asked."""
    query, tenant = queries.parse(CustomerQuery, _request().query_params), tenancy.current()
    after = cursors.decode(query.cursor) if query.cursor else None
    search = owning.search(door.caller(), query.search(tenant, sensitive=_sensitive()))
    page = wired().search(search, after=after, limit=query.limit, seen=_seen())
    return http_door.json_response(page_view(page, tenant, sensitive=_sensitive()).model_dump(mode="json"))


@bp.route("/v1/customers/{customer_id}", methods=["GET"], authorizer=AUTHORIZER)
@door("customers.read", answers=CustomerView)
def customer(customer_id: str) -> Response:
    """Answer a customer with all numbers and other identities."""
    check("customers.read", _known(customer_id), door.caller())
    return _answer(wired().customer(customer_id, _seen()))


@bp.route("/v1/customers/{customer_id}", methods=["PUT"], authorizer=AUTHORIZER)
@door("customers.change", answers=CustomerView, body=CustomerBody)
def edit_customer(customer_id: str) -> Response:
    """Replace what was entered of a customer."""
    body = queries.parse_body(CustomerBody, _request().json_body)
    facts = _entered(body.facts())
    check("customers.change", _known(customer_id), door.caller())
    owning.check_edit(wired(), door.caller(), customer_id, facts)
    edited = wired().edit(
        customer_id,
        facts,
        door.caller().actor,
        revision=body.revision,
        sensitive=_sensitive(),
        seen=_seen(),
    )
    return _answer(edited)


@bp.route("/v1/customers/{customer_id}", methods=["DELETE"], authorizer=AUTHORIZER)
@door("customers.delete", answers=ForgottenView, query=SeenQuery)
def forget_customer(customer_id: str) -> Response:
    """Forget a customer. Contacts and tickets stay."""
    seen = queries.parse(SeenQuery, _request().query_params)
    check("customers.delete", _known(customer_id), door.caller())
    wired().delete(customer_id, door.caller().actor, revision=seen.revision, seen=_seen())
    return http_door.json_response(ForgottenView(customer_id=customer_id).model_dump(mode="json"))


@bp.route("/v1/customers/{customer_id}/merged", methods=["POST"], authorizer=AUTHORIZER)
@door("customers.merge", answers=CustomerView, body=MergeBody, statuses=(201,))
def merge_customers(customer_id: str) -> Response:
    """Make one customer of two."""
    body = queries.parse_body(MergeBody, _request().json_body)
    return _answer(wired().merge(_known(customer_id), body.absorb, door.caller().actor, seen=_seen()), 201)


@bp.route("/v1/customers/{customer_id}/merged/{absorbed}", methods=["DELETE"], authorizer=AUTHORIZER)
@door("customers.merge", answers=CustomerView)
def unmerge_customers(customer_id: str, absorbed: str) -> Response:
    """Take a customer out of another one again, as it was, and answer it."""
    apart = wired().unmerge(_known(customer_id), _known(absorbed), door.caller().actor, seen=_seen())
    return _answer(apart)


@bp.route("/v1/customers/{customer_id}/contacts", methods=["GET"], authorizer=AUTHORIZER)
@door("customers.timeline", answers=TimelineView, query=TimelineQuery)
def timeline(customer_id: str) -> Response:
    """Answer a page of a customer's contacts over all numbers, addresses and channels, newest first."""
    query, seen = queries.parse(TimelineQuery, _request().query_params), _seen()
    after = cursors.decode(query.cursor) if query.cursor else None
    check("customers.timeline", _known(customer_id), door.caller())
    whose = wired().places(customer_id, seen)
    page = history().page(whose, after=after, limit=query.limit, seen=seen)
    return http_door.json_response(timeline_view(page).model_dump(mode="json"))


def _known(customer_id: str) -> str:
    if not CUSTOMER_ID.fullmatch(customer_id):
        raise NotFound("no such customer")
    return customer_id


def _entered(facts: Facts) -> Facts:
    """Return what somebody entered.

    Raises:
        Forbidden: a sensitive field, by somebody who may not see it.

    """
    hidden = [] if _sensitive() else sorted(_sensitive_names() & facts.fields.keys())
    if hidden:
        raise Forbidden("your roles do not see these fields", fields=hidden)
    return facts


def _sensitive() -> bool:
    return not SEE_SENSITIVE.isdisjoint(door.caller().roles)


def _sensitive_names() -> frozenset[str]:
    return frozenset(one.id for one in tenancy.current().customer_fields if one.classification == "sensitive")


def _seen() -> Sight | None:
    return door.caller().sight


def _answer(shown: Customer, status: int = 200) -> Response:
    view = customer_view(shown, tenancy.current(), sensitive=_sensitive())
    return http_door.json_response(view.model_dump(mode="json"), status)


def _request() -> Any:
    return bp.current_request
