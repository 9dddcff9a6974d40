"""A softphone and an agent's desk as two processes at one local cloud, in real time."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud_fixture import Cloud
from tests.support.connect_world import action, content, say

ROOT = Path(__file__).resolve().parents[2]
NUMBER, USER = "+862166660088", "zhang.wei"
DEADLINE_S = 120


@pytest.fixture
def instance(private_cloud: Cloud) -> str:
    """An instance with a menu, the basic queue and one user; nobody is signed in."""
    connect = private_cloud.client("connect")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="two-terminals",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    instance_id = str(made["Id"])
    queue = connect.list_queues(InstanceId=instance_id, QueueTypes=["STANDARD"])["QueueSummaryList"][0]["Arn"]
    flow = connect.create_contact_flow(
        InstanceId=instance_id, Name="menu", Type="CONTACT_FLOW", Content=json.dumps(_flow(queue))
    )
    number = connect.claim_phone_number(TargetArn=made["Arn"], PhoneNumber=NUMBER)
    connect.associate_phone_number_contact_flow(
        PhoneNumberId=number["PhoneNumberId"], InstanceId=instance_id, ContactFlowId=flow["ContactFlowId"]
    )
    profile = connect.list_routing_profiles(InstanceId=instance_id)["RoutingProfileSummaryList"][0]["Id"]
    security = connect.list_security_profiles(InstanceId=instance_id)["SecurityProfileSummaryList"][0]["Id"]
    connect.create_user(
        Username=USER,
        InstanceId=instance_id,
        RoutingProfileId=profile,
        SecurityProfileIds=[security],
        PhoneConfig={"PhoneType": "SOFT_PHONE"},
    )
    return instance_id


def _flow(queue: str) -> dict[str, Any]:
    menu = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    lost = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "bye")
    note = {"Attributes": {"customerName": "Wang Fang", "category": "repair"}}
    return content(
        say("hello", "Hello.", "menu"),
        action("menu", "GetParticipantInput", menu, "bye", errors=lost, when={"1": "note"}),
        action("note", "UpdateContactAttributes", note, "set", errors={"NoMatchingError": "bye"}),
        action("set", "UpdateContactTargetQueue", {"QueueId": queue}, "go", errors={"NoMatchingError": "bye"}),
        action("go", "TransferContactToQueue", {}, "bye", errors={"NoMatchingError": "bye", "QueueAtCapacity": "bye"}),
    )


@contextlib.contextmanager
def terminal(cloud: Cloud, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command of ours in a process of its own, which does not outlive the test."""
    running = subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments, "--port", str(cloud.port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def test_the_caller_at_one_terminal_reaches_the_agent_at_the_other(private_cloud: Cloud, instance: str) -> None:
    deeds = "accept,w1,hold,w1,resume,hang-up,close"
    with terminal(private_cloud, "agent", USER, "--instance", instance, "--do", deeds) as agent:
        assert agent.stdout is not None
        assert f"{USER} is Available" in agent.stdout.readline()  # from here on a call finds an agent
        with terminal(private_cloud, "call", NUMBER, "--press", "1", "--live") as call:
            heard, _ = call.communicate(timeout=DEADLINE_S)
        seen, _ = agent.communicate(timeout=DEADLINE_S)
    assert (call.returncode, agent.returncode) == (0, 0), heard + seen
    for text in ("Press 1.", "caller keys  1", f"Rings at {USER}", "screen pop", "contact "):
        assert text in heard, heard
    for text in ("customerName Wang Fang", "category repair", "you talk with +8613812345678", "is on hold",
                 "write it up", "off your screen"):  # fmt: skip
        assert text in seen, seen
