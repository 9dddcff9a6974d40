"""The Chalice app as part of the stack: packaged once for the tenant, each function with its own role and limits."""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Fn
from chalice.cdk import Chalice
from constructs import Construct

from infra.cdk import package, sam
from infra.cdk.build import BUILD

FLOW_INVOKED = ("route_contact", "lookup_customer", "menu_step", "estimate_wait", "request_callback")
"""The functions that contact flows invoke, by the alias `live`."""

FUNCTIONS: Mapping[str, str] = {
    "route_contact": "RouteContact",
    "lookup_customer": "LookupCustomer",
    "menu_step": "MenuStep",
    "estimate_wait": "EstimateWait",
    "request_callback": "RequestCallback",
    "ingest_contact_records": "IngestContactRecords",
    "ingest_agent_events": "IngestAgentEvents",
    "export_analytics": "ExportAnalytics",
    "api": "APIHandler",
    "notify_voicemail": "NotifyVoicemail",
    "review_papers": "ReviewPapers",
    "review_qualifications": "ReviewQualifications",
    "serve_privacy_requests": "ServePrivacyRequests",
    "note_security_events": "NoteSecurityEvents",
}
"""The app's functions with their logical ids."""

API_STAGE = "api"
"""Name of the REST API's stage: the first part of its path."""

QUEUES_LIMIT_BYTES = 3_500
"""Lambda allows 4 KB of environment for a function; the rest is for everything else in it."""


class TooManyQueues(ValueError):
    """The contract's queues do not fit into the environment of the routing function."""


class TooManyProfiles(ValueError):
    """The contract's routing profiles do not fit into the environment of the gate's function."""


def queues_variable(uuid_of: Mapping[str, str], to_json: Callable[[Mapping[str, str]], str]) -> str:
    """Return the value of TRUNKLINE_QUEUES: the contract's queue ids with Amazon Connect's.

    Raises:
        TooManyQueues: it would not fit; Amazon Connect's ids are known only after deployment, so 36 characters count.

    """
    size = len(json.dumps(dict.fromkeys(uuid_of, "x" * 36), separators=(",", ":")).encode())
    if size >= QUEUES_LIMIT_BYTES:
        msg = (
            f"queues: {len(uuid_of)} queues need {size} bytes in TRUNKLINE_QUEUES, the limit is {QUEUES_LIMIT_BYTES}; "
            "use fewer queues or shorter queue ids (a function's environment is limited to 4 KB)"
        )
        raise TooManyQueues(msg)
    return to_json(dict(sorted(uuid_of.items())))


def profiles_variable(uuid_of: Mapping[str, str], to_json: Callable[[Mapping[str, str]], str]) -> str:
    """Return the value of TRUNKLINE_PROFILES: the contract's routing profile ids with Amazon Connect's.

    Raises:
        TooManyProfiles: it would not fit beside the rest of a function's environment.

    """
    size = len(json.dumps(dict.fromkeys(uuid_of, "x" * 36), separators=(",", ":")).encode())
    if size >= QUEUES_LIMIT_BYTES:
        msg = (
            f"routing_profiles: {len(uuid_of)} need {size} bytes in TRUNKLINE_PROFILES, "
            f"the limit is {QUEUES_LIMIT_BYTES}; use fewer or shorter ids"
        )
        raise TooManyProfiles(msg)
    return to_json(dict(sorted(uuid_of.items())))


class PackagedChalice(Chalice):
    """Chalice's construct without its accidents: no random folders, the same bytes in every synth, our corrections.

    Only the two steps that write files differ from Chalice's own.
    """

    def __init__(self, scope: Construct, id_: str, *, plan: "AppPlan", folder: Path) -> None:
        self._plan = plan
        self._folder = folder
        config = {
            "api_gateway_stage": API_STAGE,
            "lambda_architecture": plan.architecture,
            "manage_iam_role": False,
            # Replaced for each function below; Chalice insists on one when it does not make roles itself.
            "iam_role_arn": next(iter(plan.functions.values())).role_arn,
            "environment_variables": _import_environment(plan),
        }
        super().__init__(scope, id_, source_dir=str(plan.source), stage_config=config)

    def _package_app(self) -> None:
        cache = BUILD / "wheels"
        wheels = package.dependencies(self._plan.source / "requirements.txt", self._plan.architecture, cache)
        package.seed_chalice(self._plan.source, self._plan.architecture, wheels)
        self._sam_package_dir = str(self._folder)
        with contextlib.redirect_stdout(io.StringIO()):  # it says that it reuses what was just put there
            super()._package_app()
        written = self._folder / "sam.json"
        template = json.loads(written.read_text(encoding="utf-8"))
        corrected = sam.correct(template, self._plan.functions, self._plan.api, self._plan.tags)
        written.write_text(json.dumps(corrected, indent=1, sort_keys=True), encoding="utf-8")

    def _generate_sam_template_with_assets(self, chalice_out_dir: str, package_id: str) -> str:  # noqa: ARG002 - as in Chalice
        path: str = super()._generate_sam_template_with_assets(str(self._folder), "app")
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPlan:
    """What the app is packaged from and how its functions run; `functions` is keyed by logical id."""

    source: Path
    architecture: str
    functions: Mapping[str, sam.FunctionSettings]
    api: sam.ApiSettings
    tags: Mapping[str, str]


class Functions(Construct):
    """The deployed app. Flows get alias ARNs from here; everything else gets function names and ARNs."""

    def __init__(self, scope: Construct, id_: str, *, plan: AppPlan) -> None:
        super().__init__(scope, id_)
        with tempfile.TemporaryDirectory() as folder:
            self.app = PackagedChalice(self, "App", plan=plan, folder=Path(folder))

    def alias_arn(self, logical_id: str) -> str:
        """Return the ARN of the alias `live`, which the SAM transform makes of the function."""
        return Fn.ref(f"{logical_id}.Alias")

    def name(self, logical_id: str) -> str:
        """Return the name of the function."""
        return Fn.ref(logical_id)

    def arn(self, logical_id: str) -> str:
        """Return the ARN of the function, without version."""
        return Fn.get_att(logical_id, "Arn").to_string()


def _import_environment(plan: AppPlan) -> dict[str, str]:
    """Return all variables there are: Chalice imports the app to learn its functions, and its modules may read any."""
    merged: dict[str, str] = {}
    for settings in plan.functions.values():
        merged |= settings.environment
    os.environ["TRUNKLINE_MENUS"] = str(plan.source / "chalicelib" / "menus.json")
    os.environ["TRUNKLINE_TENANT_DOCUMENT"] = str(plan.source / "chalicelib" / "tenant.json")
    return merged
