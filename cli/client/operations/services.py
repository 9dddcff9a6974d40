"""The operations of the capability services. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.services import views
from cli.client.operation import Nothing, Operation

SERVICES: Final = Operation("GET", "/v1/services", views.ServiceQuery, Nothing, views.ServicePageView)
ENTER_SERVICE: Final = Operation("POST", "/v1/services", Nothing, views.NewServiceBody, views.ServiceView, keyed=True)
FORGET_SERVICE: Final = Operation("DELETE", "/v1/services/{service_id}", views.SeenQuery, Nothing, views.GoneView)
SERVICE: Final = Operation("GET", "/v1/services/{service_id}", Nothing, Nothing, views.ServiceView)
EDIT_SERVICE: Final = Operation("PUT", "/v1/services/{service_id}", Nothing, views.ServiceBody, views.ServiceView)
