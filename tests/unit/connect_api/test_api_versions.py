"""Versions, aliases and saved contents of flows and modules, and which of them a contact runs."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.connect_calls import FLOW, Connect, refused
from tests.support.connect_world import NUMBER, action, content, identifier, say
from tests.support.live_connect import Live

OK = {"NoMatchingError": "bye"}


def words(text: str) -> str:
    """A flow that says one thing."""
    return json.dumps({**content(say("s", text, "bye")), "Metadata": {}})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def flow(live: Live) -> str:
    """A flow that says `first`, with a version of it, and that says `second` now."""
    made = live("CreateContactFlow", Name="spoken", Type="CONTACT_FLOW", Content=words("first"))["ContactFlowId"]
    live("CreateContactFlowVersion", ContactFlowId=made, Description="the first")
    live("UpdateContactFlowContent", ContactFlowId=made, Content=words("second"))
    return str(made)


def heard(live: Live, flow_ref: str) -> list[str]:
    """What a caller hears who dials a number that leads to this flow."""
    dial(live, flow_ref)
    contact_id = live.api.call()
    live.run()
    return told(live, contact_id)


def dial(live: Live, flow_ref: str) -> None:
    """Let the number lead to this flow."""
    live("AssociatePhoneNumberContactFlow", PhoneNumberId=identifier(NUMBER), ContactFlowId=flow_ref)


def told(live: Live, contact_id: str) -> list[str]:
    """What a caller has heard."""
    lines = live.api.ok("GET", f"/connect/calls/{contact_id}")["events"]
    return [one["text"] for one in lines if one["kind"] == "hears"]


def test_a_version_keeps_the_content_that_it_was_made_of(live: Live, flow: str) -> None:
    assert (heard(live, f"{flow}:1"), heard(live, flow), heard(live, f"{flow}:$LATEST")) == (
        ["first"], ["second"], ["second"],
    )  # fmt: skip
    shown = live("DescribeContactFlow", ContactFlowId=f"{flow}:1")["ContactFlow"]
    assert (shown["Content"], shown["Version"], shown["VersionDescription"]) == (words("first"), 1, "the first")
    assert "Version" not in live("DescribeContactFlow", ContactFlowId=flow)["ContactFlow"]


def test_an_alias_leads_to_its_version_and_can_be_moved(live: Live, flow: str) -> None:
    live("CreateContactFlowVersion", ContactFlowId=flow, FlowContentSha256=digest(words("second")))
    made = live("CreateContactFlowAlias", ContactFlowId=flow, ContactFlowVersion=1, AliasName="live")
    assert made["ContactFlowArn"].endswith(f"{flow}:{made['Id']}")
    assert heard(live, f"{flow}:live") == heard(live, made["ContactFlowArn"]) == ["first"]
    moved = {"Name": "prod", "Description": "d", "ContactFlowVersion": 2}
    live("UpdateContactFlowAlias", ContactFlowId=flow, AliasId=made["Id"], **moved)
    assert heard(live, made["ContactFlowArn"]) == ["second"]
    (row,) = live("ListContactFlowAliases", ContactFlowId=flow)["ContactFlowAliasSummaryList"]
    assert (row["AliasName"], row["AliasId"], row["Version"], row["AliasDescription"]) == ("prod", made["Id"], 2, "d")
    assert refused(live, "DescribeContactFlow", ContactFlowId=f"{flow}:live").code == "ResourceNotFoundException"
    live("DeleteContactFlowAlias", ContactFlowId=flow, AliasId=made["Id"])
    assert live("ListContactFlowAliases", ContactFlowId=flow)["ContactFlowAliasSummaryList"] == []


def test_names_that_mean_something_else_are_no_aliases(live: Live, flow: str) -> None:
    asked = {"ContactFlowId": flow, "ContactFlowVersion": 1}
    for name in ("$LATEST", "$SAVED", "7"):
        assert refused(live, "CreateContactFlowAlias", **asked, AliasName=name).code == "InvalidParameterException"
    live("CreateContactFlowAlias", **asked, AliasName="live")
    assert refused(live, "CreateContactFlowAlias", **asked, AliasName="live").code == "DuplicateResourceException"
    asked["ContactFlowVersion"] = 9
    assert refused(live, "CreateContactFlowAlias", **asked, AliasName="other").code == "ResourceNotFoundException"


def test_a_version_of_another_content_is_refused(live: Live, flow: str) -> None:
    asked = {"ContactFlowId": flow, "FlowContentSha256": digest(words("first"))}
    assert refused(live, "CreateContactFlowVersion", **asked).code == "InvalidRequestException"
    refusal = refused(live, "CreateContactFlowVersion", ContactFlowId=flow, ContactFlowVersion=1)
    assert refusal.code == "InvalidParameterException"
    assert live("CreateContactFlowVersion", ContactFlowId=flow, ContactFlowVersion=7)["Version"] == 7


def test_a_version_that_an_alias_names_stays_and_no_number_is_given_twice(live: Live, flow: str) -> None:
    alias = live("CreateContactFlowAlias", ContactFlowId=flow, ContactFlowVersion=1, AliasName="live")["Id"]
    refusal = refused(live, "DeleteContactFlowVersion", ContactFlowId=flow, ContactFlowVersion=1)
    assert refusal.code == "InvalidRequestException"
    live("DeleteContactFlowAlias", ContactFlowId=flow, AliasId=alias)
    live("DeleteContactFlowVersion", ContactFlowId=flow, ContactFlowVersion=1)
    refusal = refused(live, "DeleteContactFlowVersion", ContactFlowId=flow, ContactFlowVersion=1)
    assert refusal.code == "ResourceNotFoundException"
    assert live("CreateContactFlowVersion", ContactFlowId=flow)["Version"] == 2
    (row,) = live("ListContactFlowVersions", ContactFlowId=flow)["ContactFlowVersionSummaryList"]
    assert row["Version"] == 2


def test_what_is_saved_is_not_run_before_it_is_published(live: Live, flow: str) -> None:
    live("UpdateContactFlowContent", ContactFlowId=f"{flow}:$SAVED", Content="no flow at all")
    assert heard(live, flow) == ["second"]
    saved = live("DescribeContactFlow", ContactFlowId=f"{flow}:$SAVED")["ContactFlow"]
    assert (saved["Content"], saved["Status"]) == ("no flow at all", "SAVED")
    refusal = refused(live, "UpdateContactFlowContent", ContactFlowId=flow, Content="nor this")
    assert refusal.code == "InvalidContactFlowException"
    live("UpdateContactFlowName", ContactFlowId=flow, Name="renamed")
    assert live("DescribeContactFlow", ContactFlowId=f"{flow}:$SAVED")["ContactFlow"]["Content"] == "no flow at all"
    live("UpdateContactFlowContent", ContactFlowId=flow, Content=words("third"))
    assert live("DescribeContactFlow", ContactFlowId=f"{flow}:$SAVED")["ContactFlow"]["Content"] == words("third")
    asked = {"ContactFlowId": f"{flow}:1", "Content": words("other")}
    assert refused(live, "UpdateContactFlowContent", **asked).code == "InvalidRequestException"


def test_a_flow_that_was_never_published_takes_no_contact(live: Live) -> None:
    made = live("CreateContactFlow", Name="draft", Type="CONTACT_FLOW", Content=words("draft"), Status="SAVED")
    flow = made["ContactFlowId"]
    assert refused(live, "DescribeContactFlow", ContactFlowId=flow).code == "ContactFlowNotPublishedException"
    assert refused(live, "CreateContactFlowVersion", ContactFlowId=flow).code == "InvalidRequestException"
    refusal = refused(live, "StartChatContact", ContactFlowId=flow, ParticipantDetails={"DisplayName": "Li"})
    assert refusal.code == "InvalidRequestException"
    rows = live("ListContactFlows")["ContactFlowSummaryList"]
    assert {row["Name"]: row["ContactFlowStatus"] for row in rows}["draft"] == "SAVED"
    live("UpdateContactFlowContent", ContactFlowId=flow, Content=words("ready"))
    assert heard(live, flow) == ["ready"]


def test_a_running_contact_stays_on_the_content_it_began_with(live: Live) -> None:
    waits = say("s", "old", "key")
    key = action(
        "key", "GetParticipantInput", {"Text": "press", "StoreInput": "False", "InputTimeLimitSeconds": "5"}, "s2",
        errors={"NoMatchingError": "s2", "NoMatchingCondition": "s2", "InputTimeLimitExceeded": "s2"},
    )  # fmt: skip
    before = json.dumps({**content(waits, key, say("s2", "old end", "bye")), "Metadata": {}})
    flow = live("CreateContactFlow", Name="long", Type="CONTACT_FLOW", Content=before)["ContactFlowId"]
    dial(live, flow)
    running = live.api.call(interactive=True)
    live.run()
    live("UpdateContactFlowContent", ContactFlowId=flow, Content=words("new"))
    later = live.api.call()
    live.api.ok("POST", f"/connect/calls/{running}/press", {"digits": ""})
    live.run()
    assert told(live, running)[-1] == "old end"
    assert told(live, later) == ["new"]


def test_a_flow_runs_the_version_of_a_module_that_it_names(live: Live) -> None:
    def module(text: str) -> str:
        settings = {"Settings": {"InputParameters": [], "OutputParameters": []}}
        body = content(say("s", text, "end"), action("end", "EndFlowModuleExecution"))
        kept = [one for one in body["Actions"] if one["Identifier"] != "bye"]
        kept[0]["Transitions"]["Errors"][0]["NextAction"] = "end"
        return json.dumps({**body, "Actions": kept, "Metadata": {}, **settings})

    made = live("CreateContactFlowModule", Name="m", Content=module("one"))["Id"]
    live("CreateContactFlowModuleVersion", ContactFlowModuleId=made)
    live("UpdateContactFlowModuleContent", ContactFlowModuleId=made, Content=module("two"))
    alias = live("CreateContactFlowModuleAlias", ContactFlowModuleId=made, ContactFlowModuleVersion=1, AliasName="v")
    invoked = [
        action(f"m{n}", "InvokeFlowModule", {"FlowModuleId": ref}, f"m{n + 1}" if n < 4 else "bye", errors=OK)
        for n, ref in enumerate((made, f"{made}:$LATEST", f"{made}:1", f"{made}:v", alias["ContactFlowModuleArn"]))
    ]
    caller = live("CreateContactFlow", Name="caller", Type="CONTACT_FLOW",
                  Content=json.dumps({**content(*invoked), "Metadata": {}}))["ContactFlowId"]  # fmt: skip
    assert heard(live, caller) == ["two", "two", "one", "one", "one"]


class Numbered:
    """A flow, and what its versions and its alias `live` must be worth."""

    def __init__(self) -> None:
        self.connect = Connect()
        instance = self.connect.instance()
        made = self.connect("CreateContactFlow", InstanceId=instance, Name="f", Type="CONTACT_FLOW", Content=FLOW)
        self.one = {"InstanceId": instance, "ContactFlowId": made["ContactFlowId"]}
        self.known: dict[int, str] = {}
        self.named = 0
        self.latest = FLOW
        self.given = 0

    def publish(self) -> None:
        self.latest = words(f"after {self.given} {len(self.latest)}")
        self.connect("UpdateContactFlowContent", **self.one, Content=self.latest)

    def version(self) -> None:
        made = self.connect("CreateContactFlowVersion", **self.one)["Version"]
        assert made == self.given + 1
        self.given, self.known[made] = made, self.latest

    def delete(self) -> None:
        gone = {**self.one, "ContactFlowVersion": min(self.known, default=1)}
        if gone["ContactFlowVersion"] == self.named:
            assert refused(self.connect, "DeleteContactFlowVersion", **gone).code == "InvalidRequestException"
        elif self.known:
            self.connect("DeleteContactFlowVersion", **gone)
            del self.known[min(self.known)]

    def name(self) -> None:
        if not self.known:
            return
        chosen = {"ContactFlowVersion": max(self.known)}
        if self.named:
            self.connect("UpdateContactFlowAlias", **self.one, AliasId="live", **chosen)
        else:
            self.connect("CreateContactFlowAlias", **self.one, AliasName="live", **chosen)
        self.named = max(self.known)

    def content(self, qualifier: object) -> str:
        asked = {**self.one, "ContactFlowId": f"{self.one['ContactFlowId']}:{qualifier}"}
        return str(self.connect("DescribeContactFlow", **asked)["ContactFlow"]["Content"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["publish", "version", "delete", "name"]), max_size=12))
def test_versions_never_change_and_an_alias_always_leads_to_one(deeds: list[str]) -> None:
    numbered = Numbered()
    for deed in deeds:
        getattr(numbered, deed)()
    rows = numbered.connect("ListContactFlowVersions", **numbered.one)["ContactFlowVersionSummaryList"]
    assert [row["Version"] for row in rows] == sorted(numbered.known, reverse=True)
    assert {number: numbered.content(number) for number in numbered.known} == numbered.known
    assert not numbered.named or numbered.content("live") == numbered.known[numbered.named]
