"""The operations of the capability qualifications. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.qualifications import api
from cli.client.operation import Nothing, Operation

STANDING: Final = Operation("GET", "/v1/qualifications", api.AgentQuery, Nothing, api.StandingView)
RECORD: Final = Operation("POST", "/v1/qualifications", Nothing, api.ResultBody, api.StandingView, keyed=True)
