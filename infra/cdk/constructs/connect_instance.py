"""The tenant's Amazon Connect instance and all that a call needs to find an agent: hours, queues, profiles, numbers."""

from collections.abc import Mapping

from aws_cdk import CfnTag, Fn
from aws_cdk import aws_connect as connect
from constructs import Construct

from chalicelib.tenancy.contract import Contract, EntryNumber, Queue, RoutingProfile
from chalicelib.tenancy.contract_agents import AgentStatus
from chalicelib.tenancy.contract_hours import Hours
from chalicelib.tenancy.contract_timetable import timetable
from chalicelib.tenancy.models import ASIDE, UNQUALIFIED
from infra.cdk import hours as compiled
from infra.cdk import skills
from infra.cdk.names import logical

AGENT_PERMISSIONS = ("BasicAgentAccess", "OutboundCallAccess", "TransferDestinations.View")
"""What an agent needs to answer, call back and transfer; no search, no recordings, no export (SEC-02)."""

SUPERVISOR_PERMISSIONS = (
    "AccessMetrics",
    "AgentStates.View",
    "BasicAgentAccess",
    "HoursOfOperation.View",
    "ManagerListenIn",
    "Queues.View",
    "RoutingPolicies.View",
    "TransferDestinations.View",
    "Users.View",
)
"""What a floor needs to be led: metrics, listening in, reading the set-up. Changing the set-up is a deployment."""


