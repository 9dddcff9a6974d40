"""Customers: which of several customers a contact is with, said by the agent (CRM-03).

The choice is an attribute of the contact in Amazon Connect, where the flow's own finding stands too: it goes along with
transfers, and is in the contact record. After the contact has ended the record comes again with it (3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.audit.models import Act, Actor, Noting
from chalicelib.customers.record import Customer
from chalicelib.customers.registry import Registry
from chalicelib.identity.models import ATTRIBUTE, OF_CUSTOMER, Level
from chalicelib.organisation.service import Sight
from chalicelib.platform.dynamo import error_code, store_errors
from chalicelib.platform.errors import NotFound
from chalicelib.platform.flow_door import NONE

UNPROVED: Final = {ATTRIBUTE: Level.IDENTIFIED.value, OF_CUSTOMER: NONE}
_GONE: Final = frozenset({"ResourceNotFoundException", "InvalidParameterException"})


class Connect(Protocol):
    """Port: the calls of an Amazon Connect client that this makes."""

    def get_contact_attributes(self, **request: Any) -> Mapping[str, Any]:
        """Return the attributes of a contact."""

    def update_contact_attributes(self, **request: Any) -> Mapping[str, Any]:
        """Set attributes of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Says whom a contact of one tenant is with."""

    registry: Registry
    connect: Connect
    instance_id: str
    trail: Noting

    def choose(self, contact_id: str, customer_id: str, by: Actor, *, seen: Sight | None = None) -> Customer:
        """Let the contact be one with the customer, and return the customer.

        The entry of the trail is written before: it says what was asked. No contact is given a customer without one.
        Whom another customer was verified as proves nothing of this one: the level falls (IDV-02).

        Raises:
            NotFound: there is no such customer within sight, or no such contact.
            Merged: the record is merged into another one, which is the one to choose.
            StoreUnavailable, Throttled: Amazon Connect or the store could not answer; the request may be made again.

        """
        customer = self.registry.customer(customer_id, seen)
        self.trail.note(
            by, Act(action="screen.choose", resource=f"contacts/{contact_id}", after={"customer": customer_id})
        )
        with store_errors("attributes of the contact"):
            try:
                whom = {"InstanceId": self.instance_id, "InitialContactId": contact_id}
                said = self.connect.get_contact_attributes(**whom)["Attributes"]
                same = said.get("customerId") == customer.record.id
                self.connect.update_contact_attributes(**whom, Attributes=chosen(customer) | ({} if same else UNPROVED))
            except ClientError as error:
                if error_code(error) in _GONE:
                    raise NotFound("Amazon Connect has no such contact") from error
                raise
        return customer


def chosen(customer: Customer) -> dict[str, str]:
    """Return the attributes of a contact with a customer, as the look-up names them."""
    facts = customer.shown
    return {
        "customerKnown": "true",
        "customerId": customer.record.id,
        "customerName": facts.name,
        "grade": facts.grade or NONE,
        "candidates": NONE,
    }
