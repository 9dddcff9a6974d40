"""How the client wants its figures: the choices that the KPI registry leaves to a contract (KPI-01). Authoring side."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from chalicelib.tenancy.contract_base import Id, Model, Text, each_once


class Kpis(Model):
    """`service_level` is the variant of K03: which abandons and flow-outs count (docs/kpi.md).

    What agents write down under one of `complaint_categories`, and tickets of these that come without a contact, are
    complaints (K17); where a contract has no `completion`, contacts of these are. Answers to the survey after the call
    are classes from 1 to `survey_classes`; from `satisfied_from` on the customer is satisfied (K15). Time in a status
    of `unpaid_statuses` is signed in and not staffed (K25).
    """

    service_level: Literal[
        "answered-only",
        "all-offered",
        "short-abandons-excluded",
        "abandons-in-time-met",
        "abandons-in-time-excluded",
        "with-flow-outs",
    ] = "short-abandons-excluded"
    complaint_categories: Annotated[list[Id], AfterValidator(each_once)] = Field(default_factory=lambda: ["complaint"])
    survey_classes: int = Field(default=5, ge=2, le=9)
    satisfied_from: int = Field(default=4, ge=2, le=9)
    unpaid_statuses: Annotated[list[Text], AfterValidator(each_once)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _some_class_satisfies(self) -> Self:
        if self.satisfied_from > self.survey_classes:
            msg = "expected satisfied_from to be one of the survey's classes"
            raise ValueError(msg)
        return self
