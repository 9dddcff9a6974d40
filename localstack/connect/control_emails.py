"""The control API of e-mails: write one as a customer, and read it. An agent answers by the deed `reply`."""

from collections.abc import Mapping
from typing import Any

from localstack.connect import control_requests
from localstack.connect.control_agents import Do, Route
from localstack.connect.control_chats import flow_of, texts
from localstack.connect.control_deeds import Body
from localstack.connect.control_requests import BadRequest, field
from localstack.connect.directory import Directory, EmailAddress, Flow, Instance
from localstack.connect.engine.email import HTML, PLAIN, Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.world import World


class EmailRoutes:
    """Routes below /connect/emails."""

    def __init__(self, directory: Directory, do: Do) -> None:
        self._directory = directory
        self._do = do

    def routes(self) -> list[tuple[str, str, Route]]:
        """Method, path and answer."""
        return [
            ("POST", "/connect/emails", self._write),
            ("GET", "/connect/emails", self._list),
            ("GET", "/connect/emails/(?P<id>[^/]+)", self._read),
        ]

    async def _write(self, _parts: Mapping[str, str], body: Body) -> Any:
        instance = control_requests.only_instance(self._directory, field(body, "instance", str, default=None))
        plan = _plan(instance, body)

        def receive(world: World) -> dict[str, Any]:
            return {"contact_id": world.emails.receive(instance, plan).id}

        return await self._do(receive)

    async def _list(self, _parts: Mapping[str, str], _body: Body) -> Any:
        return await self._do(_listed)

    async def _read(self, parts: Mapping[str, str], _body: Body) -> Any:
        return await self._do(lambda world: _told(world, parts["id"]))


def _plan(instance: Instance, body: Body) -> EmailPlan:
    kind = field(body, "content_type", str, default=PLAIN)
    if kind not in (PLAIN, HTML):
        msg = f"content_type is {kind!r}, expected {PLAIN} or {HTML}"
        raise BadRequest(msg)
    email = Email(
        sender=Address(field(body, "from", str), field(body, "name", str, default="")),
        recipient=Address(field(body, "to", str)),
        subject=field(body, "subject", str),
        body=field(body, "body", str),
        content_type=kind,
    )
    return EmailPlan(flow=_flow(instance, body), email=email, attributes=texts(body, "attributes"))


def _flow(instance: Instance, body: Body) -> Flow:
    """The flow that is named, else that of the address."""
    to = instance.named(EmailAddress, field(body, "to", str))
    primary = instance.email_addresses.get(to.forwards_to or to.id) if to else None
    named = field(body, "flow", str, default=primary.flow_id if primary else None)
    if named is None:
        msg = "flow is needed: none is tied to the address"
        raise BadRequest(msg)
    return flow_of(instance, named)


def _listed(world: World) -> dict[str, Any]:
    """Every message that the engine remembers, oldest first."""
    return {
        "emails": [
            {
                "contact_id": one.id,
                "method": one.initiation_method,
                "from": one.email.sender.address,
                "to": one.email.recipient.address,
                "subject": one.email.subject,
                "body": one.email.body,
                "state": str(one.state),
            }
            for one in world.contacts.values()
            if one.email is not None
        ]
    }


def _told(world: World, contact_id: str) -> dict[str, Any]:
    contact = world.contacts.get(contact_id)
    if contact is None or contact.email is None:
        msg = f"there is no e-mail {contact_id}"
        raise LookupError(msg)
    replies = [one for one in world.contacts.values() if one.related is contact and one.email is not None]
    return {
        "contact_id": contact.id,
        "segments": [segment.id for segment in contact.segments],
        "state": str(contact.latest.state),
        "subject": contact.email.subject,
        "body": contact.email.body,
        "plain": contact.email.plain,
        "replies": [_reply(one.id, one.email) for one in replies if one.email is not None],
    }


def _reply(contact_id: str, email: Email) -> dict[str, Any]:
    return {"contact_id": contact_id, "to": email.recipient.address, "subject": email.subject, "body": email.body}
