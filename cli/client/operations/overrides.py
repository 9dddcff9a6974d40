"""The operations of the capability overrides. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.overrides import api
from cli.client.operation import Nothing, Operation

ROUTING: Final = Operation("GET", "/v1/routing", Nothing, Nothing, api.RoutingView)
SWITCH_HEAD_START: Final = Operation("PUT", "/v1/routing/head-start", Nothing, api.SwitchBody, api.RoutingView)
RETURN_BOUNDS: Final = Operation("DELETE", "/v1/routing/overflow/{chain}", api.SeenQuery, Nothing, api.RoutingView)
CHANGE_BOUNDS: Final = Operation("PUT", "/v1/routing/overflow/{chain}", Nothing, api.BoundsBody, api.RoutingView)
RETURN_STRATEGY: Final = Operation(
    "DELETE", "/v1/routing/queues/{queue}/strategy", api.SeenQuery, Nothing, api.QueueView
)
STRATEGY: Final = Operation("GET", "/v1/routing/queues/{queue}/strategy", Nothing, Nothing, api.QueueView)
CHANGE_STRATEGY: Final = Operation(
    "PUT", "/v1/routing/queues/{queue}/strategy", Nothing, api.StrategyBody, api.QueueView
)
SWITCH_RULE: Final = Operation("PUT", "/v1/routing/rules/{rule}", Nothing, api.SwitchBody, api.RoutingView)
