"""Callbacks: what is asked of Amazon Connect. The contact of a callback that nobody needs now is stopped (11.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.platform.dynamo import error_code, store_errors

METHOD: Final = "CALLBACK"
MOST: Final = 24
"""Contacts of a chain that are asked for: it has at most twelve, and consultations besides."""
_OVER: Final = frozenset({"ContactNotFoundException", "InvalidRequestException", "ResourceNotFoundException"})
"""What Amazon Connect answers of a contact that is over, or that it does not know."""


class Client(Protocol):
    """Port: the calls of an Amazon Connect client that this needs."""

    def list_associated_contacts(self, **request: Any) -> Mapping[str, Any]:
        """Return the contacts that came of one."""

    def stop_contact(self, **request: Any) -> Mapping[str, Any]:
        """End a contact."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The callbacks of one instance that Amazon Connect has planned, or keeps in its queues."""

    client: Client
    instance_id: str

    def withdraw(self, contact_id: str) -> int:
        """Stop the callbacks that were asked for in this very contact; return how many were still to be made.

        One that is asked for in another contact of the chain stays, and so does the call back itself, when that is
        transferred.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not answer; what is stopped so far is stopped.

        """
        return sum(self._stop(found) for found in self._made_in(contact_id))

    def _made_in(self, contact_id: str) -> Iterator[str]:
        asked = {"InstanceId": self.instance_id, "ContactId": contact_id, "MaxResults": MOST}
        with store_errors("find the callback of a contact"):
            rows = self.client.list_associated_contacts(**asked)["ContactSummaryList"]
        for row in rows:
            is_made_here = row.get("PreviousContactId") == contact_id and row.get("DisconnectTimestamp") is None
            if row.get("InitiationMethod") == METHOD and is_made_here:
                yield row["ContactId"]

    def _stop(self, contact_id: str) -> bool:
        with store_errors("stop a callback"):
            try:
                self.client.stop_contact(InstanceId=self.instance_id, ContactId=contact_id)
            except ClientError as exc:
                if error_code(exc) not in _OVER:
                    raise
                return False
        return True
