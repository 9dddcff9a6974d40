"""The operations of the capability contacts. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.contacts import api
from cli.client.operation import Nothing, Operation

CONTACTS: Final = Operation("GET", "/v1/contacts", api.ContactQuery, Nothing, api.PageView)
CONTACT: Final = Operation("GET", "/v1/contacts/{contact_id}", Nothing, Nothing, api.ContactView)
