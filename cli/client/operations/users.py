"""The operations of the capability users. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.users import api
from cli.client.operation import Nothing, Operation

USERS: Final = Operation("GET", "/v1/users", api.UserQuery, Nothing, api.UsersView)
INVITE: Final = Operation("POST", "/v1/users", Nothing, api.InvitationBody, api.UserView, keyed=True)
USER: Final = Operation("GET", "/v1/users/{user}", Nothing, Nothing, api.UserView)
SETTLE: Final = Operation("PUT", "/v1/users/{user}", Nothing, api.UserBody, api.UserView)
TAKE: Final = Operation("DELETE", "/v1/users/{user}/roles/{role}", Nothing, Nothing, api.UserView)
GRANT: Final = Operation("PUT", "/v1/users/{user}/roles/{role}", Nothing, Nothing, api.UserView)
