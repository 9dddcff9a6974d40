"""From contract to the document that functions carry. Pure; the same contract always gives the same bytes (TEN-03)."""

import hashlib
import json
from typing import Any

from chalicelib.licences import service as licences
from chalicelib.tenancy.calendar import written
from chalicelib.tenancy.contract import Contract, ServiceLine
from chalicelib.tenancy.contract_adapters import Adapter
from chalicelib.tenancy.contract_areas import table
from chalicelib.tenancy.contract_go_live import papers
from chalicelib.tenancy.contract_timetable import timetable
from chalicelib.tenancy.models import DOCUMENT_VERSION


def compile_contract(contract: Contract) -> dict[str, Any]:
    """Return the JSON-compatible document that `models.from_document` reads."""
    body: dict[str, Any] = {
        "document_version": DOCUMENT_VERSION,
        "id": contract.tenant,
        "name": contract.name,
        "time_zone": contract.time_zone,
        "default_language": contract.languages.default,
        "languages": list(contract.languages.offered),
        "lines": {line.id: _line(contract, line) for line in contract.service_lines},
        "queues": {
            queue.id: {
                "id": queue.id,
                "name": queue.name,
                "language": queue.language,
                "strategy": queue.strategy,
                "priority": queue.priority,
                "threshold_s": queue.service_level.threshold_s,
                "short_abandon_s": queue.service_level.short_abandon_s,
                "hours": queue.hours,
                "max_contacts": queue.max_contacts,
            }
            for queue in contract.queues
        },
        "seats": contract.seats.model_dump(),
        "grade_priority": {grade.grade: grade.priority for grade in contract.grades},
        "contacts_days": contract.retention.contacts_days,
        "customer_page": page.model_dump(mode="json") if (page := contract.customers.page) else None,
        "customer_fields": [one.model_dump(mode="json") for one in contract.customers.fields],
        "adapters": [_adapter(one) for one in contract.customers.adapters],
        "ticket_steps_left_out": list(contract.tickets.left_out),
        "kpi_targets": [target.model_dump(mode="json", exclude={"unit"}) for target in contract.kpi_targets],
        "kpis": contract.kpis.model_dump(mode="json"),
        "hours": {hours.id: written(timetable(hours)) for hours in contract.hours},
        "routing": _routing(contract),
        "boxes": [box.model_dump(mode="json", exclude={"notify"}) for box in contract.voicemail.boxes],
        "notices": _notices(contract),
        "agent_greetings": {
            one.agent: {"text": dict(one.text), "recording": dict(one.recording)} for one in contract.agent_greetings
        },
        "qualifications": [one.model_dump(mode="json") for one in contract.qualifications],
        "completion": _completion(contract),
        "identity": identity.model_dump(mode="json") if (identity := contract.identity) else None,
        "agent_statuses": {status.name: status.kind for status in contract.agent_statuses},
        "papers": licences.document(papers(contract)),
        "organisation": [node.model_dump(mode="json") for node in contract.organisation],
        "realtime": contract.realtime.model_dump(mode="json"),
        "reading": contract.security.reading.model_dump(),
        **({"approvals": asked.model_dump()} if (asked := contract.security.approvals).actions else {}),
        "reliability": _reliability(contract),
        "privacy": {
            "retention": contract.retention.model_dump(),
            "responsible": [person.model_dump() for person in contract.security.responsible],
        },
        "callback": callback.model_dump(mode="json") if (callback := contract.waiting.callback) else None,
    }
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {**body, "version": digest[:12]}


def document_text(document: dict[str, Any]) -> str:
    """Return the document as text, the same bytes for the same content."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def _routing(contract: Contract) -> dict[str, Any]:
    """Return the section with the numbers of its regions' areas compiled into one table.

    Its first rules lead callers who refuse to be recorded to the queue that the line names for them (REC-02).
    """
    section = contract.routing.model_dump(mode="json")
    section["rules"] = [*_refusals(contract), *section["rules"]]
    if attribution := section["attribution"]:
        areas = [region["areas"] for region in attribution["regions"]]
        attribution["table"] = table(areas) if any(areas) else ""
    return section


def _adapter(adapter: Adapter) -> dict[str, Any]:
    """Return an adapter with both names of every field that it shares."""
    fields = [{"field": one.field, "theirs": one.theirs or one.field, "rule": one.rule} for one in adapter.fields]
    return adapter.model_dump(mode="json", exclude_none=True) | {"fields": fields}


def _reliability(contract: Contract) -> dict[str, Any]:
    return {**contract.reliability.model_dump(mode="json"), "recovery": contract.security.recovery.model_dump()}


def _notices(contract: Contract) -> dict[str, Any]:
    section = contract.voicemail.model_dump(mode="json")
    boxes = {box["id"]: box["notify"] for box in section["boxes"] if box["notify"]}
    return {"people": section["people"], "boxes": boxes, "default": section["notify"], **section["notices"]}


def _refusals(contract: Contract) -> list[dict[str, Any]]:
    return [
        {
            "id": f"recording-refused.{line.id}",
            "when": {"lines": [line.id], "attributes": {"recordingRefused": ["true"]}},
            "queue": line.recording_refusal.queue,
        }
        for line in contract.service_lines
        if line.recording_refusal and line.recording_refusal.queue
    ]


def _completion(contract: Contract) -> dict[str, Any] | None:
    """Return the ids of the lists; `shown` has their names, which only a desk asks for."""
    lists = contract.completion
    if lists is None:
        return None
    return {
        "categories": {one.id: [sub.id for sub in one.sub_categories] for one in lists.categories},
        "results": [one.id for one in lists.results],
        "next_steps": [one.id for one in lists.next_steps],
        "ticketed": [one.id for one in lists.next_steps if one.needs_ticket],
        "shown": lists.model_dump(mode="json"),
    }


def _line(contract: Contract, line: ServiceLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "numbers": [number.number for number in contract.entry_numbers if number.line == line.id],
        "default_queue": line.default_queue,
        "hours": line.hours,
        "off_hours": line.off_hours,
        "recording": line.recording,
        "menu": {
            option.digit: {"digit": option.digit, "category": option.category, "queues": dict(option.queues)}
            for option in line.menu
        },
    }
