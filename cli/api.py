"""What commands ask of a tenant's REST API, through the local cloud's gateway, with a real token."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from chalicelib.access.models import Role
from chalicelib.contacts.api import ContactQuery
from chalicelib.lifecycle.api import EvidenceBody, TransitionBody
from chalicelib.metrics.api import KpiQuery
from chalicelib.platform.instants import instant
from cli import aws, tokens
from cli.client.client import ApiRefusal, Client
from cli.client.operations import contacts, lifecycle, metrics
from cli.http import JsonClient

NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class Api:
    """The REST API of one tenant: the operations that commands need, their answers as the rows that they print."""

    http: JsonClient

    @property
    def client(self) -> Client:
        """Every operation of the API, typed."""
        return Client(self.http)

    def contact(self, contact_id: str) -> dict[str, Any] | None:
        """Return the stored contact, None while there is none."""
        try:
            return _row(self.client.send(contacts.CONTACT, contact_id=contact_id))
        except ApiRefusal as refusal:
            if refusal.problem.status == NOT_FOUND:
                return None
            raise

    def contacts(self, **query: str) -> list[dict[str, Any]]:
        """Return the first page of contacts by `caller`, `agent` or `on`, narrowed by the other parameters."""
        page = self.client.send(contacts.CONTACTS, query=ContactQuery.model_validate(query))
        return [_row(one) for one in page.contacts]

    def kpis(self, start: dt.datetime, end: dt.datetime, *, by: str = "queue", interval: str = "") -> dict[str, Any]:
        """Return counters and KPIs of the contacts booked in [start, end), grouped by queue, line, number or tenant."""
        asked = {"from": instant(start), "to": instant(end), "by": by, **({"interval": interval} if interval else {})}
        return _row(self.client.send(metrics.REPORT, query=KpiQuery.model_validate(asked)))

    def tenant(self) -> dict[str, Any]:
        """Return state, gates and history of the tenant."""
        return _row(self.client.send(lifecycle.TENANT))

    def record_evidence(self, gate: str, evidence: str, *, done: bool, request_id: str) -> dict[str, Any]:
        """Record a gate as done, or withdraw it; return what `tenant` then returns. Operations manager."""
        asked = {"gate": gate, "evidence": evidence, "done": done, "request_id": request_id}
        return _row(self.client.send(lifecycle.EVIDENCE, body=EvidenceBody.model_validate(asked)))

    def move(self, to: str, reason: str, *, request_id: str) -> dict[str, Any]:
        """Move the tenant to another state; return what `tenant` then returns. Needs the role operations-manager."""
        asked = {"to": to, "reason": reason, "request_id": request_id}
        return _row(self.client.send(lifecycle.TRANSITIONS, body=TransitionBody.model_validate(asked)))


def _row(answer: BaseModel) -> dict[str, Any]:
    return answer.model_dump(mode="json", by_alias=True, exclude_unset=True)


def base_address(stack: aws.Stack, url: str) -> str:
    """Return where the tenant's REST API answers on the local cloud."""
    return f"{url}/restapis/{stack.output('RestApiId')}/{stack.output('ApiStage')}/_user_request_"


def as_director(stack: aws.Stack, url: str) -> Client:
    """Return a client that carries a token of a user who may do everything with customers."""
    return _of(stack, url, "director", Role.OPERATIONS_DIRECTOR).client


def connect(stack: aws.Stack, url: str) -> Api:
    """Return a client that carries a token of a user who may read everything that the client enterprise may."""
    return _of(stack, url, tokens.USERNAME, Role.CLIENT_SUPERVISOR)


def operator(stack: aws.Stack, url: str) -> Api:
    """Return a client that carries a token of an operations manager."""
    return _of(stack, url, tokens.OPERATOR, Role.OPERATIONS_MANAGER)


def officer(stack: aws.Stack, url: str) -> Api:
    """Return a client that carries a token of a compliance officer."""
    return _of(stack, url, tokens.OFFICER, Role.COMPLIANCE_OFFICER)


def administrator(stack: aws.Stack, url: str) -> Api:
    """Return a client that carries a token of the tenant's administrator."""
    return _of(stack, url, tokens.ADMINISTRATOR, Role.TENANT_ADMINISTRATOR)


def _of(stack: aws.Stack, url: str, username: str, role: Role) -> Api:
    token = tokens.token(stack, url, username=username, group=role)
    return Api(JsonClient(base_address(stack, url), {"Authorization": token}))


def anonymous(stack: aws.Stack, url: str, headers: Mapping[str, str] | None = None) -> Api:
    """Return a client without a token, or with the given headers."""
    return Api(JsonClient(base_address(stack, url), headers or {}))
