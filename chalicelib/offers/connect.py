"""Offers: what is asked of Amazon Connect. A waiting contact is given to the agent who was first (11.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.platform.dynamo import error_code, store_errors

FIRST_S: Final = 20
"""How long only the winner's telephone is rung: as long as Amazon Connect rings one. Then any agent of the queue."""
_OVER: Final = frozenset({"ResourceNotFoundException", "ResourceConflictException", "InvalidRequestException"})
"""What Amazon Connect answers of a contact that waits no more."""


class Client(Protocol):
    """Port: the call of an Amazon Connect client that this needs."""

    def update_contact_routing_data(self, **request: Any) -> Mapping[str, Any]:
        """Change what a waiting contact asks of an agent."""


@dataclass(frozen=True)
class Line:
    """Amazon Connect's side of one instance."""

    client: Client
    instance_id: str

    def give(self, contact_id: str, agent_id: str) -> bool:
        """Have the contact rung at this agent's telephone alone; False when it waits no more.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not do it.

        """
        matched = {"AgentsCriteria": {"AgentIds": [agent_id]}}
        step = {
            "Expression": {"AttributeCondition": {"ComparisonOperator": "Match", "MatchCriteria": matched}},
            "Expiry": {"DurationInSeconds": FIRST_S},
        }
        with store_errors("give a contact to an agent"):
            try:
                self.client.update_contact_routing_data(
                    InstanceId=self.instance_id, ContactId=contact_id, RoutingCriteria={"Steps": [step]}
                )
            except ClientError as exc:
                if error_code(exc) not in _OVER:
                    raise
                return False
        return True
