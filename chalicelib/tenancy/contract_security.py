"""The security section of a tenant contract: what may be read, who answers for data, how fast a loss is mended.

Only the persons may not be left out. Authoring side only.
"""

from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.tenancy.contract_base import Model, Text, each_once


class Reading(Model):
    """How many records a user may be shown in an hour (SEC-02).

    `unusual_per_h` alerts security, of whatever role; the front desk (agents and who works beside them) is refused
    above `front_desk_per_h`, and gets pages of at most `front_desk_page`.
    """

    unusual_per_h: int = Field(default=300, ge=1, le=100_000)
    front_desk_per_h: int = Field(default=600, ge=1, le=100_000)
    front_desk_page: int = Field(default=25, ge=1, le=100)

    @model_validator(mode="after")
    def _alert_comes_first(self) -> Self:
        if self.unusual_per_h > self.front_desk_per_h:
            msg = "expected unusual_per_h <= front_desk_per_h: security hears of it before it is refused"
            raise ValueError(msg)
        return self


Duty = Literal["personal-data", "security", "logs", "licences"]

Reached = Annotated[str, StringConstraints(pattern=r"^(\+[1-9][0-9]{4,14}|[^@\s]+@[^@\s]+\.[^@\s]+)$")]
"""A telephone number in E.164 form, or an e-mail address."""


class Responsible(Model):
    """A named person who answers for `duties` (LIC-04), and where that person is reached: e-mail address or number."""

    name: Text
    role: Text
    reached_at: Reached
    duties: Annotated[list[Duty], AfterValidator(each_once)] = Field(min_length=1)


class Recovery(Model):
    """What the tenant was promised after a loss of data (REL-06): back within `time_min`, at most `point_min` lost."""

    time_min: int = Field(default=240, ge=5, le=10_080)
    point_min: int = Field(default=5, ge=5, le=1_440)


Approvable = Literal[
    "customers.delete", "customers.merge", "menus.publish", "people.change", "recordings.download", "routing.change",
    "tenant.change", "users.empower",
]  # fmt: skip
"""What may need the approval of a superior: an action of `access.actions.TABLE`, or a change of users that is about
power (`users.policy.POWERFUL`), which only the request tells."""


class Approvals(Model):
    """Which actions a superior in the tree of people approves first, and how long a request waits (PPL-01)."""

    actions: Annotated[list[Approvable], AfterValidator(each_once)] = Field(default_factory=list)
    lapse_s: int = Field(default=86_400, ge=60, le=604_800)


class Security(Model):
    """The whole section. Somebody named answers for each of the duties (LIC-04)."""

    reading: Reading = Reading()
    approvals: Approvals = Approvals()
    responsible: list[Responsible] = Field(min_length=1)
    recovery: Recovery = Recovery()

    @model_validator(mode="after")
    def _every_duty_is_somebodys(self) -> Self:
        named = {duty for person in self.responsible for duty in person.duties}
        missing = [duty for duty in get_args(Duty) if duty not in named]
        if missing:
            msg = f"nobody in responsible answers for {', '.join(missing)}"
            raise ValueError(msg)
        return self
