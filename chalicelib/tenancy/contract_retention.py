"""The retention section of a tenant contract: how long what is kept of whom (SEC-06, LIC-04). Authoring side only."""

from typing import Literal

from pydantic import Field

from chalicelib.tenancy.contract_base import LONGEST_DAYS, Model


class Retention(Model):
    """How long data is kept, in days.

    `contacts_days` counts from a contact's beginning, `recordings_days` from the arrival of the recording. Logs are
    kept at least six months (LIC-04), 184 days at most: a year is the first period of CloudWatch Logs that is as long.
    `customers_days` counts from the last change of a customer's record; who has a contact, ticket or service that is
    still kept stays.
    """

    contacts_days: int = Field(ge=1, le=LONGEST_DAYS)
    recordings_days: int = Field(ge=1, le=LONGEST_DAYS)
    customers_days: int = Field(default=3_650, ge=1, le=LONGEST_DAYS)
    logs_days: Literal[365, 400, 545, 731]
