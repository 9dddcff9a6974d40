"""The operations of the capability people. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.people import api
from cli.client.operation import Nothing, Operation

PEOPLE: Final = Operation("GET", "/v1/people", api.PeopleQuery, Nothing, api.PeopleView)
PERSON: Final = Operation("PUT", "/v1/people/{user}", Nothing, api.PlaceBody, api.PlacedView)
