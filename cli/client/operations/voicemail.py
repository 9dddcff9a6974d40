"""The operations of the capability voicemail. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.voicemail import api
from cli.client.operation import Nothing, Operation

VOICEMAILS: Final = Operation("GET", "/v1/voicemails", api.MessageQuery, Nothing, api.MessagesView)
VOICEMAIL: Final = Operation("GET", "/v1/voicemails/{message_id}", Nothing, Nothing, api.MessageView)
CLOSE: Final = Operation(
    "POST", "/v1/voicemails/{message_id}/close", Nothing, api.CloseBody, api.MessageView, keyed=True
)
