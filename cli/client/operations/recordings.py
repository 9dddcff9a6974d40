"""The operations of the capability recordings. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.recordings import api
from cli.client.operation import Nothing, Operation

TURN: Final = Operation("POST", "/v1/contacts/{contact_id}/recording", Nothing, api.DeedBody, api.DoneView, keyed=True)
PLAY: Final = Operation("GET", "/v1/contacts/{contact_id}/recordings/{name}", Nothing, Nothing, api.SignedView)
DOWNLOAD: Final = Operation(
    "GET", "/v1/contacts/{contact_id}/recordings/{name}/download", Nothing, Nothing, api.SignedView
)
VERIFY: Final = Operation(
    "GET", "/v1/contacts/{contact_id}/recordings/{name}/verify", Nothing, Nothing, api.VerdictView
)
RECORDINGS: Final = Operation("GET", "/v1/recordings", api.RecordingQuery, Nothing, api.RecordedPageView)
