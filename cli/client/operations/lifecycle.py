"""The operations of the capability lifecycle. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.lifecycle import api
from cli.client.operation import Nothing, Operation

TENANT: Final = Operation("GET", "/v1/tenant", Nothing, Nothing, api.TenantView)
EVIDENCE: Final = Operation("POST", "/v1/tenant/evidence", Nothing, api.EvidenceBody, api.TenantView, keyed=True)
TRANSITIONS: Final = Operation(
    "POST", "/v1/tenant/transitions", Nothing, api.TransitionBody, api.TenantView, keyed=True
)
