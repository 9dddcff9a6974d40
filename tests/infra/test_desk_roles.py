"""Who may offer calls to desks, give them to a winner, and reserve agents, by what the contract has (ACD-04, SEC-01).

Everything else that roles may do is told in `test_permissions.py`.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load, parse
from infra.cdk import capacity
from infra.cdk.app import FLAGS
from infra.cdk.constructs.app_roles import AppRoles, Asked
from infra.cdk.constructs.data_plane import DataPlane
from infra.cdk.constructs.log_groups import LogGroups
from infra.cdk.constructs.post_call import DeadLetters
from infra.cdk.constructs.voicemail_notices import VoicemailNotices
from tests.support.routing_plans import raw
from tests.support.tenants import TENANTS

READ = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/1"


def roles(contract: Contract) -> dict[str, set[str]]:
    """Return the actions of every role of the app by its group; nothing is synthesized."""
    stack = cdk.Stack(cdk.App(context=FLAGS), "roles")
    data = DataPlane(stack, "Data", contract=contract, connect_role_arn="arn:aws:iam::000000000000:role/connect")
    names = list(capacity.split(contract.capacity.reserved_concurrency))
    letters = DeadLetters(stack, "Letters", contract=contract, key=data.key)
    made = AppRoles(
        stack,
        "Roles",
        data=data,
        letters=dict.fromkeys(("records", "agents", "security"), letters),
        notices=VoicemailNotices(stack, "Notices", contract=contract, key=data.key, instance_arn=INSTANCE),
        asked=Asked(instance_arn=INSTANCE, users_arn="arn:aws:cognito-idp:us-east-1:000000000000:userpool/1"),
        logs=LogGroups(stack, "Logs", contract=contract, key=data.key, names=names),
        contract=contract,
    )
    found: dict[str, set[str]] = {}
    for role in (one for one in made.node.find_all() if isinstance(one, iam.CfnRole)):
        for policy in stack.resolve(role.policies):
            for statement in policy["policyDocument"]["Statement"]:
                found.setdefault(role.node.path.split("/")[2], set()).update(_listed(statement))
    return found


def _listed(statement: dict[str, Any]) -> set[str]:
    actions = statement["Action"]
    return {actions} if isinstance(actions, str) else set(actions)


def asked(contract: Contract) -> dict[str, set[str]]:
    """Return what each group asks of the table and of Amazon Connect."""
    return {
        group: {one for one in actions if one.startswith(("dynamodb:", "connect:"))}
        for group, actions in roles(contract).items()
    }


def givers(found: dict[str, set[str]]) -> list[str]:
    return [group for group, actions in found.items() if "connect:UpdateContactRoutingData" in actions]


def test_where_desks_ring_decisions_may_put_an_offer_and_nothing_else_that_flows_invoke_may() -> None:
    found = asked(load(TENANTS / "fourmodes.yaml"))
    assert found["Route"] == {*READ, "dynamodb:PutItem"}
    assert found["FlowRead"] == READ
    assert givers(found) == ["Api"]


def test_where_contacts_are_aimed_at_agents_decisions_may_put_a_reservation_and_nobody_gives_a_contact() -> None:
    hunting = {"strategies": [{"id": "round", "kind": "hunting"}]}
    found = asked(parse(raw(hunting), source="test"))
    assert found["Route"] == {*READ, "dynamodb:PutItem"}
    assert found["FlowRead"] == READ
    assert givers(found) == []


def test_decisions_that_keep_nothing_only_read() -> None:
    telephones = {"strategies": [{"id": "all", "kind": "ring-all", "rings": "telephones"}]}
    found = asked(parse(raw(telephones), source="test"))
    assert "Route" not in found
    assert found["FlowRead"] == READ