class ConnectInstance(Construct):
    """One instance a tenant. `hours`, `queues`, `profiles` and `numbers` are keyed by the contract's ids."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract) -> None:
        super().__init__(scope, id_)
        self._contract = contract
        alias = f"trunkline-{contract.tenant}"
        self.flow_log_group = f"/aws/connect/{alias}"
        """Where Amazon Connect writes what flows do; it names the group itself."""
        self.instance = connect.CfnInstance(
            self,
            "Instance",
            identity_management_type="CONNECT_MANAGED",
            instance_alias=alias,
            attributes=connect.CfnInstance.AttributesProperty(
                inbound_calls=True,
                outbound_calls=True,
                contactflow_logs=True,
                auto_resolve_best_voices=True,
                contact_lens=False,
                early_media=True,
            ),
            # Given here, not by an aspect: tags of an instance are create-only in some regions.
            tags=[CfnTag(key="tenant", value=contract.tenant)],
        )
        self.arn = self.instance.attr_arn
        self.hours = {hours.id: self._hours(hours) for hours in contract.hours}
        self.numbers = {number.number: self._number(number) for number in contract.entry_numbers}
        self.queues = {queue.id: self._queue(queue) for queue in contract.queues}
        self.aside = self._aside()
        self.profiles = {profile.id: self._profile(profile) for profile in contract.routing_profiles}
        if contract.qualifications:
            self.profiles[UNQUALIFIED] = self._unqualified()
        for name, values in skills.attributes(contract).items():
            self._attribute(name, values)
        for order, status in enumerate(contract.agent_statuses, start=1):
            self._agent_status(status, order)
        self._security_profile("Agent", "trunkline agent", AGENT_PERMISSIONS)
        self._security_profile("Supervisor", "trunkline supervisor", SUPERVISOR_PERMISSIONS)

    def queue_uuids(self) -> Mapping[str, str]:
        """Return the contract's queue ids with the ids that Amazon Connect gave them."""
        # arn:aws:connect:<region>:<account>:instance/<instance>/queue/<uuid>
        return {name: Fn.select(3, Fn.split("/", queue.attr_queue_arn)) for name, queue in self.queues.items()}

    def profile_uuids(self) -> Mapping[str, str]:
        """Return the contract's routing profile ids, and the gate's, with the ids that Amazon Connect gave them."""
        # arn:aws:connect:<region>:<account>:instance/<instance>/routing-profile/<uuid>
        arns = {name: profile.attr_routing_profile_arn for name, profile in self.profiles.items()}
        return {name: Fn.select(3, Fn.split("/", arn)) for name, arn in arns.items()}

    def _hours(self, hours: Hours) -> connect.CfnHoursOfOperation:
        kind = connect.CfnHoursOfOperation
        table = timetable(hours)
        return kind(
            self,
            f"Hours{logical(hours.id)}",
            instance_arn=self.arn,
            name=hours.id,
            time_zone=table.time_zone or self._contract.time_zone,
            config=[
                kind.HoursOfOperationConfigProperty(
                    day=part.day,
                    start_time=kind.HoursOfOperationTimeSliceProperty(hours=part.start[0], minutes=part.start[1]),
                    end_time=kind.HoursOfOperationTimeSliceProperty(hours=part.end[0], minutes=part.end[1]),
                )
                for part in compiled.week(table)
            ],
            hours_of_operation_overrides=[_override(override) for override in compiled.overrides(table)] or None,
        )

    def _queue(self, queue: Queue) -> connect.CfnQueue:
        return connect.CfnQueue(
            self,
            f"Queue{logical(queue.id)}",
            instance_arn=self.arn,
            hours_of_operation_arn=self.hours[queue.hours].attr_hours_of_operation_arn,
            name=queue.id,
            description=queue.name,
            max_contacts=queue.max_contacts,
            outbound_caller_config=self._presented(queue.caller_id) if queue.caller_id else None,
        )

    def _aside(self) -> connect.CfnQueue:
        """Return the queue of those who are served by a flow; it is in no routing profile and has no number."""
        hours = self.hours[self._contract.queues[0].hours]
        return connect.CfnQueue(
            self,
            f"Queue{logical(ASIDE)}",
            instance_arn=self.arn,
            hours_of_operation_arn=hours.attr_hours_of_operation_arn,
            name=ASIDE,
            description="Callers who have left the waiting line; no agent serves it",
        )

    def _presented(self, number: str) -> connect.CfnQueue.OutboundCallerConfigProperty:
        """Return what called parties see: a number of the contract, and the tenant's name (OUT-10)."""
        return connect.CfnQueue.OutboundCallerConfigProperty(
            outbound_caller_id_number_arn=self.numbers[number].attr_phone_number_arn,
            outbound_caller_id_name=self._contract.tenant,
        )

    def _profile(self, profile: RoutingProfile) -> connect.CfnRoutingProfile:
        kind = connect.CfnRoutingProfile
        return kind(
            self,
            f"Profile{logical(profile.id)}",
            instance_arn=self.arn,
            name=profile.id,
            description=profile.name,
            default_outbound_queue_arn=self.queues[profile.queues[0].queue].attr_queue_arn,
            media_concurrencies=[kind.MediaConcurrencyProperty(channel="VOICE", concurrency=1)],
            queue_configs=[
                kind.RoutingProfileQueueConfigProperty(
                    delay=entry.delay_s,
                    priority=entry.priority,
                    queue_reference=kind.RoutingProfileQueueReferenceProperty(
                        channel="VOICE", queue_arn=self.queues[entry.queue].attr_queue_arn
                    ),
                )
                for entry in profile.queues
            ],
        )

    def _unqualified(self) -> connect.CfnRoutingProfile:
        """Return the profile of agents who lack what their own one requires: it offers nothing (PPL-06)."""
        kind = connect.CfnRoutingProfile
        return kind(
            self,
            f"Profile{logical(UNQUALIFIED)}",
            instance_arn=self.arn,
            name=UNQUALIFIED,
            description="Agents whose training, exam or test is missing or has run out; it has no queues",
            default_outbound_queue_arn=self.aside.attr_queue_arn,
            media_concurrencies=[kind.MediaConcurrencyProperty(channel="VOICE", concurrency=1)],
        )

    def _number(self, number: EntryNumber) -> connect.CfnPhoneNumber:
        return connect.CfnPhoneNumber(
            self,
            f"Number{number.number.removeprefix('+')}",
            target_arn=self.arn,
            description=f"{number.line}: {number.number_class}, {number.reach}",
            country_code=number.claim.country,
            type=number.claim.type,
            # The whole number as prefix: it claims this number or fails, never one of its neighbours.
            prefix=number.number,
        )

    def _attribute(self, name: str, values: tuple[str, ...]) -> None:
        """Define an attribute of agents that routing criteria ask for."""
        kind = connect.CfnPredefinedAttribute
        kind(
            self,
            f"Attribute{logical(name)}",
            instance_arn=self.arn,
            name=name,
            values=kind.ValuesProperty(string_list=list(values)),
        )

    def _agent_status(self, status: AgentStatus, order: int) -> None:
        """Let agents choose a status of the contract; a desk shows them in the order in which they stand there."""
        connect.CfnAgentStatus(
            self,
            f"Status{order}",
            instance_arn=self.arn,
            name=status.name,
            description=status.kind,
            state="ENABLED",
            type="CUSTOM",
            display_order=order,
        )

    def _security_profile(self, id_: str, name: str, permissions: tuple[str, ...]) -> None:
        connect.CfnSecurityProfile(
            self,
            f"Security{id_}",
            instance_arn=self.arn,
            security_profile_name=name,
            permissions=list(permissions),
        )


def _override(override: compiled.Override) -> connect.CfnHoursOfOperation.HoursOfOperationOverrideProperty:
    kind = connect.CfnHoursOfOperation
    return kind.HoursOfOperationOverrideProperty(
        override_name=override.name,
        effective_from=override.first.isoformat(),
        effective_till=override.last.isoformat(),
        override_config=[
            kind.HoursOfOperationOverrideConfigProperty(
                day=part.day,
                start_time=kind.OverrideTimeSliceProperty(hours=part.start[0], minutes=part.start[1]),
                end_time=kind.OverrideTimeSliceProperty(hours=part.end[0], minutes=part.end[1]),
            )
            for part in override.slices
        ],
    )
