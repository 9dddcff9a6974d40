"""One tenant, whole: nothing is shared with another tenant, and every value comes from the tenant's contract."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from chalicelib.metrics import registry
from chalicelib.tenancy.contract import Contract
from infra.cdk import acknowledgements, capacity, throttling
from infra.cdk.build import app_copy
from infra.cdk.constructs.analytics import DELIVERY_LOG, Analytics
from infra.cdk.constructs.app_roles import AppRoles, Asked
from infra.cdk.constructs.connect_flows import ConnectFlows
from infra.cdk.constructs.connect_instance import ConnectInstance
from infra.cdk.constructs.connect_integrations import ConnectIntegrations
from infra.cdk.constructs.customer_adapters import CustomerAdapters
from infra.cdk.constructs.data_plane import DataPlane
from infra.cdk.constructs.functions import (
    FLOW_INVOKED,
    FUNCTIONS,
    AppPlan,
    Functions,
    profiles_variable,
    queues_variable,
)
from infra.cdk.constructs.identity import Identity
from infra.cdk.constructs.linker import Linker
from infra.cdk.constructs.live_view import LiveView
from infra.cdk.constructs.log_groups import LogGroups
from infra.cdk.constructs.observability import Observability
from infra.cdk.constructs.post_call import DeadLetters, RecordingIndexer, StreamMapping
from infra.cdk.constructs.scheduled import by_the_clock
from infra.cdk.constructs.security_events import SecurityEvents
from infra.cdk.constructs.voicemail_notices import VoicemailNotices
from infra.cdk.sam import ApiSettings, FunctionSettings
from infra.cdk.stacks import told
from infra.cdk.stage import Stage


class TenantStack(Stack):
    """The stack `trunkline-<tenant>`."""

    def __init__(self, scope: Construct, *, contract: Contract, stage: Stage) -> None:
        super().__init__(
            scope,
            f"trunkline-{contract.tenant}",
            description=f"Trunkline contact centre of the tenant {contract.tenant}",
            termination_protection=contract.protection.deletion_protection,
            # CloudFormation takes templates of 1 MB, and a quarter of ours would be blanks.
            suppress_template_indentation=True,
        )
        self._contract = contract
        self._stage = stage
        self._shares = capacity.split(contract.capacity.reserved_concurrency)
        Tags.of(self).add("tenant", contract.tenant)
        self.instance = ConnectInstance(self, "Connect", contract=contract)
        self.data = DataPlane(
            self, "Data", contract=contract, connect_role_arn=self.instance.instance.attr_service_role
        )
        self.logs = LogGroups(
            self,
            "Logs",
            contract=contract,
            key=self.data.key,
            names=[*self._shares, "api-access", DELIVERY_LOG],
        )
        self.dead_letters = DeadLetters(self, "DeadLetters", contract=contract, key=self.data.key)
        # A queue of its own: what waits in the other one is contact records, which are replayed onto their stream.
        self.agent_letters = DeadLetters(self, "AgentDeadLetters", contract=contract, key=self.data.key)
        self.analytics = Analytics(self, "Analytics", contract=contract, data=self.data, log_groups=self.logs)
        self.security_letters = DeadLetters(self, "SecurityDeadLetters", contract=contract, key=self.data.key)
        self.notices = VoicemailNotices(
            self, "Notices", contract=contract, key=self.data.key, instance_arn=self.instance.arn
        )
        self.identity = Identity(self, "Identity", contract=contract)
        self.roles = self._roles()
        self.functions = Functions(self, "Functions", plan=self._plan())
        self.linker = Linker(
            self,
            "Linker",
            contract=contract,
            instance=self.instance,
            log_group=self.logs.of["connect_linker"],
            concurrency=self._shares["connect_linker"],
            stage=stage,
        )
        self.indexer = RecordingIndexer(
            self,
            "Recordings",
            contract=contract,
            data=self.data,
            log_group=self.logs.of["recording_indexer"],
            concurrency=self._shares["recording_indexer"],
            stage=stage,
        )
        self._connect_all()
        for name, value in told.outputs(self).items():
            CfnOutput(self, name, value=value)
        acknowledgements.acknowledge(self)

    def _plan(self) -> AppPlan:
        """Return how the functions of the app run, and its API."""
        return AppPlan(
            source=app_copy(self._contract),
            architecture=self._stage.architecture,
            functions={**self._flow_functions(), **self._other_functions()},
            api=ApiSettings(
                name=self.stack_name,
                limits=throttling.limits(self._contract.seats.burst),
                access_log_arn=self.logs.of["api-access"].log_group_arn,
            ),
            tags={"tenant": self._contract.tenant},
        )

    def _flow_functions(self) -> dict[str, FunctionSettings]:
        roles = self.roles
        return {
            "LookupCustomer": self._function("lookup_customer", roles.flow_read.arn, {}, flow_invoked=True),
            "MenuStep": self._function("menu_step", roles.menus.arn, {}, flow_invoked=True),
            "RouteContact": self._function(
                "route_contact", roles.route.arn, {"TRUNKLINE_QUEUES": self._queues()}, flow_invoked=True
            ),
            "RequestCallback": self._function("request_callback", roles.promise.arn, {}, flow_invoked=True),
            "EstimateWait": self._function("estimate_wait", roles.flow_read.arn, {}, flow_invoked=True),
        }

    def _other_functions(self) -> dict[str, FunctionSettings]:
        roles, own = self.roles, self._environments()
        return {
            "IngestContactRecords": self._function(
                "ingest_contact_records", roles.ingest.arn, own["ingest"], timeout_s=60
            ),
            "NotifyVoicemail": self._function("notify_voicemail", roles.notices.arn, own["notices"], timeout_s=60),
            "ReviewPapers": self._function("review_papers", roles.papers.arn, own["clock"], timeout_s=60),
            "ReviewQualifications": self._function(
                "review_qualifications", roles.qualifications.arn, own["gate"], timeout_s=60
            ),
            "ServePrivacyRequests": self._function(
                "serve_privacy_requests", roles.privacy.arn, own["privacy"], timeout_s=60
            ),
            "IngestAgentEvents": self._function("ingest_agent_events", roles.agents.arn, own["agents"], timeout_s=60),
            "ExportAnalytics": self._function(
                "export_analytics", self.analytics.role.arn, self.analytics.environment(self.instance.arn), timeout_s=60
            ),
            "NoteSecurityEvents": self._function(
                "note_security_events", roles.security_events.arn, own["audit"], timeout_s=5
            ),
            "APIHandler": self._function("api", roles.api.arn, own["rest"], timeout_s=15),
        }

    def _environments(self) -> dict[str, dict[str, str]]:
        """Return what the functions outside flows are told besides what all are, by the name of the role or idea."""
        queues = self._queues()
        ingest = {
            "TRUNKLINE_DLQ_URL": self.dead_letters.queue.queue_url,
            "TRUNKLINE_INSTANCE_ARN": self.instance.arn,
        }
        audit = {"TRUNKLINE_AUDIT_TABLE": self.data.audit.table_name}
        agents = {
            **audit,
            "TRUNKLINE_BUS": self.data.bus.name,
            "TRUNKLINE_DLQ_URL": self.agent_letters.queue.queue_url,
            "TRUNKLINE_INSTANCE_ARN": self.instance.arn,
            "TRUNKLINE_QUEUES": queues,
        }
        profiles = profiles_variable(self.instance.profile_uuids(), lambda mapping: self.to_json_string(dict(mapping)))
        gate = {**audit, "TRUNKLINE_INSTANCE_ARN": self.instance.arn, "TRUNKLINE_PROFILES": profiles}
        notices = {
            "TRUNKLINE_INSTANCE_ARN": self.instance.arn,
            **self.notices.variables(lambda: self.flows.arn("flow.voicemail-notice")),
        }
        privacy = {**audit, "TRUNKLINE_RECORDING_BUCKET": self.data.recordings.bucket_name}
        rest = {
            **gate,
            **privacy,
            "TRUNKLINE_QUEUES": queues,
            "TRUNKLINE_USER_POOL_ARN": self.identity.pool.user_pool_arn,
        }
        clock = {
            "TRUNKLINE_INSTANCE_ARN": self.instance.arn,
            "TRUNKLINE_STREAMS": self.to_json_string(self.data.stream_names()),
        }
        kinds = {"ingest": ingest, "agents": agents, "audit": audit, "gate": gate, "notices": notices}
        return {**kinds, "privacy": privacy, "rest": rest, "clock": clock}

    def _queues(self) -> str:
        return queues_variable(self.instance.queue_uuids(), lambda mapping: self.to_json_string(dict(mapping)))

    def _roles(self) -> AppRoles:
        return AppRoles(
            self,
            "Roles",
            data=self.data,
            letters={"records": self.dead_letters, "agents": self.agent_letters, "security": self.security_letters},
            notices=self.notices,
            asked=Asked(instance_arn=self.instance.arn, users_arn=self.identity.pool.user_pool_arn),
            logs=self.logs,
            contract=self._contract,
        )

    def _function(
        self, name: str, role_arn: str, own: Mapping[str, str], *, timeout_s: int = 6, flow_invoked: bool = False
    ) -> FunctionSettings:
        """Return how a function runs. A flow waits 8 s for its function: 6 s leave room for the way there and back."""
        shared = {
            **self._stage.environment,
            "TRUNKLINE_TABLE": self.data.table.table_name,
            "TRUNKLINE_LOG_LEVEL": "INFO",
        }
        return FunctionSettings(
            role_arn=role_arn,
            log_group=self.logs.of[name].log_group_name,
            environment={**shared, **own},
            reserved_concurrency=self._shares[name],
            memory_mb=512,
            timeout_s=timeout_s,
            flow_invoked=flow_invoked,
        )

    def _connect_all(self) -> None:
        """Connect what was made: calls to functions, records to the table, trouble to the operators."""
        self._connect_flows()
        self._connect_streams()
        by_the_clock(
            self,
            tenant=self._contract.tenant,
            papers_arn=self.functions.arn("ReviewPapers"),
            qualifications_arn=self.functions.arn("ReviewQualifications"),
            privacy_arn=self.functions.arn("ServePrivacyRequests"),
            export_arn=self.functions.arn("ExportAnalytics"),
        )
        api, role = self.functions.arn("APIHandler"), self.roles.api.role
        CustomerAdapters(self, "Adapters", contract=self._contract, data=self.data, function_arn=api, role=role)
        self.notices.connect(
            stream_arn=self.data.stream_arn,
            function_name=self.functions.name("NotifyVoicemail"),
            function_arn=self.functions.arn("NotifyVoicemail"),
        )
        SecurityEvents(
            self,
            "SecurityEvents",
            identity=self.identity,
            instance_id=self.instance.instance.attr_id,
            function_arn=self.functions.arn("NoteSecurityEvents"),
            function_name=self.functions.name("NoteSecurityEvents"),
            dead_letters=self.security_letters.queue,
        )
        kpis = registry.kpis(self._contract.kpis.service_level)
        watched = told.watched(self, self._contract)
        Observability(self, "Observability", watched=watched, key=self.data.key, kpis=kpis, shares=self._shares)

    def _connect_flows(self) -> None:
        aliases = {name: self.functions.alias_arn(FUNCTIONS[name]) for name in FLOW_INVOKED}
        integrations = ConnectIntegrations(
            self, "Integrations", instance=self.instance, data=self.data, functions=aliases
        )
        self.flows = ConnectFlows(
            self,
            "Flows",
            contract=self._contract,
            instance=self.instance,
            functions=aliases,
            linker=self.linker,
            after=integrations.associations,
        )

    def _connect_streams(self) -> None:
        StreamMapping(
            self,
            "Ingest",
            stream_arn=self.data.contact_records.stream_arn,
            dead_letters=self.dead_letters,
            function_name=self.functions.name("IngestContactRecords"),
            window_s=1,
        )
        StreamMapping(
            self,
            "AgentIngest",
            stream_arn=self.data.agent_events.stream_arn,
            dead_letters=self.agent_letters,
            function_name=self.functions.name("IngestAgentEvents"),
            window_s=0,
        )
        LiveView(
            self,
            "Live",
            data=self.data,
            instance_arn=self.instance.arn,
            function_arn=self.functions.arn("IngestAgentEvents"),
        )
        self.analytics.feed(self.functions.name("ExportAnalytics"))
