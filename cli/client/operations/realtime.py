"""The operations of the capability realtime. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.realtime import api
from cli.client.operation import Nothing, Operation

REALTIME: Final = Operation("GET", "/v1/realtime", Nothing, Nothing, api.RealtimeView)
