"""Qualifications: how its parts are put together for a process, from its environment."""

from collections.abc import Mapping

from chalicelib.audit import service as audit
from chalicelib.platform import aws, clock, settings
from chalicelib.qualifications.floor import Floor
from chalicelib.qualifications.gate import Gate
from chalicelib.qualifications.service import Qualifications
from chalicelib.qualifications.store import Results
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import local_time


def gate(environment: Mapping[str, str]) -> Gate:
    """Return the gate of this process's tenant.

    Raises:
        BadSetting: a variable is missing or malformed; it is named.

    """
    tenant, now = tenancy.current(), clock.from_environment()
    instance_id = settings.instance_id(environment)
    floor = Floor(aws.client("connect"), instance_id, settings.text_map(environment, "TRUNKLINE_PROFILES"))
    return Gate(
        floor=floor,
        kept=_results(environment),
        trail=audit.trail(),
        qualifications=tenant.qualifications,
        today=lambda: local_time(now(), tenant.time_zone).date(),
    )


def qualifications(environment: Mapping[str, str]) -> Qualifications:
    """Return the use-case of this process's tenant.

    Raises:
        BadSetting: a variable is missing or malformed; it is named.

    """
    tenant = tenancy.current()
    return Qualifications(
        kept=_results(environment),
        gate=gate(environment),
        qualifications=tenant.qualifications,
        time_zone=tenant.time_zone,
        now=clock.from_environment(),
    )


def _results(environment: Mapping[str, str]) -> Results:
    table = settings.StoreSettings.load(environment).table
    return Results(aws.client("dynamodb", aws.A_PERSON_WAITS), table, tenancy.current().id, audit.trail())
