"""The demo agents of a tenant: users of its Connect instance, signed in by the emulator."""

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.platform.errors import NotFound
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_demo import DemoAgents
from cli import aws
from cli.control import Control, SimulatedAgent

AGENT_SECURITY_PROFILE = "trunkline agent"
"""The stack's security profile of people who take calls. Routing profiles and queues carry their contract ids."""


def roster(contract: Contract) -> tuple[tuple[SimulatedAgent, DemoAgents], ...]:
    """Return the demo agents of the contract, `<profile>-<nn>`, with the group that they belong to. Pure."""
    return tuple(
        (SimulatedAgent(f"{group.profile}-{n:02d}", talk_s=group.handle_s, acw_s=group.after_contact_work_s), group)
        for group in contract.demo.agents
        for n in range(1, group.count + 1)
    )


def sign_in(contract: Contract, stack: aws.Stack, control: Control, url: str) -> int:
    """Create the users that do not exist, sign all of them in as simulated agents, and return how many they are."""
    instance = stack.output("InstanceId")
    people = roster(contract)
    _create_missing(instance, people, url)
    present = {str(agent.get("username")) for agent in control.agents(instance)}
    absent = [agent for agent, _ in people if agent.username not in present]
    if absent:
        control.sign_in(instance, absent)
    return len(people)


def ensure_user(instance: str, username: str, profile: str, url: str) -> None:
    """Create a user of a routing profile of the instance, unless there is one of that name.

    Raises:
        NotFound: the instance has no such routing profile; the text lists those that there are.

    """
    connect = aws.client("connect", url)
    if any(user["Username"] == username for user in _pages(connect, "list_users", "UserSummaryList", instance)):
        return
    profiles = _ids(connect, "list_routing_profiles", "RoutingProfileSummaryList", instance)
    if profile not in profiles:
        msg = f"no routing profile {profile!r}, there are {', '.join(sorted(profiles))}"
        raise NotFound(msg)
    security = _ids(connect, "list_security_profiles", "SecurityProfileSummaryList", instance)[AGENT_SECURITY_PROFILE]
    first, _, last = username.replace(".", "-").partition("-")
    _create(connect, instance, username, (first.title(), last.title() or "Agent"), (profiles[profile], security))


def proficiencies(group: DemoAgents, number: int) -> list[dict[str, Any]]:
    """Return the proficiencies of the group's agent `number`, counted from 1; values go round. Pure."""
    return [
        {
            "AttributeName": one.attribute,
            "AttributeValue": one.values[(number - 1) % len(one.values)],
            "Level": float(one.level),
        }
        for one in group.proficiencies
    ]


def _create(connect: Any, instance: str, username: str, names: tuple[str, str], profiles: tuple[str, str]) -> str:
    """Create a user with a first and last name, a routing and a security profile; return the id."""
    made = connect.create_user(
        InstanceId=instance,
        Username=username,
        Password="Local-cloud-0nly",  # noqa: S106 - a user of the emulator; nobody can sign in with it
        IdentityInfo={"FirstName": names[0], "LastName": names[1]},
        PhoneConfig={"PhoneType": "SOFT_PHONE", "AutoAccept": False, "AfterContactWorkTimeLimit": 0},
        SecurityProfileIds=[profiles[1]],
        RoutingProfileId=profiles[0],
    )
    return str(made["UserId"])


def _create_missing(instance: str, people: Sequence[tuple[SimulatedAgent, DemoAgents]], url: str) -> None:
    connect = aws.client("connect", url)
    users = {user["Username"] for user in _pages(connect, "list_users", "UserSummaryList", instance)}
    missing = [(agent, group) for agent, group in people if agent.username not in users]
    if not missing:
        return
    profiles = _ids(connect, "list_routing_profiles", "RoutingProfileSummaryList", instance)
    security = _ids(connect, "list_security_profiles", "SecurityProfileSummaryList", instance)[AGENT_SECURITY_PROFILE]
    for agent, group in missing:
        names = (group.profile.title(), agent.username.rpartition("-")[2])
        made = _create(connect, instance, agent.username, names, (profiles[group.profile], security))
        if group.proficiencies:
            number = int(agent.username.rpartition("-")[2])
            connect.associate_user_proficiencies(
                InstanceId=instance, UserId=made, UserProficiencies=proficiencies(group, number)
            )


def _ids(connect: Any, operation: str, key: str, instance: str) -> dict[str, str]:
    return {entry["Name"]: entry["Id"] for entry in _pages(connect, operation, key, instance)}


def _pages(connect: Any, operation: str, key: str, instance: str) -> Iterator[dict[str, Any]]:
    for page in connect.get_paginator(operation).paginate(InstanceId=instance):
        yield from page[key]
