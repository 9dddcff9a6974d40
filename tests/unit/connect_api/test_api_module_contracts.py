"""The contract of a module (Settings of the resource): kept, shown, held when it or its caller is published."""

import json
from typing import Any

import pytest

from tests.support.connect_calls import Connect, refused
from tests.support.flow_documents import action
from tests.support.flow_documents import document as flow_of

CONTRACT = {
    "input": {"schema": {"type": "object", "properties": {"account": {"type": "string"}}, "required": ["account"]}},
    "resultData": {"schema": {"type": "object", "properties": {"tier": {"type": "string"}}}},
    "transitions": {"results": [{"name": "gold", "description": ""}]},
}
INERT = {"InputParameters": [], "OutputParameters": [], "Transitions": []}


def module(result: str = "gold", **data: str) -> str:
    end = action("end", "EndFlowModuleExecution", {"Result": result, "ResultData": data})
    return json.dumps(flow_of(end, Settings=INERT, Metadata={}))


def caller(arn: str, given: dict[str, str], branch: str = "gold") -> str:
    call = action(
        "call", "InvokeFlowModule", {"FlowModuleId": arn, "Input": given}, go="end",
        errors={"NoMatchingCondition": "end", "NoMatchingError": "end"}, when=[("Equals", branch, "end")],
    )  # fmt: skip
    return json.dumps(flow_of(call, action("end", "DisconnectParticipant"), Metadata={}))


class House:
    """An instance and its client."""

    def __init__(self) -> None:
        self.connect = Connect()
        self.instance = self.connect.instance()

    def __call__(self, operation: str, /, **asked: Any) -> dict[str, Any]:
        return self.connect(operation, InstanceId=self.instance, **asked)


@pytest.fixture
def house() -> House:
    return House()


def test_a_contract_is_kept_shown_and_changed_with_the_content(house: House) -> None:
    tool = {"Enabled": True}
    made = house(
        "CreateContactFlowModule", Name="m", Content=module(tier="1"), Settings=json.dumps(CONTRACT),
        ExternalInvocationConfiguration=tool,
    )  # fmt: skip
    shown = house("DescribeContactFlowModule", ContactFlowModuleId=made["Id"])["ContactFlowModule"]
    assert json.loads(shown["Settings"]) == CONTRACT
    assert shown["ExternalInvocationConfiguration"] == tool
    house("UpdateContactFlowModuleMetadata", ContactFlowModuleId=made["Id"], Name="renamed")
    shown = house("DescribeContactFlowModule", ContactFlowModuleId=made["Id"])["ContactFlowModule"]
    assert (shown["Name"], json.loads(shown["Settings"])) == ("renamed", CONTRACT)
    house("UpdateContactFlowModuleContent", ContactFlowModuleId=made["Id"], Content=module("silver"), Settings="{}")
    shown = house("DescribeContactFlowModule", ContactFlowModuleId=made["Id"])["ContactFlowModule"]
    assert shown["Settings"] == "{}"


def test_a_module_returns_only_what_its_contract_declares(house: House) -> None:
    asked = {"Name": "m", "Settings": json.dumps(CONTRACT)}
    for content in (module("silver"), module(colour="red")):
        refusal = refused(house, "CreateContactFlowModule", **asked, Content=content)
        assert refusal.code == "InvalidContactFlowModuleException"
        assert "the contract has no" in refusal.text
    made = house("CreateContactFlowModule", **asked, Content=module())
    other = {"ContactFlowModuleId": made["Id"], "Content": module("silver")}
    assert refused(house, "UpdateContactFlowModuleContent", **other).code == "InvalidContactFlowModuleException"


def test_a_flow_that_calls_a_module_keeps_to_its_contract(house: House) -> None:
    arn = house("CreateContactFlowModule", Name="m", Content=module(), Settings=json.dumps(CONTRACT))["Arn"]
    flow = {"Type": "CONTACT_FLOW"}
    for name, content in (
        ("no such branch", caller(arn, {"account": "1"}, "silver")),
        ("an input that is not declared", caller(arn, {"account": "1", "colour": "red"})),
        ("without what is required", caller(f"{arn}:$LATEST", {})),
    ):
        refusal = refused(house, "CreateContactFlow", **flow, Name=name, Content=content)
        assert refusal.code == "InvalidContactFlowException"
    assert house("CreateContactFlow", **flow, Name="right", Content=caller(arn, {"account": "1"}))["ContactFlowId"]
    saved = {"Name": "saved", "Status": "SAVED", "Content": caller(arn, {})}
    assert house("CreateContactFlow", **flow, **saved)["ContactFlowId"], "what is only saved is not checked"


def test_a_module_without_a_contract_is_called_as_one_likes(house: House) -> None:
    arn = house("CreateContactFlowModule", Name="m", Content=module("anything"))["Arn"]
    content = caller(arn, {"colour": "red"}, "anything")
    assert house("CreateContactFlow", Type="CONTACT_FLOW", Name="f", Content=content)["ContactFlowId"]


@pytest.mark.parametrize("settings", ["{", "[]", '"x"'])
def test_settings_that_are_no_json_object_are_refused(house: House, settings: str) -> None:
    asked = {"Name": "m", "Content": module(), "Settings": settings}
    assert refused(house, "CreateContactFlowModule", **asked).code == "InvalidParameterException"
