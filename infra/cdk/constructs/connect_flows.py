"""The tenant's flows and modules, and what leads calls into them.

CloudFormation cannot create two flows that name each other, nor link a number to a flow. Flows in a cycle are created
empty and get their content from `lambdas/connect_linker` once all of them have an ARN: those of one cycle together,
from a document beside the template. Numbers are linked last.
"""

import json

from aws_cdk import CfnResource, CustomResource, Duration
from aws_cdk import aws_connect as connect
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.models import ASIDE
from infra.cdk import flow_catalogue
from infra.cdk.constructs.connect_instance import ConnectInstance
from infra.cdk.constructs.flow_documents import Placed
from infra.cdk.constructs.linker import Linker
from infra.cdk.flow_catalogue import FlowUnit
from infra.cdk.names import logical

CONTENT_TYPE = "Custom::ContactFlowContent"
NUMBER_TYPE = "Custom::PhoneNumberFlow"

_EMPTY = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "not-yet-published",
        "Metadata": {},
        "Actions": [
            {"Identifier": "not-yet-published", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
        ],
    }
)
"""A flow in a cycle, until the second step: no number leads to it yet, so nobody hears it."""

_LINK_LIMIT = Duration.minutes(10)
"""CloudFormation asks for all flows of a cycle at once; they share the linker's few executions and Amazon Connect's two
requests a second, and what is throttled waits longer each time."""


class ConnectFlows(Construct):
    """Every flow and module of the catalogue, and the links of the entry numbers."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        contract: Contract,
        instance: ConnectInstance,
        functions: dict[str, str],
        linker: Linker,
        after: list[connect.CfnIntegrationAssociation],
    ) -> None:
        super().__init__(scope, id_)
        self._contract = contract
        self._instance = instance
        self._linker_arn = linker.function.function_arn
        self._after = after
        self._arns = {f"lambda.{name}": arn for name, arn in functions.items()}
        self._arns |= {f"queue.{name}": queue.attr_queue_arn for name, queue in instance.queues.items()}
        self._arns[f"queue.{ASIDE}"] = instance.aside.attr_queue_arn
        self._arns |= {f"hours.{name}": hours.attr_hours_of_operation_arn for name, hours in instance.hours.items()}
        units = flow_catalogue.flow_units(contract)
        cyclic = frozenset().union(*flow_catalogue.cycles(units))
        self._create(units, cyclic)
        self._tell_whom_we_call()
        contents = [self._publish(placed) for placed in linker.documents]
        for number in contract.entry_numbers:
            link = self._link(number.number)
            link.node.add_dependency(*contents)

    def arn(self, name: str) -> str:
        """Return the ARN of a flow or module by its qualified name, such as `flow.voicemail-notice`."""
        return self._arns[name]

    def _create(self, units: tuple[FlowUnit, ...], cyclic: frozenset[str]) -> None:
        # Flows of a cycle come first: being empty they need nothing, and all others may name them.
        for unit in sorted(units, key=lambda unit: unit.name not in cyclic):
            content = _EMPTY if unit.name in cyclic else self._content(unit)
            resource, arn = self._module(unit, content) if unit.kind == "module" else self._flow(unit, content)
            self._arns[f"{unit.kind}.{unit.name}"] = arn
            if not any(name.startswith("lambda.") for name in unit.references):
                continue
            for association in self._after:
                # A flow that invokes a function the instance does not know yet is refused.
                resource.add_resource_dependency(association)

    def _tell_whom_we_call(self) -> None:
        """Let a caller who is called back hear the notice of recording: such a flow comes from the queue (5.1)."""
        for queue in self._instance.queues.values():
            queue.add_property_override("OutboundCallerConfig.OutboundFlowArn", self._arns["flow.outbound-whisper"])

    def _content(self, unit: FlowUnit) -> str:
        return flow_catalogue.content(unit, self._contract, self._arns.__getitem__)

    def _flow(self, unit: FlowUnit, content: str) -> tuple[CfnResource, str]:
        flow = connect.CfnContactFlow(
            self,
            f"Flow{logical(unit.name)}",
            instance_arn=self._instance.arn,
            name=unit.name,
            type=unit.type,
            description=unit.description,
            content=content,
        )
        return flow, flow.attr_contact_flow_arn

    def _module(self, unit: FlowUnit, content: str) -> tuple[CfnResource, str]:
        module = connect.CfnContactFlowModule(
            self,
            f"Module{logical(unit.name)}",
            instance_arn=self._instance.arn,
            name=unit.name,
            description=unit.description,
            content=content,
        )
        return module, module.attr_contact_flow_module_arn

    def _publish(self, placed: Placed) -> CustomResource:
        return CustomResource(
            self,
            f"Content{logical(placed.document.name)}",
            service_token=self._linker_arn,
            service_timeout=_LINK_LIMIT,
            resource_type=CONTENT_TYPE,
            properties={
                "InstanceArn": self._instance.arn,
                **placed.properties,
                "References": {name: self._arns[name] for name in placed.document.references},
                # Read by nobody: an update of a flow's resource may empty the flow again, and this resource is
                # updated after it only if something of its own has changed.
                "Descriptions": {unit.name: unit.description for unit in placed.document.units},
            },
        )

    def _link(self, number: str) -> CustomResource:
        flow = flow_catalogue.entry_flow(self._contract, number)
        return CustomResource(
            self,
            f"Link{number.removeprefix('+')}",
            service_token=self._linker_arn,
            service_timeout=_LINK_LIMIT,
            resource_type=NUMBER_TYPE,
            properties={
                "InstanceArn": self._instance.arn,
                "PhoneNumberArn": self._instance.numbers[number].attr_phone_number_arn,
                "ContactFlowArn": self._arns[f"flow.{flow}"],
            },
        )
