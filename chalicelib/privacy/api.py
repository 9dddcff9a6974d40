"""Privacy: REST. What personal data is kept for, how long, and who answers for it."""

from chalice.app import Blueprint, Response
from pydantic import BaseModel

from chalicelib.access import service as access
from chalicelib.platform import http_door
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.classification import RULES
from chalicelib.privacy.models import terms
from chalicelib.privacy.retention import KEPT
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

bp = Blueprint(__name__)
door = access.Door(bp)


class PurposeView(BaseModel):
    """A kind of fields: what they say, what they are collected for, and whether they are erased on request."""

    kind: str
    says: str
    purpose: str
    erased: str


class KeptView(BaseModel):
    """How long something is kept: `days` from an event on, or, where no clock ends it, `why`."""

    what: str
    days: int | None
    counted_from: str
    why: str


class ResponsibleView(BaseModel):
    """A named person who answers for the duties, and where that person is reached."""

    person: str
    role: str
    reached_by: str
    duties: list[str]


class PrivacyView(BaseModel):
    """What the tenant says of personal data."""

    tenant: str
    purposes: list[PurposeView]
    kept: list[KeptView]
    responsible: list[ResponsibleView]


def view(tenant: Tenant) -> PrivacyView:
    """Return what a tenant says of personal data, as the API shows it."""
    said = terms(tenant.privacy)
    return PrivacyView(
        tenant=tenant.id,
        purposes=[
            PurposeView(kind=kind.value, says=rule.says, purpose=rule.purpose, erased=rule.erased)
            for kind, rule in RULES.items()
        ],
        kept=[
            KeptView(what=one.what, days=one.period_days(said.retention), counted_from=one.counted_from, why=one.why)
            for one in KEPT
        ],
        responsible=[
            ResponsibleView(person=one.name, role=one.role, reached_by=one.reached_at, duties=list(one.duties))
            for one in said.responsible
        ],
    )


@bp.route("/v1/privacy", methods=["GET"], authorizer=AUTHORIZER)
@door("privacy.read", answers=PrivacyView)
def privacy() -> Response:
    """Answer what personal data is kept for, how long, and who answers for it."""
    return http_door.json_response(view(tenancy.current()).model_dump(mode="json"))
