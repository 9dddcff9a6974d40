"""An example of every operation of the REST API that takes something, as its description shows them.

They are of one tenant's day and stand in the order in which they work one after the other: a test sends each of them,
in this order, and each is answered as the description says. Names that the API draws (the number of a ticket) are
examples here and the drawn ones there.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from chalicelib.platform.openapi import Example, ExampleAnswer

ANSWERS_FILE: Final = Path(__file__).with_name("example_answers.json")

_CONTACT: Final = {"contact_id": "6f1c0a52-0000-4000-8000-000000000001"}
_LIVE: Final = {"contact_id": "6f1c0a52-0000-4000-8000-00000000000a"}
_OFFERED: Final = {"contact_id": "6f1c0a52-0000-4000-8000-00000000000b"}
_MESSAGE: Final = {"message_id": "6f1c0a52-0000-4000-8000-000000000003"}
_CRM: Final = {"adapter_id": "crm"}
_RECORDING: Final = {**_CONTACT, "name": f"{_CONTACT['contact_id']}_20260302T09:00_UTC.wav"}
_DAY: Final = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
_CUSTOMER: Final = {"customer_id": "c-10001"}
_TICKET: Final = {"number": "26030001"}
_LINE: Final = {"line": "after-sales"}
_USER: Final = {"user": "zhao.min"}
_WORDS: Final = {"zh-CN": "您的维修已安排在周二。", "en-US": "Your repair is on Tuesday."}


def _said(mandarin: str, english: str) -> Mapping[str, Mapping[str, str]]:
    return {"text": {"zh-CN": mandarin, "en-US": english}}


_TREE: Final = {
    "start": "main",
    "human": "person",
    "greetings": {"neutral": _said("您好。", "Welcome.")},
    "phrases": {
        "no_input": _said("没有收到您的按键。", "We did not receive your choice."),
        "wrong_key": _said("您的输入有误。", "That is not a valid choice."),
        "again": _said("重听请按1，返回请按2，人工服务请按0。", "Again: 1. Back: 2. An agent: 0."),
        "not_found": _said("没有查到相关信息。", "We could not find anything."),
        "refused": _said("该信息仅限客户本人查询。", "This is only told to the customer."),
        "apology": _said("非常抱歉。", "We are sorry."),
        "goodbye": _said("感谢您的来电，再见。", "Thank you, goodbye."),
    },
    "nodes": {
        "main": {"kind": "menu", "prompt": _said("人工服务请按0。", "For an agent, press 0."), "keys": {"0": "person"}},
        "person": {
            "kind": "route",
            "category": "human-service",
            "prompt": _said("现在为您转接。", "We are transferring you."),
            "queues": {"zh-CN": "after-sales", "en-US": "english"},
        },
    },
}

EXAMPLES: Final[Mapping[str, Example]] = {
    "contacts_contacts": Example(query={"caller": "+8613800138000", "limit": 10}),
    "contacts_contact": Example(path=_CONTACT),
    "screen_api_pop": Example(path=_CONTACT, query={"caller": "+8613800138000", "line": "after-sales"}),
    "customers_create_customer": Example(
        body={
            "customer_id": "c-10001",
            "name": "王芳",
            "grade": "gold",
            "language": "zh-CN",
            "identities": [{"kind": "phone", "value": "+8613800138000"}],
        }
    ),
    "customers_customers": Example(query={"sort": "name", "grade": "gold", "limit": 20}),
    "customers_customer": Example(path=_CUSTOMER),
    "customers_edit_customer": Example(path=_CUSTOMER, body={"name": "王芳", "grade": "silver", "revision": 1}),
    "customers_timeline": Example(path=_CUSTOMER, query={"limit": 10}),
    "customers_merge_customers": Example(path=_CUSTOMER, body={"absorb": "c-10002"}),
    "customers_unmerge_customers": Example(path={**_CUSTOMER, "absorbed": "c-10002"}),
    "customers_forget_customer": Example(path={"customer_id": "c-10002"}, query={"revision": 3}),
    "tickets_open_ticket": Example(
        body={
            "subject": {"category": "repair", "text": "The lift of house 3 stands still.", "customer_id": "c-10001"},
            "note": "Nobody is inside.",
            "contact_id": _CONTACT["contact_id"],
        }
    ),
    "tickets_tickets": Example(query={"customer_id": "c-10001"}),
    "tickets_ticket": Example(path=_TICKET),
    "tickets_contacts": Example(path=_TICKET, body={"contact_id": "6f1c0a52-0000-4000-8000-000000000002"}),
    "tickets_steps": Example(
        path=_TICKET, body={"step": "assign", "assignee": "lifts", "note": "Sent to the fitters.", "revision": 1}
    ),
    "completions_lists": Example(),
    "completions_due": Example(query={"agent": "agent-007"}),
    "completions_completion": Example(path=_CONTACT),
    "completions_complete": Example(
        path=_CONTACT,
        body={
            "category": "repair",
            "sub_category": "hardware",
            "result": "recorded",
            "solved": False,
            "next_step": "call-back",
            "note": "Wants to be called after six.",
            "revision": 0,
        },
    ),
    "agents_agents": Example(),
    "agents_states": Example(path={"agent": "ann"}, query={"on": "2026-03-02"}),
    "agents_seats": Example(query=_DAY),
    "callbacks_callbacks": Example(query={"state": "open"}),
    "metrics_report": Example(query={**_DAY, "by": "queue", "percentiles": "50,90"}),
    "targets_api_results": Example(query={"from": "2026-03-02", "to": "2026-03-03", "by": "queue"}),
    "hours_line_hours": Example(path=_LINE, query={"at": "2026-03-02T10:00:00+08:00"}),
    "menus_menus": Example(path=_LINE),
    "menus_versions": Example(path=_LINE),
    "menus_validate": Example(path=_LINE, body={}),
    "menus_preview": Example(path=_LINE, body={"script": ["1"], "caller": {"language": "en-US"}}),
    "menus_save": Example(path=_LINE, body={"revision": 0, "tree": _TREE}),
    "menus_draft": Example(path=_LINE),
    "menus_publish": Example(path=_LINE, body={"revision": 1, "note": "Only the agents, for the holiday."}),
    "menus_version_of": Example(path={**_LINE, "version": "1"}),
    "menus_rollback": Example(path=_LINE, body={"version": 0, "note": "The holiday is over."}),
    "menus_report": Example(path=_LINE, query=_DAY),
    "menus_answer": Example(path={"enquiry": "order", "reference": "1001"}, body={"text": _WORDS}),
    "offers_offers": Example(),
    "offers_accept": Example(path=_OFFERED, body={"do": "accept"}),
    "recordings_recordings": Example(query={**_DAY, "agent": "agent-007"}),
    "recordings_play": Example(path=_RECORDING),
    "recordings_download": Example(path=_RECORDING),
    "recordings_verify": Example(path=_RECORDING),
    "screen_api_choose": Example(path=_LIVE, body=_CUSTOMER),
    "identity_guide": Example(path=_LIVE),
    "identity_ask": Example(path=_LIVE, body={"question": "name"}),
    "identity_answer": Example(path=_LIVE, body={"question": "name", "answer": "王芳"}),
    "recordings_turn": Example(path=_LIVE, body={"do": "suspend"}),
    "traces_trace": Example(path=_LIVE),
    "realtime_realtime": Example(),
    "screen_api_enter": Example(path=_CONTACT, body={"data": {"name": "王芳"}, "revision": 0}),
    "screen_api_draft": Example(path=_CONTACT),
    "licences_papers": Example(query={"on": "2026-03-02", "within_days": 90}),
    "people_people": Example(),
    "users_invite": Example(body={**_USER, "email": "zhao.min@hrgroup.example", "roles": ["agent"], "node": None}),
    "users_users": Example(query={"limit": 25}),
    "users_user": Example(path=_USER),
    "users_grant": Example(path={**_USER, "role": "team-leader"}),
    "users_take": Example(path={**_USER, "role": "agent"}),
    "users_settle": Example(path=_USER, body={"node": None, "enabled": False}),
    "people_person": Example(
        path={"user": "su.min"}, body={"position": "supervisor", "leader": "ma.li", "unit": "operations", "version": 2}
    ),
    "approvals_approvals": Example(query={"limit": 25}),
    "approvals_decide": Example(
        path={"approval_id": "0a1b2c3d0a1b2c3d0a1b2c3d"}, body={"decision": "approved", "note": "He asked in writing."}
    ),
    "adapters_adapters": Example(),
    "adapters_look_up": Example(path=_CRM, query={"phone": "+8613800138000"}),
    "adapters_run": Example(path=_CRM),
    "adapters_errors": Example(path=_CRM, query={"limit": 25}),
    "adapters_decide": Example(path={**_CRM, "customer_id": "c-10003"}, body={"decision": "retry"}),
    "privacy_privacy": Example(),
    "qualifications_record": Example(
        body={"agent": "li.na", "kind": "exam", "id": "banking", "on": "2026-03-01", "passed": True}
    ),
    "qualifications_standing": Example(query={"agent": "li.na"}),
    "voicemail_voicemails": Example(query={"box": "after-sales"}),
    "voicemail_voicemail": Example(path=_MESSAGE),
    "voicemail_close": Example(path=_MESSAGE, body={"result": "Called back, the bill was explained."}),
    "overrides_routing": Example(),
    "overrides_strategy": Example(path={"queue": "repair"}),
    "overrides_change_strategy": Example(path={"queue": "repair"}, body={"strategy": "longest-idle", "version": 0}),
    "overrides_change_bounds": Example(
        path={"chain": "repair-chain"}, body={"wait_limit_s": 60, "skip_wait_s": None, "version": 1}
    ),
    "overrides_switch_rule": Example(path={"rule": "complaints"}, body={"enabled": False, "version": 2}),
    "overrides_return_strategy": Example(path={"queue": "repair"}, query={"version": 3}),
    "overrides_return_bounds": Example(path={"chain": "repair-chain"}, query={"version": 4}),
    "overrides_switch_head_start": Example(body={"enabled": False, "version": 5}),
    "services_enter_service": Example(
        body={"at": "2026-03-02T09:00:00Z", "channel": "VOICE", "name": "王芳", "phone": "+8613800138000"}
    ),
    "services_services": Example(query={"number": "+8613800138000"}),
    "services_service": Example(path={"service_id": "s-1"}),
    "services_edit_service": Example(path={"service_id": "s-1"}, body={"name": "王芳", "note": "Paid.", "revision": 1}),
    "services_forget_service": Example(path={"service_id": "s-1"}, query={"revision": 2}),
    "reliability_slo": Example(query={"from": "2026-03-02", "to": "2026-03-09"}),
    "reliability_dependencies": Example(),
    "lifecycle_tenant": Example(),
    "lifecycle_evidence": Example(
        body={"gate": "numbers", "evidence": "Both numbers called at 09:40.", "done": True, "request_id": "numbers-1"}
    ),
    "lifecycle_transitions": Example(
        body={"to": "validated", "reason": "The contract is complete.", "request_id": "validated-1"}
    ),
    "audit_entries": Example(query={"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z", "limit": 50}),
    "audit_chain": Example(query={"actor": "li.na"}),
    "app_described": Example(),
    "requests_api_hold": Example(body={**_CUSTOMER, "reason": "order of the district court"}),
    "requests_api_holds": Example(),
    "requests_api_end_hold": Example(path={"hold_id": "20260302T090000-0a1b2c3d"}),
    "requests_api_ask": Example(body={**_CUSTOMER, "kind": "export", "reason": "asked in writing"}),
    "requests_api_requests": Example(),
    "requests_api_request": Example(path={"request_id": "20260302T090000-0a1b2c3d"}),
    "requests_api_package": Example(path={"request_id": "20260302T090000-0a1b2c3d"}),
}
"""By the name of the operation: every one has its example."""


@functools.cache
def answers() -> Mapping[str, ExampleAnswer]:
    """Return what each example was answered when all of them were sent (`make examples` writes it down)."""
    told = json.loads(ANSWERS_FILE.read_text(encoding="utf-8"))
    return {name: ExampleAnswer(status=one["status"], body=one["body"]) for name, one in told.items()}
