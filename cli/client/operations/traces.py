"""The operations of the capability traces. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.traces import api
from cli.client.operation import Nothing, Operation

TRACE: Final = Operation("GET", "/v1/contacts/{contact_id}/trace", Nothing, Nothing, api.TraceView)
