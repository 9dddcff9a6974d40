"""The operations of the capability completions. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.completions import api
from cli.client.operation import Nothing, Operation

DUE: Final = Operation("GET", "/v1/completions/due", api.DueQuery, Nothing, api.DuePageView)
LISTS: Final = Operation("GET", "/v1/completions/lists", Nothing, Nothing, api.ListsView)
COMPLETION: Final = Operation("GET", "/v1/contacts/{contact_id}/completion", Nothing, Nothing, api.CompletionView)
COMPLETE: Final = Operation(
    "PUT", "/v1/contacts/{contact_id}/completion", Nothing, api.CompletionBody, api.CompletionView
)
