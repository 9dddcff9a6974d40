"""How the client wants its figures: the choices that the KPI registry leaves to a contract (KPI-01). Authoring side."""

from typing import Literal

from chalicelib.tenancy.contract_base import Model


class Kpis(Model):
    """`service_level` is the variant of K03: which abandons and flow-outs count (docs/kpi.md)."""

    service_level: Literal[
        "answered-only",
        "all-offered",
        "short-abandons-excluded",
        "abandons-in-time-met",
        "abandons-in-time-excluded",
        "with-flow-outs",
    ] = "short-abandons-excluded"
