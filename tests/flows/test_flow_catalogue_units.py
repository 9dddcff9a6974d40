"""Which flows a tenant has, in which order, and what they refer to."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.menus.models import Node
from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load, parse
from infra.cdk import flow_catalogue, menu_catalogue, prompt_catalogue
from infra.cdk.flow_catalogue import FlowUnit

ROOT = Path(__file__).resolve().parents[2]
HRGROUP = (ROOT / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8")
LANGUAGES = ("zh-CN", "en-US")


def _tenant(name: str) -> Contract:
    return load(ROOT / "tenants" / f"{name}.yaml")


def _changed(**line: Any) -> Contract:
    raw: dict[str, Any] = yaml.load(HRGROUP, yaml.CSafeLoader)
    raw["service_lines"][0] |= line
    return parse(raw, source="changed")


def _unit(contract: Contract, name: str) -> FlowUnit:
    return next(unit for unit in flow_catalogue.flow_units(contract) if unit.name == name)


def _content(contract: Contract, name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(
        flow_catalogue.content(_unit(contract, name), contract, lambda ref: f"arn:{ref}")
    )
    return parsed


def _action(contract: Contract, flow: str, identifier: str) -> dict[str, Any]:
    return next(item for item in _content(contract, flow)["Actions"] if item["Identifier"] == identifier)


def _main(contract: Contract) -> Node:
    return menu_catalogue.trees(contract)[contract.service_lines[0].id].nodes["main"]


TENANTS = pytest.mark.parametrize("name", ["hrgroup", "taxihotline"])


@TENANTS
def test_what_a_flow_needs_stands_before_it_unless_they_need_each_other(name: str) -> None:
    units = flow_catalogue.flow_units(_tenant(name))
    circles = flow_catalogue.cycles(units)
    seen: set[str] = set()
    for unit in units:
        seen.add(f"{unit.kind}.{unit.name}")
        circle = next((names for names in circles if unit.name in names), frozenset())
        needed = {name for name in unit.references if name.startswith(("flow.", "module."))}
        assert needed <= seen | {f"flow.{name}" for name in circle}


@TENANTS
def test_the_only_circles_are_the_ways_back_within_one_line_and_language(name: str) -> None:
    contract = _tenant(name)
    expected = {
        frozenset(f"{flow}.{line.id}.{language}" for flow in flows)
        for flows in (("service", "route", "voicemail"), ("queue-wait", "aside"))
        for line in contract.service_lines
        for language in contract.languages.offered
    }
    assert set(flow_catalogue.cycles(flow_catalogue.flow_units(contract))) == expected


@TENANTS
def test_every_reference_is_something_that_the_tenant_has(name: str) -> None:
    contract = _tenant(name)
    units = flow_catalogue.flow_units(contract)
    known = {f"{unit.kind}.{unit.name}" for unit in units}
    known |= {f"queue.{queue.id}" for queue in contract.queues} | {f"hours.{hours.id}" for hours in contract.hours}
    known.add("queue.aside")
    known |= {f"lambda.{function}" for function in flow_catalogue.LAMBDAS}
    assert {reference for unit in units for reference in unit.references} <= known


@TENANTS
def test_every_flow_and_module_is_used_or_answers_a_number(name: str) -> None:
    contract = _tenant(name)
    units = flow_catalogue.flow_units(contract)
    used = {reference for unit in units for reference in unit.references}
    entries = {flow_catalogue.entry_flow(contract, number.number) for number in contract.entry_numbers}
    entries |= {"voicemail-notice"} if "call" in contract.voicemail.ways else set()  # a function calls by it
    entries |= {"outbound-whisper"}  # every queue has it
    assert {unit.name for unit in units if f"{unit.kind}.{unit.name}" not in used} == entries


@TENANTS
def test_the_same_contract_gives_the_same_flows_byte_for_byte(name: str) -> None:
    one, two = _tenant(name), _tenant(name)
    assert flow_catalogue.flow_units(one) == flow_catalogue.flow_units(two)
    for unit in flow_catalogue.flow_units(one):
        assert flow_catalogue.content(unit, one, str) == flow_catalogue.content(unit, two, str)


@TENANTS
def test_content_asks_only_for_the_references_that_the_unit_declares(name: str) -> None:
    contract = _tenant(name)
    for unit in flow_catalogue.flow_units(contract):
        asked: list[str] = []
        flow_catalogue.content(unit, contract, lambda ref, asked=asked: asked.append(ref) or f"arn:{ref}")  # type: ignore[misc, func-returns-value]
        assert set(asked) == unit.references


def test_names_say_line_and_language() -> None:
    names = {unit.name for unit in flow_catalogue.flow_units(_tenant("hrgroup"))}
    assert {
        "inbound.after-sales",
        "service.after-sales.en-US",
        "queue-wait.telesales.zh-CN",
        "identify.after-sales.en-US",
    } <= names


def test_a_line_gets_no_module_that_it_has_no_use_for() -> None:
    bare = _changed(recording="none", identification=False)
    references = _unit(bare, "service.after-sales.zh-CN").references
    assert {ref for ref in references if ref.startswith("module.")} == {"module.greeting", "module.menu"}
    assert "UpdateContactRecordingBehavior" not in {
        item["Type"] for item in _content(bare, "service.after-sales.zh-CN")["Actions"]
    }
    modules = {unit.name for unit in flow_catalogue.flow_units(bare) if unit.kind == "module"}
    assert {name for name in modules if not name.startswith("callback.")} == {
        "greeting",
        "menu",
        "recording-notice.telesales.zh-CN",
        "recording-notice.telesales.en-US",
    }
    assert not {unit.name for unit in flow_catalogue.flow_units(_tenant("taxihotline")) if "callback" in unit.name}


def test_a_tenant_with_one_language_asks_for_none() -> None:
    identifiers = {item["Identifier"] for item in _content(_tenant("taxihotline"), "inbound.hotline")["Actions"]}
    assert not identifiers & {"ask-language", "to-en-US"}
    assert "to-zh-CN" in identifiers


def test_the_menu_is_spoken_from_the_contract() -> None:
    contract = _tenant("taxihotline")
    menu = _main(contract)
    assert menu.prompt is not None
    assert menu.prompt.text["zh-CN"].startswith("服务投诉请按1，举报非法营运请按2，政策咨询请按3，意见建议请按4，")
    assert sorted(menu.keys) == sorted(option.digit for option in contract.service_lines[0].menu)


@TENANTS
def test_a_key_is_resolved_to_its_category(name: str) -> None:
    contract = _tenant(name)
    for line in contract.service_lines:
        for option in line.menu:
            nodes = menu_catalogue.trees(contract)[line.id].nodes
            target = nodes[nodes["main"].keys[option.digit]]
            if option.to is None:
                assert (target.category, target.queues) == (option.category, option.queues)
            elif target.otherwise is not None:
                assert nodes[target.otherwise].category


def test_a_number_leads_to_its_lines_flow() -> None:
    contract = _tenant("hrgroup")
    assert flow_catalogue.entry_flow(contract, "+864008601234") == "inbound.after-sales"
    with pytest.raises(LookupError, match="not an entry number"):
        flow_catalogue.entry_flow(contract, "+861")


def test_both_languages_have_the_same_prompts_and_every_one_is_played() -> None:
    mandarin, english = (prompt_catalogue.speech(language).prompts.keys() for language in LANGUAGES)
    played = {
        name
        for path in (ROOT / "contact_flows").glob("*/*.json")
        for name in re.findall(r"\{\{\??prompt\.(\w+)(?:\.\d+)?\}\}", path.read_text(encoding="utf-8"))
    }
    played |= {*menu_catalogue.PLAYED.values(), "welcome_known"}
    assert mandarin == english
    assert played - prompt_catalogue.GENERATED == mandarin


def test_a_line_may_replace_any_prompt_that_its_callers_hear() -> None:
    keys = prompt_catalogue.speech("zh-CN").prompts.keys() - prompt_catalogue.OF_TENANT
    own = {key: {"zh-CN": f"自定义 {key}"} for key in keys}
    heard = "".join(
        flow_catalogue.content(unit, contract, lambda ref: f"arn:{ref}")
        for policy in ("full", "on-demand")
        for contract in (_changed(prompts=own, recording=policy, recording_refusal={"then": "unrecorded"}, survey={}),)
        for unit in flow_catalogue.flow_units(contract)
        if unit.line == "after-sales"
    )
    heard += menu_catalogue.package_text(_changed(prompts=own))
    assert [key for key in own if f'"自定义 {key}"' not in heard] == []


def test_a_prompt_that_no_flow_plays_is_refused_with_its_path() -> None:
    with pytest.raises(InvalidInput, match=r"service_lines\.0\.prompts\.welcom\b") as refusal:
        flow_catalogue.flow_units(_changed(prompts={"welcom": {"zh-CN": "您好"}}))
    assert refusal.value.facts == {"prompts": ["service_lines.0.prompts.welcom"]}


def test_the_projects_tenants_lack_nothing_in_any_of_their_languages() -> None:
    assert flow_catalogue.fallbacks(_tenant("hrgroup")) == ()
    assert flow_catalogue.fallbacks(_tenant("taxihotline")) == ()


@given(st.sets(st.sampled_from(["name", "label", "queue", "prompt"])))
def test_exactly_what_a_line_lacks_is_counted(lacking: set[str]) -> None:
    def texts(kind: str, mandarin: str, english: str) -> dict[str, str]:
        return {"zh-CN": mandarin} | ({} if kind in lacking else {"en-US": english})

    contract = _changed(
        name=texts("name", "热线", "Hotline"),
        prompts={"goodbye": texts("prompt", "再见。", "Goodbye.")},
        nodes={},
        menu=[
            {
                "digit": "7",
                "category": "repair",
                "label": texts("label", "报修", "repairs"),
                "queues": texts("queue", "after-sales", "english"),
            }
        ],
    )
    keys = {"name": "name", "label": "7", "queue": "7", "prompt": "goodbye"}
    found = flow_catalogue.fallbacks(contract)
    assert [(gap.line, gap.language, gap.kind, gap.key) for gap in found] == [
        ("after-sales", "en-US", kind, keys[kind]) for kind in sorted(lacking)
    ]
    spoken = _main(contract).prompt
    assert spoken is not None
    assert spoken.text["en-US"] == f"For {'报修' if 'label' in lacking else 'repairs'}, press 7."


def test_a_prompt_may_name_its_line_in_the_callers_language() -> None:
    contract = _changed(
        prompts={"goodbye": {"zh-CN": "感谢致电{{line.name}}。", "en-US": "Thank you for calling {{line.name}}."}}
    )
    said = _action(contract, "service.after-sales.en-US", "say-goodbye")["Parameters"]["Text"]
    assert said == "Thank you for calling After-sales service."


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lambda.route", "expected one of estimate_wait, lookup_customer, menu_step, request_callback, route_contact"),
        ("queues.vip", "expected one of .*queue"),
        ("flow.identify", "the manifest has no flow 'identify'"),
        ("module.service", "the manifest has no module 'service'"),
        ("prompt.welcom", "no prompt 'welcom'"),
        ("menu.1", "expected one of .*module"),
        ("line.colour", "expected one of closed, default_queue"),
        ("recording.caller", "expected one of agent, customer"),
        ("voice.engine", "expected one of language.code, voice.name"),
    ],
)
def test_a_reference_that_nobody_can_have_says_what_there_is(name: str, reason: str) -> None:
    resolve = flow_catalogue._Resolver(_tenant("hrgroup"), "after-sales", "zh-CN", str)
    with pytest.raises(LookupError, match=reason):
        resolve(name)


@pytest.mark.parametrize("name", ["queue.nobody", "hours.never", "flow.service.fr-FR"])
def test_what_only_this_tenant_lacks_is_absent(name: str) -> None:
    assert flow_catalogue._Resolver(_tenant("hrgroup"), "after-sales", "zh-CN", str)(name) is None


@pytest.mark.parametrize("name", ["line.id", "queue.default", "prompt.menu", "flow.service"])
def test_a_flow_of_all_lines_has_nothing_of_a_line(name: str) -> None:
    with pytest.raises(LookupError, match="all lines"):
        flow_catalogue._Resolver(_tenant("hrgroup"), None, None, str)(name)
