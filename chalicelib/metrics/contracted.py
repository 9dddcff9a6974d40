"""Metrics: what a tenant's contract says of them, in the capability's own words. Pure."""

from datetime import date

from chalicelib.metrics import registry
from chalicelib.metrics.models import Kpi, Target
from chalicelib.metrics.targets import midnight
from chalicelib.tenancy import models as tenancy_models
from chalicelib.tenancy.models import Tenant


def targets(tenant: Tenant) -> tuple[Target, ...]:
    """Return every version of what the client holds the outsourcer to; dates become instants of the tenant's zone."""
    zone = tenancy_models.zone(tenant.time_zone)
    return tuple(
        Target(
            kpi=each.kpi,
            direction=each.direction,
            target=each.target,
            window=each.window,
            warning=each.warning,
            consequence=each.consequence,
            since=midnight(date.fromisoformat(each.effective_from), zone) if each.effective_from else None,
            till=midnight(date.fromisoformat(each.effective_until), zone) if each.effective_until else None,
        )
        for each in tenant.kpi_targets
    )


def kpis(tenant: Tenant) -> tuple[Kpi, ...]:
    """Return the registry's KPIs, the service level in the variant of the tenant's contract."""
    return registry.kpis(tenant.kpis.service_level)
