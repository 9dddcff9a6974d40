"""The operations of the capability description. Made of the routes by `trunkline api client`."""

from typing import Final

from cli.client.operation import Document, Nothing, Operation

DESCRIBED: Final = Operation("GET", "/v1/openapi.json", Nothing, Nothing, Document)
