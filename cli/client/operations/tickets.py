"""The operations of the capability tickets. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.tickets import api
from cli.client.operation import Nothing, Operation

TICKETS: Final = Operation("GET", "/v1/tickets", api.TicketQuery, Nothing, api.PageView)
OPEN_TICKET: Final = Operation("POST", "/v1/tickets", Nothing, api.OpeningBody, api.FileView, keyed=True)
TICKET: Final = Operation("GET", "/v1/tickets/{number}", Nothing, Nothing, api.FileView)
CONTACTS: Final = Operation("POST", "/v1/tickets/{number}/contacts", Nothing, api.LinkBody, api.FileView, keyed=True)
STEPS: Final = Operation("POST", "/v1/tickets/{number}/steps", Nothing, api.StepBody, api.FileView, keyed=True)
