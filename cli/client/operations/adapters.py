"""The operations of the capability adapters. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.adapters import api
from cli.client.operation import Nothing, Operation

ADAPTERS: Final = Operation("GET", "/v1/adapters", Nothing, Nothing, api.AdaptersView)
LOOK_UP: Final = Operation("GET", "/v1/adapters/{adapter_id}/customers", api.LookUpQuery, Nothing, api.FoundView)
ERRORS: Final = Operation("GET", "/v1/adapters/{adapter_id}/errors", api.ErrorQuery, Nothing, api.ErrorPageView)
DECIDE: Final = Operation(
    "POST", "/v1/adapters/{adapter_id}/errors/{customer_id}", Nothing, api.DecisionBody, api.DecidedView, keyed=True
)
RUN: Final = Operation("POST", "/v1/adapters/{adapter_id}/rounds", Nothing, Nothing, api.RoundView, keyed=True)
