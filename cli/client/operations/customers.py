"""The operations of the capability customers. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.customers import screen_api, timeline_views, views
from cli.client.operation import Nothing, Operation

CHOOSE: Final = Operation(
    "PUT", "/v1/contacts/{contact_id}/customer", Nothing, screen_api.ChoiceBody, screen_api.ChoiceView
)
DRAFT: Final = Operation("GET", "/v1/contacts/{contact_id}/draft", Nothing, Nothing, screen_api.EnteredView)
ENTER: Final = Operation(
    "PUT", "/v1/contacts/{contact_id}/draft", Nothing, screen_api.EnteredBody, screen_api.EnteredView
)
POP: Final = Operation("GET", "/v1/contacts/{contact_id}/pop", screen_api.PopQuery, Nothing, screen_api.PopView)
CUSTOMERS: Final = Operation("GET", "/v1/customers", views.CustomerQuery, Nothing, views.PageView)
CREATE_CUSTOMER: Final = Operation(
    "POST", "/v1/customers", Nothing, views.NewCustomerBody, views.CustomerView, keyed=True
)
FORGET_CUSTOMER: Final = Operation(
    "DELETE", "/v1/customers/{customer_id}", views.SeenQuery, Nothing, views.ForgottenView
)
CUSTOMER: Final = Operation("GET", "/v1/customers/{customer_id}", Nothing, Nothing, views.CustomerView)
EDIT_CUSTOMER: Final = Operation("PUT", "/v1/customers/{customer_id}", Nothing, views.CustomerBody, views.CustomerView)
TIMELINE: Final = Operation(
    "GET", "/v1/customers/{customer_id}/contacts", timeline_views.TimelineQuery, Nothing, timeline_views.TimelineView
)
MERGE_CUSTOMERS: Final = Operation(
    "POST", "/v1/customers/{customer_id}/merged", Nothing, views.MergeBody, views.CustomerView, keyed=True
)
UNMERGE_CUSTOMERS: Final = Operation(
    "DELETE", "/v1/customers/{customer_id}/merged/{absorbed}", Nothing, Nothing, views.CustomerView
)
