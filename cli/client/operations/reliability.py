"""The operations of the capability reliability. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.reliability import api
from cli.client.operation import Nothing, Operation

DEPENDENCIES: Final = Operation("GET", "/v1/health/dependencies", Nothing, Nothing, api.LookView)
SLO: Final = Operation("GET", "/v1/slo", api.SloQuery, Nothing, api.ScorecardView)
