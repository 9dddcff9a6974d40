"""Flows that others have published run on the engine: whatever they hold, nothing breaks and no contact is lost."""

from collections import Counter
from pathlib import Path

import pytest

from flowlang import document
from localstack.connect.engine.plan import Press
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import MONDAY, Small

pytestmark = pytest.mark.shared


def _published(shared: Path) -> list[tuple[str, document.Flow]]:
    found = []
    for path in sorted((shared / "corpus" / "flows").rglob("*.json")):
        try:
            found.append((path.name, document.parse(path.read_bytes())))
        except document.InvalidDocument:
            continue
    return found


def test_every_public_flow_runs_to_an_end(shared: Path) -> None:
    flows = _published(shared)
    assert len(flows) > 50
    kinds: Counter[str] = Counter()
    for name, flow in flows:
        small = Small()
        small.lambdas.answers = {f"{FUNCTION}x": {"ok": "1"}}
        small.queue("support")
        small.agent("li.na", small.profile("support", ("support", 1, 0)))
        made = small.flow("main")
        small.number(small.put(type(made)(**_fields(made), content=document.to_document(flow))))
        contact = small.call(Press("1"), Press("2"), patience_s=300)
        small.run()
        small.world.hang_up(contact)  # some flows play music for ever
        small.run()
        assert contact.completed, name
        assert small.record_of(contact)["ContactId"] == contact.id
        kinds.update(told.kind for told in contact.transcript)
    assert kinds["ended"] == len(flows)
    assert small.world.now > MONDAY


def _fields(flow: object) -> dict[str, object]:
    return {name: getattr(flow, name) for name in ("id", "arn", "name", "type", "text")}
