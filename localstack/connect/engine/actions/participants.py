"""Who of the previous contact hears what a flow does (2.3)."""

from localstack.connect.engine.document import text
from localstack.connect.engine.effects import Done, failed
from localstack.connect.engine.flow_state import OUTBOUND_WHISPER, TRANSFERS
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, action

AGENT, CUSTOMER, NOBODY = "AgentOnHold", "CustomerOnHold", "OffHold"
TOLD = {AGENT: "The agent is on hold", CUSTOMER: "The caller is on hold", NOBODY: "All are on the line"}


@action("UpdatePreviousContactParticipantState")
def set_previous_participants(run: FlowRun, parameters: Parameters) -> Done:
    """Put the agent or the customer of the previous contact on hold, in silence, or nobody.

    The flow goes on with whoever is left: with the agent on hold the customer keys in what the agent must not hear.
    In an outbound whisper they are those of its own contact, once the customer has answered.
    """
    wanted = text(parameters.get("PreviousContactParticipantState"))
    old = run.contact.source
    if wanted not in (AGENT, CUSTOMER, NOBODY):
        why = f"there is no participant state {wanted!r}"
        raise failed(why)
    if run.flow_type == OUTBOUND_WHISPER:
        return _of_the_dialled(run, wanted)
    if old is None or run.flow_type not in TRANSFERS or not run.world.conferences.with_customer(old.call):
        why = "there is no previous contact with an agent and a customer"
        raise failed(why)
    holds = run.world.holds
    if wanted == CUSTOMER:
        holds.customer_away(old)
    else:
        holds.customer_back(old.call)
    holds.agent_away(old, run.contact, on=wanted == AGENT)
    run.contact.asked = "customer" if wanted == AGENT else "agent" if wanted == CUSTOMER else "both"
    run.tell("held", TOLD[wanted])
    return Done()


def _of_the_dialled(run: FlowRun, wanted: str) -> Done:
    contact = run.contact
    if contact.leg is None or not run.world.conferences.with_customer(contact.call):
        why = "the customer has not answered yet"
        raise failed(why)
    run.world.holds.during_whisper(contact, agent=wanted == AGENT, customer=wanted == CUSTOMER)
    run.tell("held", TOLD[wanted])
    return Done()
