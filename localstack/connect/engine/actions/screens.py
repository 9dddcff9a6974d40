"""What a person chooses on a screen: views of guides and forms, signing in (2.1)."""

import json

from localstack.connect.engine import attributes
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import ActionFailed, Choice, Chosen, Done, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.providers.views import View
from localstack.connect.engine.registry import Parameters, Performing, action

MAX_INPUT_BYTES = 16_384
"""Data of a view and contact attributes together (2.1)."""
SIGN_IN, SIGNED_IN = "sign-in", "Authenticated"


@action("ShowView")
def show_view(run: FlowRun, parameters: Parameters) -> Performing:
    """Show a view; the result is the action that is chosen, and $.Views holds the form's data."""
    view = _view(run, parameters)
    data = attributes.render_deep(parameters.get("ViewData") or {}, run.tree)
    _fits(run, view, data)
    limit_s = float(_limit(parameters))
    hidden = "TRANSCRIPT" in ((parameters.get("SensitiveDataConfiguration") or {}).get("HideResponseOn") or ())
    run.interacted()
    run.tell("view", f"Sees the view {view.name}", view=view.name, data=data)
    chosen: Chosen = yield Choice(limit_s=limit_s, what=view.name, hidden=hidden)
    if chosen.action is None:
        error, why = "TimeLimitExceeded", "nothing was chosen in time"
        raise ActionFailed(error, why)
    if view.actions and chosen.action not in view.actions:
        why = f"view {view.name} has no action {chosen.action}, only {', '.join(view.actions)}"
        raise failed(why)
    run.frame.loaded["Views"] = {"Action": chosen.action, "ViewResultData": dict(chosen.data)}
    return Done(chosen.action)


def _view(run: FlowRun, parameters: Parameters) -> View:
    if run.alone:
        why = "nobody is there to see a view"
        raise failed(why)
    wanted = run.whole((parameters.get("ViewResource") or {}).get("Id"), "the view")
    found = run.world.providers(run.contact.instance).views.find(wanted)
    if found is None:
        why = f"there is no view {wanted}"
        raise failed(why)
    return found


def _fits(run: FlowRun, view: View, data: object) -> None:
    given = data if isinstance(data, dict) else {}
    missing = [name for name in view.inputs if name not in given]
    if missing:
        why = f"view {view.name} must be given {', '.join(missing)}"
        raise failed(why)
    size_bytes = len(json.dumps([data, run.contact.attributes], ensure_ascii=False).encode())
    if size_bytes > MAX_INPUT_BYTES:
        why = f"the data of the view and the contact attributes are {size_bytes} bytes, at most {MAX_INPUT_BYTES} fit"
        raise failed(why)


def _limit(parameters: Parameters) -> int:
    limit = text(parameters.get("InvocationTimeLimitSeconds"))
    if not limit.isdecimal() or int(limit) < 1:
        why = f"InvocationTimeLimitSeconds is {limit!r}"
        raise failed(why)
    return int(limit)


@action("AuthenticateParticipant")
def authenticate(run: FlowRun, _parameters: Parameters) -> Performing:
    """Ask the customer of a chat to sign in; nobody has published the parameters, so none is read.

    Choosing `Authenticated` (data: CustomerId) signs in; anything else, and letting the time go by, is the error.
    """
    if run.alone:
        why = "nobody is there to sign in"
        raise failed(why)
    run.interacted()
    run.tell("view", "Is asked to sign in", view=SIGN_IN)
    chosen: Chosen = yield Choice(limit_s=run.world.settings.sign_in_limit_s, what=SIGN_IN)
    if chosen.action != SIGNED_IN:
        why = f"the customer has not signed in ({chosen.action or 'no answer in time'})"
        raise failed(why)
    customer = chosen.data.get("CustomerId")
    status = {"Status": "AUTHENTICATED", **({"AssociatedCustomerId": customer} if customer else {})}
    run.contact.customer_id = customer or run.contact.customer_id
    run.contact.segment_attributes["connect:CustomerAuthentication"] = json.dumps(status, separators=(",", ":"))
    return Done()
