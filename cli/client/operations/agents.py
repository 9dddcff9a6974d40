"""The operations of the capability agents. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.agents import api
from cli.client.operation import Nothing, Operation

AGENTS: Final = Operation("GET", "/v1/agents", Nothing, Nothing, api.LiveView)
STATES: Final = Operation("GET", "/v1/agents/{agent}/states", api.DayQuery, Nothing, api.DayView)
SEATS: Final = Operation("GET", "/v1/seats", api.SeatQuery, Nothing, api.SeatView)
