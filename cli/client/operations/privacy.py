"""The operations of the capability privacy. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.privacy import api, requests_api
from cli.client.operation import Nothing, Operation

PRIVACY: Final = Operation("GET", "/v1/privacy", Nothing, Nothing, api.PrivacyView)
HOLDS: Final = Operation("GET", "/v1/privacy/holds", Nothing, Nothing, requests_api.HoldsView)
HOLD: Final = Operation("POST", "/v1/privacy/holds", Nothing, requests_api.HoldBody, requests_api.HoldView, keyed=True)
END_HOLD: Final = Operation("DELETE", "/v1/privacy/holds/{hold_id}", Nothing, Nothing, requests_api.HoldView)
REQUESTS: Final = Operation("GET", "/v1/privacy/requests", Nothing, Nothing, requests_api.RequestsView)
ASK: Final = Operation(
    "POST", "/v1/privacy/requests", Nothing, requests_api.RequestBody, requests_api.RequestView, keyed=True
)
REQUEST: Final = Operation("GET", "/v1/privacy/requests/{request_id}", Nothing, Nothing, requests_api.RequestView)
PACKAGE: Final = Operation(
    "GET", "/v1/privacy/requests/{request_id}/package", Nothing, Nothing, requests_api.PackageView
)
