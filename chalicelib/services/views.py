"""Services: what the REST API takes and shows of service records. Lists show numbers masked (SEC-02)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.completions.models import Version
from chalicelib.customers.registry import asked, problem_of
from chalicelib.platform import cursors, queries
from chalicelib.platform.errors import InvalidInput, Unprocessable
from chalicelib.platform.masking import mask
from chalicelib.services import policy
from chalicelib.services.models import Entry, Kind, Page, Record, Search, Subject, Whom
from chalicelib.tenancy.models import Tenant
from chalicelib.tickets.models import Ticket

LONGEST_NOTE = 2_000
DEFAULT_DAYS = 31


type FieldId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
type Printed = Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")]
"""Visible ASCII without '#': a user name, a category, a customer's id."""
type FieldValue = Annotated[str, StringConstraints(max_length=200), AfterValidator(queries.printable)] | int | bool
type Dialled = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{4,14}$")]
type Remark = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE)]


class ServiceBody(BaseModel):
    """Whom a service was for, from now on, and what there is to say of it; `revision` is that of the record as read.

    A phone that is left out stays.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: queries.Named | None = None
    phone: Dialled | None = None
    region: queries.Named | None = None
    grade: FieldId | None = None
    fields: dict[FieldId, FieldValue] = Field(default_factory=dict, max_length=20)
    note: Remark | None = None
    revision: int = Field(ge=1)

    def entry(self, tenant: Tenant) -> Entry:
        """Return what is entered.

        Raises:
            Unprocessable: every field that the contract does not allow, by its path.

        """
        return Entry(whom=_whom(self, tenant), note=self.note)


class NewServiceBody(BaseModel):
    """A service that came by no contact: a visit, a letter. What is left out is taken from the customer's record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Annotated[str, Field(pattern=r"^[A-Z_]{3,20}$")]
    at: queries.Instant
    customer_id: Printed | None = None
    name: queries.Named | None = None
    phone: Dialled | None = None
    region: queries.Named | None = None
    grade: FieldId | None = None
    fields: dict[FieldId, FieldValue] = Field(default_factory=dict, max_length=20)
    category: Printed | None = None
    sub_category: Printed | None = None
    note: Remark | None = None

    def entry(self, tenant: Tenant, known: Whom) -> Entry:
        """Return what is entered of a customer of whom this is `known`.

        Raises:
            Unprocessable: as `ServiceBody.entry`.

        """
        said = _whom(self, tenant)
        told = {name: value for name, value in asdict(said).items() if value is not None}
        whom = Whom(**{**asdict(known), **told, "fields": {**known.fields, **said.fields}})
        return Entry(whom=whom, note=self.note)

    def subject(self, user: str) -> Subject:
        """Return what the service was, in the name of `user`."""
        return Subject(channel=self.channel, agent=user, category=self.category, sub_category=self.sub_category)


class SeenQuery(BaseModel):
    """The revision of the record as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    revision: int = Field(ge=1)


class ServiceQuery(BaseModel):
    """Which service records, and in which order; everything that is given must fit.

    `sort` is date, name, number, region, grade or a listed field of the tenant's own. They are of the UTC days
    `first` to `last`, without them of the last 31 days. `name` is the beginning of one. `where` holds values of the
    tenant's own fields: `city:suzhou,vip:true`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sort: FieldId = "date"
    order: Literal["asc", "desc"] = "desc"
    first: queries.Day | None = None
    last: queries.Day | None = None
    kind: Kind | None = None
    name: queries.Named | None = None
    number: queries.Phone | None = None
    region: queries.Named | None = None
    grade: FieldId | None = None
    agent: Printed | None = None
    category: Printed | None = None
    where: str | None = Field(default=None, min_length=1, max_length=500)
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2_048)

    def search(self, tenant: Tenant, today: date) -> Search:
        """Return what to look for.

        Raises:
            InvalidInput: the tenant has no such field, or none that is sorted by, or no such value of it; or the days
                are in no order, or too many.

        """
        if self.sort not in policy.sorts(tenant):
            raise InvalidInput("service records are not listed by this", field="sort")
        last = self.last or today
        first = self.first or last - timedelta(days=DEFAULT_DAYS - 1)
        if not 0 <= (last - first).days < policy.LONGEST_DAYS:
            raise InvalidInput(f"1 to {policy.LONGEST_DAYS} days, the first one first", field="first")
        plain = ("sort", "kind", "name", "number", "region", "grade", "agent", "category")
        return Search(
            first=first.isoformat(),
            last=last.isoformat(),
            descending=self.order == "desc",
            where=asked(policy.open_fields(tenant), self.where),
            **{name: getattr(self, name) for name in plain},
        )


