"""Customers: what the REST API takes and shows of their records. Lists show numbers masked (SEC-02)."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.customers import fields, record_items
from chalicelib.customers.record import MOST_IDENTITIES, Customer, Facts, Identity, Page, Search
from chalicelib.platform import cursors, queries
from chalicelib.platform.errors import InvalidInput
from chalicelib.platform.masking import mask
from chalicelib.tenancy.models import Tenant

type CustomerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
type Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
type Own = (
    Annotated[str, StringConstraints(max_length=fields.LONGEST_TEXT), AfterValidator(queries.printable)] | int | bool
)


class IdentityBody(BaseModel):
    """How a customer is known on a channel: `phone` with a number in E.164, `email`, or another channel's name."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: Id
    value: Annotated[
        str, StringConstraints(min_length=1, max_length=fields.LONGEST_TEXT), AfterValidator(queries.printable)
    ]


class FactsBody(BaseModel):
    """What is entered of a customer; `fields` are the tenant's own, by the id of the contract."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: queries.Named
    grade: Id | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}-[A-Z]{2}$")] | None = None
    region: queries.Named | None = None
    manager: Annotated[str, Field(pattern=r"^[\x21\x22\x24-\x7e]{1,128}$")] | None = None
    node: Id | None = None
    fields: dict[Id, Own] = Field(default_factory=dict, max_length=20)
    identities: list[IdentityBody] = Field(default_factory=list, max_length=MOST_IDENTITIES)

    def facts(self) -> Facts:
        """Return what was entered in the capability's own words; an identity that stands twice counts once."""
        plain = self.model_dump(include={"name", "grade", "language", "region", "manager", "node", "fields"})
        identities = dict.fromkeys(Identity(one.kind, one.value) for one in self.identities)
        return Facts(**plain, identities=tuple(identities))


class NewCustomerBody(FactsBody):
    """A new customer, under the tenant's own id or one that is drawn."""

    customer_id: CustomerId | None = None


class CustomerBody(FactsBody):
    """What is entered of a customer from now on; `revision` is that of the customer as it was read."""

    revision: int = Field(ge=1)


class SeenQuery(BaseModel):
    """The revision of the customer as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    revision: int = Field(ge=1)


class MergeBody(BaseModel):
    """The customer that becomes part of this one."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    absorb: CustomerId


class CustomerQuery(BaseModel):
    """Which customers, and in which order; everything that is given must fit.

    `sort` is name, created, number, region, grade or a listed field of the tenant's own. `name` is the beginning of
    one. `where` holds values of the tenant's own fields: `city:suzhou,vip:true`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sort: Id = "name"
    order: Literal["asc", "desc"] = "asc"
    name: queries.Named | None = None
    number: queries.Phone | None = None
    region: queries.Named | None = None
    grade: Id | None = None
    created_from: queries.Day | None = None
    created_to: queries.Day | None = None
    where: str | None = Field(default=None, min_length=1, max_length=500)
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2_048)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.created_from and self.created_to and self.created_from > self.created_to:
            msg = "created_from must not lie after created_to"
            raise ValueError(msg)
        return self

    def search(self, tenant: Tenant, *, sensitive: bool) -> Search:
        """Return what to look for; who may not see a field cannot look for it either.

        Raises:
            InvalidInput: the tenant has no such field, or none that is sorted by, or no such value of it.

        """
        if self.sort not in record_items.sorts(tenant.customer_fields):
            raise InvalidInput("customers are not listed by this", field="sort")
        known = [one for one in tenant.customer_fields if sensitive or one.classification != "sensitive"]
        return Search(
            sort=self.sort,
            descending=self.order == "desc",
            name=self.name,
            number=self.number,
            region=self.region,
            grade=self.grade,
            created_from=self.created_from.isoformat() if self.created_from else None,
            created_to=self.created_to.isoformat() if self.created_to else None,
            where=fields.asked(known, self.where),
        )


class IdentityView(BaseModel):
    """How a customer is known on a channel."""

    kind: str
    value: str


class FactsView(BaseModel):
    """What is known of a customer; absent facts are null."""

    name: str
    grade: str | None
    language: str | None
    region: str | None
    manager: str | None
    node: str | None
    fields: dict[str, str | int | bool]
    identities: list[IdentityView]


class CustomerView(BaseModel):
    """A customer: `shown` with all that is merged into it, `entered` without. `merged` are the ids of those records."""

    customer_id: str
    shown: FactsView
    entered: FactsView
    merged: list[str]
    revision: int
    created_at: AwareDatetime
    created_by: str
    changed_at: AwareDatetime


class CustomerRowView(BaseModel):
    """A customer in a list; the number is masked to its last four digits."""

    customer_id: str
    name: str
    number: str | None
    grade: str | None
    region: str | None
    node: str | None
    created_at: AwareDatetime
    fields: dict[str, str | int | bool]


class PageView(BaseModel):
    """A page of customers in the order asked for. `cursor` leads to the next page; null: there is none."""

    customers: list[CustomerRowView]
    cursor: str | None


class ForgottenView(BaseModel):
    """A customer that is no more."""

    customer_id: str


def customer_view(customer: Customer, tenant: Tenant, *, sensitive: bool) -> CustomerView:
    """Return a customer as the API shows it to somebody who may see sensitive fields, or may not."""
    record = customer.record
    return CustomerView(
        customer_id=record.id,
        shown=_facts(customer.shown, tenant, sensitive=sensitive),
        entered=_facts(record.facts, tenant, sensitive=sensitive),
        merged=list(customer.members),
        revision=record.revision,
        created_at=record.created_at,
        created_by=record.created_by,
        changed_at=record.changed_at,
    )


def page_view(page: Page, tenant: Tenant, *, sensitive: bool) -> PageView:
    """Return a page as the API shows it."""
    rows = [_row(one, tenant, sensitive=sensitive) for one in page.customers]
    return PageView(customers=rows, cursor=cursors.encode(page.after) if page.after else None)


def _facts(facts: Facts, tenant: Tenant, *, sensitive: bool) -> FactsView:
    return FactsView(
        name=facts.name,
        grade=facts.grade,
        language=facts.language,
        region=facts.region,
        manager=facts.manager,
        node=facts.node,
        fields=fields.visible(facts.fields, tenant, sensitive=sensitive),
        identities=[IdentityView(kind=one.kind, value=one.value) for one in facts.identities],
    )


def _row(customer: Customer, tenant: Tenant, *, sensitive: bool) -> CustomerRowView:
    facts = customer.shown
    return CustomerRowView(
        customer_id=customer.record.id,
        name=facts.name,
        number=mask(facts.phone) if facts.phone else None,
        grade=facts.grade,
        region=facts.region,
        node=facts.node,
        created_at=customer.record.created_at,
        fields=fields.visible(facts.fields, tenant, sensitive=sensitive),
    )
