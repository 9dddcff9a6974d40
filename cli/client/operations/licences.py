"""The operations of the capability licences. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.licences import api
from cli.client.operation import Nothing, Operation

PAPERS: Final = Operation("GET", "/v1/papers", api.PapersQuery, Nothing, api.PapersView)
