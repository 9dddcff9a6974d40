"""The operations of the capability callbacks. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.callbacks import api
from cli.client.operation import Nothing, Operation

CALLBACKS: Final = Operation("GET", "/v1/callbacks", api.CallbackQuery, Nothing, api.CallbacksView)
