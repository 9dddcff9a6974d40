"""Cases: made, found, changed, and linked to the contact (2.3)."""

from localstack.connect.engine.document import flag, text
from localstack.connect.engine.effects import ActionFailed, Done, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.providers.cases import Case, Cases, NotLinked
from localstack.connect.engine.registry import Parameters, action


@action("CreateCase")
def create(run: FlowRun, parameters: Parameters) -> Done:
    """Make a case of a template."""
    template = run.whole(parameters.get("CaseTemplateId"), "the case template")
    try:
        made = _of(run).create(run.world.new_id("case"), template, _wanted(run, parameters))
    except ValueError as error:
        raise failed(str(error)) from error
    run.frame.loaded["Case"] = {**made.fields, "case_id": made.id}
    return _linked(run, parameters, made, "is made")


@action("GetCase")
def get(run: FlowRun, parameters: Parameters) -> Done:
    """Find one case by its fields: the only one, or with GetLastUpdatedCase the latest."""
    wanted = _wanted(run, parameters)
    if "CustomerId" in parameters:
        wanted["customer_id"] = run.whole(parameters["CustomerId"], "the customer")
    if not wanted:
        why = "a case is searched by at least one field"
        raise failed(why)
    found = _of(run).search(wanted)
    if not found:
        error, why = "NoneFound", f"no case has {wanted}"
        raise ActionFailed(error, why)
    if len(found) > 1 and not flag(parameters.get("GetLastUpdatedCase")):
        error, why = "MultipleFound", f"{len(found)} cases have {wanted}"
        raise ActionFailed(error, why)
    case = found[0]
    names = [text(name) for name in parameters.get("CaseResponseFields") or ()]
    run.frame.loaded["Case"] = {"case_id": case.id, **{name: case.field(name) for name in names}}
    return _linked(run, parameters, case, "is found")


@action("UpdateCase")
def update(run: FlowRun, parameters: Parameters) -> Done:
    """Change fields of a case."""
    wanted = run.whole(parameters.get("CaseId"), "the case")
    case = _of(run).get(wanted)
    if case is None:
        why = f"there is no case {wanted}"
        raise failed(why)
    _of(run).update(case, _wanted(run, parameters))
    return _linked(run, parameters, case, "is changed")


def _of(run: FlowRun) -> Cases:
    return run.world.providers(run.contact.instance).cases


def _wanted(run: FlowRun, parameters: Parameters) -> dict[str, str]:
    return {name: run.text(value) for name, value in (parameters.get("CaseRequestFields") or {}).items()}


def _linked(run: FlowRun, parameters: Parameters, case: Case, what: str) -> Done:
    """Link the contact when that is wanted; the case itself stays as it is when that fails."""
    run.tell("case", f"Case {case.id} {what}", case_id=case.id)
    if flag(parameters.get("LinkContactToCase")):
        try:
            _of(run).link(case, run.contact.id)
        except NotLinked as error:
            kind = "ContactNotLinked"
            raise ActionFailed(kind, str(error)) from error
    return Done()