class CompletionView(BaseModel):
    """What the agent wrote down of the contact, as it holds now."""

    category: str
    sub_category: str
    result: str
    solved: bool
    next_step: str


class StandingView(BaseModel):
    """Where the ticket stands now."""

    step: str
    assignee: str | None


class ServiceView(BaseModel):
    """A service record: whom it was for, as he was then, and what it was.

    `completion` is what the agent wrote down of the contact (null: nothing yet, or no contact), `ticket` where the
    ticket stands. In a list the number is masked to its last four digits.
    """

    service_id: str
    kind: Kind
    at: AwareDatetime
    channel: str
    customer_id: str | None
    name: str | None
    phone: str | None
    region: str | None
    grade: str | None
    node: str | None
    fields: dict[str, str | int | bool]
    agent: str | None
    queue: str | None
    category: str | None
    sub_category: str | None
    note: str | None
    completion: CompletionView | None
    ticket: StandingView | None
    revision: int
    changed_at: AwareDatetime
    changed_by: str


class ServicePageView(BaseModel):
    """A page of service records in the order asked for. `cursor` leads to the next page; null: there is none."""

    services: list[ServiceView]
    cursor: str | None


class GoneView(BaseModel):
    """A service record that is no more."""

    service_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is shown beside service records, by their ids: completions of contacts, and tickets as they stand."""

    completions: Mapping[str, Version] = field(default_factory=dict)
    tickets: Mapping[str, Ticket] = field(default_factory=dict)


def view(record: Record, tenant: Tenant, beside: Beside, *, masked: bool = False) -> ServiceView:
    """Return a record as the API shows it."""
    told, subject = record.whom, record.subject
    completion, ticket = beside.completions.get(record.id), beside.tickets.get(record.id)
    shown = {one.id for one in policy.open_fields(tenant)}
    return ServiceView(
        service_id=record.id,
        kind=record.kind,
        at=record.at,
        channel=subject.channel,
        customer_id=told.customer_id,
        name=told.name,
        phone=mask(told.phone) if told.phone and masked else told.phone,
        region=told.region,
        grade=told.grade,
        node=told.node,
        fields={name: value for name, value in told.fields.items() if name in shown},
        agent=subject.agent,
        queue=subject.queue,
        category=subject.category,
        sub_category=subject.sub_category,
        note=record.note,
        completion=_completion(completion) if completion else None,
        ticket=StandingView(step=ticket.step, assignee=ticket.assignee) if ticket else None,
        revision=record.revision,
        changed_at=record.changed_at,
        changed_by=record.changed_by,
    )


def page_view(page: Page, tenant: Tenant, beside: Beside) -> ServicePageView:
    """Return a page as the API shows it."""
    rows = [view(one, tenant, beside, masked=True) for one in page.records]
    return ServicePageView(services=rows, cursor=cursors.encode(page.after) if page.after else None)


def _completion(version: Version) -> CompletionView:
    said = version.entry
    return CompletionView(
        category=said.category,
        sub_category=said.sub_category,
        result=said.result,
        solved=said.solved,
        next_step=said.next_step,
    )


def _whom(body: ServiceBody | NewServiceBody, tenant: Tenant) -> Whom:
    known = {one.id: one for one in policy.open_fields(tenant)}
    errors = []
    for name, value in body.fields.items():
        problem = problem_of(known[name], value) if name in known else "the contract has no such field"
        if problem:
            errors.append({"field": f"fields.{name}", "problem": problem})
    if errors:
        raise Unprocessable("the contract does not allow this", errors=errors)
    return Whom(
        name=body.name,
        phone=body.phone,
        region=body.region,
        grade=body.grade,
        fields=body.fields,
    )
