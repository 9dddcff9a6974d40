"""The operations of the capability hours. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.hours import api
from cli.client.operation import Nothing, Operation

LINE_HOURS: Final = Operation("GET", "/v1/lines/{line}/hours", api.HoursQuery, Nothing, api.HoursView)
