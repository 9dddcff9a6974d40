"""The operations of the capability privacy. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.privacy import api
from cli.client.operation import Nothing, Operation

PRIVACY: Final = Operation("GET", "/v1/privacy", Nothing, Nothing, api.PrivacyView)
