"""Identity: what is asked of Amazon Connect. Which chain a contact belongs to, and the level noted on it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.identity.models import ATTRIBUTE, OF_CUSTOMER, Chain, Level
from chalicelib.platform.connect_errors import contact_errors

NOBODY: Final = "none"


class Client(Protocol):
    """Port: the calls of an Amazon Connect client that this needs."""

    def describe_contact(self, **request: Any) -> Mapping[str, Any]:
        """Return a contact."""

    def get_contact_attributes(self, **request: Any) -> Mapping[str, Any]:
        """Return the attributes of a contact."""

    def update_contact_attributes(self, **request: Any) -> Mapping[str, Any]:
        """Set attributes of a contact."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Amazon Connect's side of one instance."""

    client: Client
    instance_id: str

    def chain(self, contact_id: str) -> Chain:
        """Return the chain of a contact.

        Raises:
            NotFound: Amazon Connect knows no such contact.
            Throttled, StoreUnavailable: it did not tell.

        """
        told = self._ask(self.client.describe_contact, ContactId=contact_id)["Contact"]
        said = self._ask(self.client.get_contact_attributes, InitialContactId=contact_id)["Attributes"]
        found = str(said.get("customerId") or NOBODY)
        return Chain(
            initial_id=str(told.get("InitialContactId") or contact_id),
            customer_id=None if found == NOBODY else found,
            number=(told.get("CustomerEndpoint") or {}).get("Address"),
            candidates=_candidates(str(said.get("candidates") or NOBODY)),
        )

    def note(self, contact_id: str, level: Level, customer_id: str) -> None:
        """Write the level onto the contact, and as whom the caller is verified.

        Raises:
            NotFound: Amazon Connect knows no such contact any more.
            Throttled, StoreUnavailable: it was not written.

        """
        whom = customer_id if level is Level.VERIFIED else NOBODY
        noted = {ATTRIBUTE: level.value, OF_CUSTOMER: whom}
        self._ask(self.client.update_contact_attributes, InitialContactId=contact_id, Attributes=noted)

    def _ask(self, call: Callable[..., Mapping[str, Any]], **request: Any) -> Mapping[str, Any]:
        with contact_errors("identify a caller"):
            return call(InstanceId=self.instance_id, **request)


def _candidates(text: str) -> tuple[str, ...]:
    """Return the ids of the candidates as the look-up gives them to the flow: rows that begin with one."""
    return () if text == NOBODY else tuple(str(row[0]) for row in json.loads(text))
