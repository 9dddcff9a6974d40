"""What a person chooses on a screen: views and signing in."""

from typing import Any

import pytest

from localstack.connect.engine.plan import Choose, HangUp
from localstack.connect.engine.providers import read
from tests.support.connect_world import Small, action, texts
from tests.support.one_action import go

FORM = {
    "ViewResource": {"Id": "form", "Version": "Latest"},
    "InvocationTimeLimitSeconds": "300",
    "ViewData": {"Heading": "Hello $.ContactId"},
}
ACTIONS = {"Next": ("Equals", "Next"), "Back": ("Equals", "Back")}
KEEP = action(
    "k", "UpdateContactAttributes", {"Attributes": {"a": "$.Views.Action", "amount": "$.Views.ViewResultData.amount"}}
)


def show(*script: Any, small: Small | None = None, **more: Any) -> tuple[str, Any]:
    parameters = {**FORM, **more}
    return go(small or Small(), "ShowView", parameters, *script, results=ACTIONS, channel="CHAT")


def test_the_flow_branches_on_the_action_that_is_chosen() -> None:
    assert show(Choose("Next"))[0] == "Next"
    assert show(Choose("Back"))[0] == "Back"
    assert show(Choose("Elsewhere"))[0] == "NoMatchingCondition"


def test_the_form_is_in_the_flows_reach() -> None:
    label, contact = go(Small(), "ShowView", FORM, Choose("Next", {"amount": "5"}), after=KEEP, channel="CHAT")
    assert label == "next"
    assert contact.attributes == {"a": "Next", "amount": "5"}
    (shown,) = [told for told in contact.transcript if told.kind == "view"]
    assert shown.facts["data"] == {"Heading": f"Hello {contact.id}"}


def test_nobody_chooses_in_time() -> None:
    label, contact = show(Choose(""), InvocationTimeLimitSeconds="40")
    assert label == "TimeLimitExceeded"
    assert (contact.disconnected_at - contact.initiated_at).total_seconds() >= 40


@pytest.mark.parametrize("limit", ["", "0", "soon"])
def test_a_view_needs_a_time_limit(limit: str) -> None:
    assert show(Choose("Next"), InvocationTimeLimitSeconds=limit)[0] == "NoMatchingError"


def test_what_is_sensitive_does_not_stand_in_the_transcript() -> None:
    hidden = {"HideResponseOn": ["TRANSCRIPT"]}
    _, contact = show(Choose("Next", {"card": "4111"}), SensitiveDataConfiguration=hidden)
    assert "4111" not in str(contact.transcript)
    _, contact = show(Choose("Next", {"card": "4111"}))
    assert "4111" in str(contact.transcript)


def test_data_and_attributes_must_fit_into_16_kb() -> None:
    assert show(Choose("Next"), ViewData={"x": "y" * 16_400})[0] == "NoMatchingError"
    assert show(Choose("Next"), ViewData={"x": "y" * 16_000})[0] == "Next"


def test_a_view_that_is_described_is_held_to_its_description() -> None:
    small = Small()
    document = {"views": {"pay": {"actions": ["Next"], "inputs": ["amount"]}}}
    small.world.providers(small.instance).views = read(document)["views"]
    pay = {"ViewResource": {"Id": "arn:aws:connect:us-east-1:0:instance/i/view/pay:$LATEST"}}
    given = {"ViewData": {"amount": "5"}}
    assert show(Choose("Next"), small=small, **pay, **given)[0] == "Next"
    assert show(Choose("Back"), small=small, **pay, **given)[0] == "NoMatchingError"
    assert show(Choose("Next"), small=small, **pay)[0] == "NoMatchingError"
    assert show(Choose("Next"), small=small, ViewResource={"Id": "unknown"})[0] == "NoMatchingError"
    assert show(Choose("Next"), small=small)[0] == "Next"


def test_a_view_is_nothing_for_the_telephone() -> None:
    assert go(Small(), "ShowView", FORM, Choose("Next"), results=ACTIONS)[0] == "NoMatchingError"


def test_a_customer_who_leaves_is_not_waited_for() -> None:
    _, contact = show(HangUp())
    assert contact.ended
    assert contact.listening is None
    assert texts(contact, "chosen") == []


def test_a_customer_signs_in() -> None:
    keep = action("k", "UpdateContactAttributes", {"Attributes": {"who": "$.CustomerId"}})
    signs = Choose("Authenticated", {"CustomerId": "c-1"})
    label, contact = go(Small(), "AuthenticateParticipant", {}, signs, after=keep, channel="CHAT")
    assert (label, contact.attributes) == ("next", {"who": "c-1"})
    assert contact.segment_attributes["connect:CustomerAuthentication"] == (
        '{"Status":"AUTHENTICATED","AssociatedCustomerId":"c-1"}'
    )


@pytest.mark.parametrize("deed", [Choose("Declined"), Choose("")])
def test_a_customer_who_does_not_sign_in_is_the_error(deed: Choose) -> None:
    assert go(Small(), "AuthenticateParticipant", {}, deed, channel="CHAT")[0] == "NoMatchingError"


def test_the_time_to_sign_in_is_a_setting() -> None:
    def waited_s(**settings: float) -> float:
        _, contact = go(Small(**settings), "AuthenticateParticipant", {}, Choose(""), channel="CHAT")
        assert contact.disconnected_at is not None
        return (contact.disconnected_at - contact.initiated_at).total_seconds()

    assert waited_s() - waited_s(sign_in_limit_s=100.0) == pytest.approx(800)
