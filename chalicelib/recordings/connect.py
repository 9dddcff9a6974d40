"""Recordings: what is asked of Amazon Connect. Facts of a live contact, and its recording switched (9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.platform.connect_errors import contact_errors
from chalicelib.platform.dynamo import error_code
from chalicelib.recordings.models import Deed, NotSo

_REFUSED: Final = "InvalidRequestException"


class Client(Protocol):
    """Port: the calls of an Amazon Connect client that this needs."""

    def describe_contact(self, **request: Any) -> Mapping[str, Any]:
        """Return a contact."""

    def get_contact_attributes(self, **request: Any) -> Mapping[str, Any]:
        """Return the attributes of a chain."""

    def start_contact_recording(self, **request: Any) -> Mapping[str, Any]:
        """Record from here on."""

    def stop_contact_recording(self, **request: Any) -> Mapping[str, Any]:
        """End the recording; it cannot be begun again."""

    def suspend_contact_recording(self, **request: Any) -> Mapping[str, Any]:
        """Leave out what follows."""

    def resume_contact_recording(self, **request: Any) -> Mapping[str, Any]:
        """Record again."""


@dataclass(frozen=True, slots=True)
class Live:
    """A contact that Amazon Connect knows: the first one of its chain, and the chain's attributes."""

    initial_id: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Switch:
    """Amazon Connect's side of one instance."""

    client: Client
    instance_id: str

    def contact(self, contact_id: str) -> Live:
        """Return a contact with what its flows have noted.

        Raises:
            NotFound: Amazon Connect knows no such contact.
            Throttled, StoreUnavailable: it did not tell.

        """
        place = {"InstanceId": self.instance_id}
        told = self._ask("the contact", self.client.describe_contact, {**place, "ContactId": contact_id})["Contact"]
        initial_id = str(told.get("InitialContactId") or contact_id)
        request = {**place, "InitialContactId": initial_id}
        attributes = self._ask("what the contact carries", self.client.get_contact_attributes, request)["Attributes"]
        return Live(initial_id, attributes)

    def turn(self, deed: Deed, contact_id: str, initial_id: str) -> None:
        """Do `deed` to the recording of the contact.

        Raises:
            NotSo: it is not being recorded, or is already; or no agent is on it.
            NotFound: Amazon Connect knows no such contact any more.
            Throttled, StoreUnavailable: it did not do it.

        """
        request: dict[str, Any] = {
            "InstanceId": self.instance_id,
            "ContactId": contact_id,
            "InitialContactId": initial_id,
        }
        if deed is Deed.START:
            request["VoiceRecordingConfiguration"] = {"VoiceRecordingTrack": "ALL"}
        calls = {
            Deed.START: self.client.start_contact_recording,
            Deed.STOP: self.client.stop_contact_recording,
            Deed.SUSPEND: self.client.suspend_contact_recording,
            Deed.RESUME: self.client.resume_contact_recording,
        }
        self._ask(f"{deed} a recording", calls[deed], request)

    def _ask(self, what: str, call: Callable[..., Mapping[str, Any]], request: Mapping[str, Any]) -> Mapping[str, Any]:
        with contact_errors(what):
            try:
                return call(**request)
            except ClientError as exc:
                if error_code(exc) == _REFUSED:
                    raise NotSo(f"{what}: Amazon Connect refuses it in the contact's state") from exc
                raise
