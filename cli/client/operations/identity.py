"""The operations of the capability identity. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.identity import api
from cli.client.operation import Nothing, Operation

GUIDE: Final = Operation("GET", "/v1/contacts/{contact_id}/identity", Nothing, Nothing, api.GuideView)
ANSWER: Final = Operation("PUT", "/v1/contacts/{contact_id}/identity/answer", Nothing, api.AnswerBody, api.GuideView)
ASK: Final = Operation("PUT", "/v1/contacts/{contact_id}/identity/question", Nothing, api.AskBody, api.GuideView)
