"""The operations of the capability audit. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.audit import api
from cli.client.operation import Nothing, Operation

ENTRIES: Final = Operation("GET", "/v1/audit", api.AuditQuery, Nothing, api.AuditView)
CHAIN: Final = Operation("GET", "/v1/audit/chain", api.ChainQuery, Nothing, api.ChainView)
