"""The operations of the capability metrics. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.metrics import api, targets_api, views
from cli.client.operation import Nothing, Operation

REPORT: Final = Operation("GET", "/v1/kpis", api.KpiQuery, Nothing, views.ReportView)
RESULTS: Final = Operation("GET", "/v1/kpis/targets", targets_api.TargetQuery, Nothing, targets_api.ResultsView)
