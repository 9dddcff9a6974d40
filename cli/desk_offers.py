"""What an agent's desk is offered by the tenant's REST API: calls that ring at several desks at once (ACD-04)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from chalicelib.access.models import Role
from cli import api, aws, tokens
from cli.http import JsonClient, Refused

EVERY_S: Final = 1.0
"""A terminal asks this often; a desktop of a floor asks every five seconds at most."""
_UNAUTHORIZED: Final = 401


@dataclass(slots=True)
class DeskOffers:
    """The offers of one agent. `connect` makes a client with a new token: one lives an hour."""

    connect: Callable[[], JsonClient]
    every_s: float = EVERY_S
    _http: JsonClient | None = None
    _asked_at_s: float = float("-inf")
    _known: tuple[Mapping[str, Any], ...] = field(default=())

    def now(self) -> tuple[Mapping[str, Any], ...]:
        """Return what is offered now, as of the last second.

        Raises:
            Refused: the API did not answer; it is asked again after a second, until when the last answer counts.

        """
        if time.monotonic() - self._asked_at_s >= self.every_s:
            self._asked_at_s = time.monotonic()
            self._known = tuple(self._ask(lambda http: http.get("/v1/offers"))["offers"])
        return self._known

    def take(self, contact_id: str) -> None:
        """Accept a contact.

        Raises:
            Refused: another agent was first, the caller is gone, or it is too late.

        """
        self._ask(lambda http: http.post(f"/v1/offers/{quote(contact_id, safe='')}", {"do": "accept"}))
        self._known = ()

    def _ask(self, request: Callable[[JsonClient], Any]) -> Any:
        self._http = self._http or self.connect()
        try:
            return request(self._http)
        except Refused as refusal:
            if refusal.http_status != _UNAUTHORIZED:
                raise
            self._http = self.connect()
            return request(self._http)


def of_agent(tenant: str, name: str, url: str) -> DeskOffers:
    """Return the offers of an agent of a tenant of the local cloud."""

    def connect() -> JsonClient:
        stack = aws.stack(tenant, url)
        token = tokens.token(stack, url, username=name, group=Role.AGENT)
        return JsonClient(api.base_address(stack, url), {"Authorization": token})

    return DeskOffers(connect)
