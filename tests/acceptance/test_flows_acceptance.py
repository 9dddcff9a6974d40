"""What the contact flows hold of the requirements, read from the finished flows (the emulator runs them elsewhere)."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.menus import checks
from chalicelib.routing.models import CallerFacts, ContactFacts, Reason
from chalicelib.routing.policy import decide
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import from_document
from flowlang import document, lint
from infra.cdk import flow_catalogue, menu_catalogue, prompt_catalogue

RAW: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8")
)
NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
LANGUAGES = ("zh-CN", "en-US")


def _contract(**line: Any) -> Contract:
    """Return the HR group's contract with its first line changed."""
    raw = copy.deepcopy(RAW)
    raw["service_lines"][0] |= line
    return parse(raw, source="acceptance")


def _flow(contract: Contract, name: str) -> document.Flow:
    unit = next(unit for unit in flow_catalogue.flow_units(contract) if unit.name == name)
    return document.parse(flow_catalogue.content(unit, contract, lambda reference: f"arn:{reference}"))


def _heard(contract: Contract, language: str) -> set[str]:
    """Return everything that callers of the first line can hear in `language`, one JSON text each."""
    media = []
    for unit in flow_catalogue.flow_units(contract):
        if unit.line == "after-sales" and unit.language == language:
            actions = json.loads(flow_catalogue.content(unit, contract, lambda reference: f"arn:{reference}"))[
                "Actions"
            ]
            for item in actions:
                media += [item["Parameters"], *item["Parameters"].get("Messages", [])]
    keys = ("Text", "Media")
    for _, prompt in checks.prompts(menu_catalogue.trees(contract)["after-sales"]):
        recording = prompt.recording.get(language)
        played = {"Uri": recording, "SourceType": "S3", "MediaType": "Audio"}
        said = {"Media": played} if recording else {"Text": prompt.text.get(language) or prompt.text["zh-CN"]}
        media.append(said)
    return {json.dumps(item[key], ensure_ascii=False) for item in media for key in keys if key in item}


@pytest.mark.req("TEN-05")
def test_the_default_language_is_one_of_those_that_the_tenant_lists() -> None:
    assert _contract().languages.default == "zh-CN"
    assert _contract().languages.offered == ["zh-CN", "en-US"]
    raw = copy.deepcopy(RAW) | {"languages": {"default": "en-US", "offered": ["zh-CN"]}}
    with pytest.raises(InvalidContract, match="the default 'en-US' must be one of offered"):
        parse(raw, source="acceptance")


@pytest.mark.req("TEN-05")
def test_a_prompt_missing_in_the_callers_language_is_heard_in_the_default_and_counted() -> None:
    contract = _contract(prompts={"welcome": {"zh-CN": "您好，这里是售后。"}})
    assert '"您好，这里是售后。"' in _heard(contract, "en-US")
    assert [(gap.language, gap.kind, gap.key) for gap in flow_catalogue.fallbacks(contract)] == [
        ("en-US", "prompt", "welcome")
    ]
    complete = _contract(prompts={"welcome": {"zh-CN": "您好，这里是售后。", "en-US": "This is after-sales."}})
    assert '"This is after-sales."' in _heard(complete, "en-US")
    assert flow_catalogue.fallbacks(complete) == ()


@pytest.mark.req("TEN-05")
def test_a_queue_missing_in_the_callers_language_is_the_defaults_queue_and_counted() -> None:
    option = RAW["service_lines"][0]["menu"][0] | {"queues": {"zh-CN": "complaints"}}
    contract = _contract(menu=[option], nodes={})
    tenant = from_document(compile_contract(contract))
    contact = ContactFacts(line=tenant.lines["after-sales"], language="en-US", menu_choice=option["digit"])
    decision = decide(contact, tenant, CallerFacts(), NOW)
    assert (decision.targets[0].id, decision.reason) == ("complaints", Reason.LANGUAGE_FALLBACK)
    assert [(gap.language, gap.kind, gap.key) for gap in flow_catalogue.fallbacks(contract)] == [
        ("en-US", "queue", option["digit"])
    ]


@pytest.mark.req("IVR-02")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_call_hears_the_welcome_before_the_menu_in_the_chosen_language(language: str) -> None:
    contract = _contract()
    arrival = _flow(contract, "inbound.after-sales").by_identifier()
    leads_to = f"arn:flow.service.after-sales.{language}"
    assert arrival[f"to-{language}"].parameters["ContactFlowId"] == leads_to
    assert arrival["to-default"].parameters["ContactFlowId"] == "arn:flow.service.after-sales.zh-CN"
    service = _flow(contract, f"service.after-sales.{language}")
    welcome = RAW["service_lines"][0]["prompts"]["welcome"][language]
    spoken = {item.identifier for item in service.actions if item.parameters.get("Text") == welcome}
    greetings = menu_catalogue.trees(contract)["after-sales"].greetings
    assert greetings.neutral.text[language] == welcome

    def welcomed(action: document.Action, edge: document.Edge) -> bool:
        # A caller who comes back from the voicemail offer has been welcomed on this call already; one whose greeting
        # came from the menus is not welcomed by the flow a second time.
        tested = action.parameters.get("ComparisonValue") in {"$.Attributes.welcomed", "$.Attributes.greeted"}
        return (tested and edge.kind == "condition") or action.identifier in spoken

    unwelcomed = lint.model.Subject(service, "CONTACT_FLOW", None).reached(service.start, unless=welcomed)
    assert spoken
    assert "menu" not in unwelcomed
    voice = service.by_identifier()["set-voice"].parameters["TextToSpeechVoice"]
    assert voice == {"zh-CN": "Zhiyu", "en-US": "Joanna"}[language]


@pytest.mark.req("IVR-02")
@pytest.mark.parametrize("key", sorted(prompt_catalogue.speech("zh-CN").prompts.keys() - prompt_catalogue.OF_TENANT))
def test_each_prompt_is_recorded_replaced_and_deleted_on_its_own(key: str) -> None:
    spoken = _heard(_contract(prompts={}), "zh-CN")
    replaced = _heard(_contract(prompts={key: {"zh-CN": "换一句话。"}}), "zh-CN")
    recorded = _heard(_contract(prompts={key: {"zh-CN": "s3://prompts/own.wav"}}), "zh-CN")
    # A prompt that this tenant's settings leave out (another recording policy) changes nothing.
    before = spoken - replaced
    assert replaced - spoken == ({'"换一句话。"'} if before else set())
    # The recording is played in the place of the spoken text; every other prompt is spoken as before.
    assert spoken - recorded == before
    for played in recorded - spoken:
        assert json.loads(played) == {"Uri": "s3://prompts/own.wav", "SourceType": "S3", "MediaType": "Audio"}
