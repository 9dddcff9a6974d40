"""The operations of the capability offers. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.offers import api
from cli.client.operation import Nothing, Operation

OFFERS: Final = Operation("GET", "/v1/offers", Nothing, Nothing, api.OffersView)
ACCEPT: Final = Operation("POST", "/v1/offers/{contact_id}", Nothing, api.AcceptBody, api.OfferView, keyed=True)
