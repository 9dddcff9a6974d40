"""Services: REST. Enter, open, edit, forget and search service records."""

import functools
import os
import secrets
from typing import Any, Final

from chalice.app import Blueprint, Response

from chalicelib.access import service as access
from chalicelib.audit import service as audit
from chalicelib.completions import service as completions
from chalicelib.identity.service import check, check_on_hand
from chalicelib.platform import aws, clock, cursors, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.services.models import Kind, Record
from chalicelib.services.service import Feed, Services, feed
from chalicelib.services.views import (
    Beside,
    GoneView,
    NewServiceBody,
    SeenQuery,
    ServiceBody,
    ServicePageView,
    ServiceQuery,
    ServiceView,
    page_view,
    view,
)
from chalicelib.tenancy import service as tenancy
from chalicelib.tickets import service as tickets

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST_ID: Final = 256


@functools.cache
def feeding() -> Feed:
    """Return what knows whom a service is for, wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    return feed(aws.client("dynamodb", aws.A_PERSON_WAITS), configured.table, tenancy.current())


@functools.cache
def wired() -> Services:
    """Return the use-case wired for this process."""
    return Services(kept=feeding().kept, trail=audit.trail(), now=clock.from_environment(), draw=secrets.randbelow)


@functools.cache
def written() -> completions.Kept:
    """Return what agents wrote down of contacts."""
    tenant, configured = tenancy.current(), settings.StoreSettings.load(os.environ)
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return completions.Kept(client, configured.table, tenant.id, tenant.contacts_days)


@bp.route("/v1/services", methods=["POST"], authorizer=AUTHORIZER)
@door("services.change", answers=ServiceView, body=NewServiceBody, statuses=(201,))
def enter_service() -> Response:
    """Keep a service that came by no contact, and answer its record with its id."""
    body, tenant = queries.parse_body(NewServiceBody, _request().json_body), tenancy.current()
    if body.customer_id:
        check_on_hand(door.caller(), customer_id=body.customer_id)
    entry = body.entry(tenant, feeding().whom(body.customer_id, body.phone))
    by = door.caller()
    record = wired().enter(entry, body.subject(by.user), by.actor, served_at=body.at, seen=door.caller().sight)
    return _answer(record, 201)


@bp.route("/v1/services", methods=["GET"], authorizer=AUTHORIZER)
@door("services.search", answers=ServicePageView, query=ServiceQuery)
def services() -> Response:
    """Answer a page of service records, sorted and narrowed as asked."""
    query, tenant = queries.parse(ServiceQuery, _request().query_params), tenancy.current()
    check_on_hand(door.caller(), number=query.number)
    after = cursors.decode(query.cursor) if query.cursor else None
    search = query.search(tenant, wired().now().date())
    page = wired().search(search, after=after, limit=query.limit, seen=door.caller().sight)
    return http_door.json_response(page_view(page, tenant, _beside(*page.records)).model_dump(mode="json"))


@bp.route("/v1/services/{service_id}", methods=["GET"], authorizer=AUTHORIZER)
@door("services.read", answers=ServiceView)
def service(service_id: str) -> Response:
    """Answer a service record."""
    record = wired().record(_known(service_id), door.caller().sight)
    _check("customers.read", record)
    return _answer(record)


@bp.route("/v1/services/{service_id}", methods=["PUT"], authorizer=AUTHORIZER)
@door("services.change", answers=ServiceView, body=ServiceBody)
def edit_service(service_id: str) -> Response:
    """Replace whom a service was for and what there is to say of it; its contact or ticket stays as it is."""
    body, tenant = queries.parse_body(ServiceBody, _request().json_body), tenancy.current()
    _check("customers.change", wired().record(_known(service_id), door.caller().sight))
    by = door.caller().actor
    return _answer(wired().edit(service_id, body.entry(tenant), by, revision=body.revision, seen=door.caller().sight))


@bp.route("/v1/services/{service_id}", methods=["DELETE"], authorizer=AUTHORIZER)
@door("services.delete", answers=GoneView, query=SeenQuery)
def forget_service(service_id: str) -> Response:
    """Forget a service record. Its contact or ticket stays."""
    seen = queries.parse(SeenQuery, _request().query_params)
    _check("customers.delete", wired().record(_known(service_id), door.caller().sight))
    wired().delete(service_id, door.caller().actor, revision=seen.revision, seen=door.caller().sight)
    return http_door.json_response(GoneView(service_id=service_id).model_dump(mode="json"))


def _known(service_id: str) -> str:
    if not 0 < len(service_id) <= LONGEST_ID or "#" in service_id or not service_id.isprintable():
        raise NotFound("no such service record")
    return service_id


def _check(operation: str, record: Record) -> None:
    """Ask of the caller's identity what the contract asks for the same deed to the customer (IDV-02)."""
    if record.whom.customer_id:
        check(operation, record.whom.customer_id, door.caller())
    else:
        check_on_hand(door.caller(), number=record.whom.phone)


def _beside(*records: Record) -> Beside:
    contacts = [one.id for one in records if one.kind is Kind.CONTACT]
    numbers = [one.id for one in records if one.kind is Kind.TICKET]
    return Beside(
        completions=written().current(contacts) if contacts else {},
        tickets=tickets.wired().standing(numbers) if numbers else {},
    )


def _answer(record: Record, status: int = 200) -> Response:
    shown = view(record, tenancy.current(), _beside(record))
    return http_door.json_response(shown.model_dump(mode="json"), status)


def _request() -> Any:
    return bp.current_request
