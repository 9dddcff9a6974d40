"""The operations of the capability approvals. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.approvals import api
from cli.client.operation import Nothing, Operation

APPROVALS: Final = Operation("GET", "/v1/approvals", api.ApprovalQuery, Nothing, api.ApprovalsView)
DECIDE: Final = Operation("PUT", "/v1/approvals/{approval_id}", Nothing, api.DecisionBody, api.ApprovalView)
