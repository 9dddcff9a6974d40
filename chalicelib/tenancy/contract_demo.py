"""What the demo and the local cloud make of a tenant: simulated agents, known callers. Authoring side only."""

from pydantic import Field

from chalicelib.tenancy.contract_base import E164, Id, Language, Model, Text
from chalicelib.tenancy.contract_strategies import AttributeName


class DemoProficiency(Model):
    """A proficiency of simulated agents: they get the `values` in turn, all at one level."""

    attribute: AttributeName
    values: list[AttributeName] = Field(min_length=1)
    level: int = Field(default=3, ge=1, le=5)


class DemoAgents(Model):
    """Simulated agents of the local cloud: `count` agents of one routing profile."""

    profile: Id
    count: int = Field(ge=1, le=1_000)
    handle_s: int = Field(default=180, ge=10)
    after_contact_work_s: int = Field(default=30, ge=0)
    proficiencies: list[DemoProficiency] = Field(default_factory=list, max_length=10)


class DemoCustomer(Model):
    """A known caller of the demo."""

    number: E164
    customer_id: Id
    name: Text
    grade: Id | None = None
    language: Language | None = None


class Demo(Model):
    """What `make demo` needs; no resource of a deployed tenant comes from here.

    A tenant that is not `shown` has agents and customers for whoever deploys it by name; the demo leaves it out.
    """

    shown: bool = True
    agents: list[DemoAgents] = Field(min_length=1)
    customers: list[DemoCustomer] = Field(default_factory=list)
