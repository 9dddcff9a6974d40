"""Audit: what it hears. Log-ins of the user pool, and what was changed with AWS's own tools, past our API (SEC-03).

Amazon Cognito asks before it gives a token: a log-in whose entry cannot be written fails. What AWS's tools change
(users and their groups, users and flows of Amazon Connect) CloudTrail tells afterwards, at least once: the entry names
the id of CloudTrail's event, by which a repeat is seen.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor, Outcome
from chalicelib.platform import claims, observability
from chalicelib.platform.fields import Unusable
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "note_security_events"
LOG_IN: Final = "log-in"
RENEWED: Final = "log-in.renew"
_RENEWING: Final = "TokenGeneration_RefreshTokens"
_ENTRANCES: Final = frozenset({"InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge"})
"""Operations of Amazon Cognito by which somebody logs in; CloudTrail tells those that failed."""
_SECRETS: Final = ("password", "secret", "token", "authparameters", "challengeresponses")


@bp.lambda_function(name=FUNCTION)
def note_security_events(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the entry of a log-in or of a change that CloudTrail tells; answer the event, as Cognito wants it back."""
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    actor, act = logged_in(event) if "triggerSource" in event else changed(event)
    audit.trail().note(actor, act)
    observability.measure("LogIns" if act.action == LOG_IN else "SecurityEvents")
    observability.end(tenant=tenant, function=FUNCTION, outcome=act.outcome.value)
    return event


def logged_in(event: Mapping[str, Any]) -> tuple[Actor, Act]:
    """Return who logs in, and the act, of a pre-token-generation event of Amazon Cognito."""
    source = str(event["triggerSource"])
    groups = event["request"].get("groupConfiguration", {}).get("groupsToOverride") or ()
    client = str(event.get("callerContext", {}).get("clientId") or "")
    node = str(event["request"].get("userAttributes", {}).get(claims.NODE) or "")
    actor = Actor(user=str(event["userName"]), roles=tuple(map(str, groups)), node=node)
    action = RENEWED if source == _RENEWING else LOG_IN
    return actor, Act(action=action, resource="users/self", facts={"how": source, "client": client})


def changed(event: Mapping[str, Any]) -> tuple[Actor, Act]:
    """Return who called AWS, and the act, of an event that CloudTrail wrote.

    Raises:
        Unusable: it is no such event.

    """
    told = event.get("detail")
    if not isinstance(told, Mapping) or "eventName" not in told:
        raise Unusable("neither a log-in nor an event of CloudTrail", field="detail")
    name, failed = str(told["eventName"]), "errorCode" in told
    service = str(told.get("eventSource", "")).partition(".")[0]
    facts = {"event": str(told.get("eventID", "")), **({"reason": str(told["errorCode"])} if failed else {})}
    act = Act(
        action=LOG_IN if name in _ENTRANCES else f"aws.{service}.{name}",
        resource=_resource(service, told.get("requestParameters") or {}),
        after=_without_secrets(told.get("requestParameters") or {}),
        facts=facts,
        outcome=Outcome.REFUSED if failed else Outcome.DONE,
    )
    return _caller(told), act


def _caller(told: Mapping[str, Any]) -> Actor:
    """Return who called: a person's session where there is one, else the role or service."""
    identity = told.get("userIdentity") or {}
    user = str(identity.get("arn") or identity.get("invokedBy") or identity.get("principalId") or "unknown")
    return Actor(user=user, request_id=str(told.get("requestID", "")), source=str(told.get("sourceIPAddress", "")))


def _resource(service: str, parameters: Mapping[str, Any]) -> str:
    """Return what was acted on: a user by name, else the first id that the parameters name."""
    for name, value in sorted(parameters.items()):
        if name.lower() in {"username", "userid"} and isinstance(value, str):
            return f"users/{value}"
    named = (value for name, value in sorted(parameters.items()) if name.lower().endswith("id"))
    return f"{service}/{next((value for value in named if isinstance(value, str)), '-')}"


def _without_secrets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be kept of the parameters; CloudTrail hides secrets itself, and we do not rely on it."""
    kept = {name: value for name, value in parameters.items() if not any(word in name.lower() for word in _SECRETS)}
    plain: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return plain
