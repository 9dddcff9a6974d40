"""The voicemail section of a tenant contract: the boxes of groups and of persons (VML-01)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.tenancy.contract_base import Id, Model, Title
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, texts, twice


class Box(Model):
    """Messages for the group that serves `queues`, or for the person with the user name `agent`."""

    id: Id
    name: Title
    queues: list[Id] = Field(default_factory=list)
    agent: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{1,100}$")] | None = None

    @model_validator(mode="after")
    def _is_somebodys(self) -> Self:
        if bool(self.queues) == (self.agent is not None):
            msg = "expected queues or an agent, and not both"
            raise ValueError(msg)
        return self


class Voicemail(Model):
    """Whose messages are whose. A message that no box takes lies in the box of its line."""

    boxes: list[Box] = Field(default_factory=list)


def voicemail_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a box, person or queue that stands twice, a queue that is not there, a line's name."""
    boxes, known = items(mapping(raw, "voicemail"), "boxes"), names(items(raw, "queues"), "id")
    lines = names(items(raw, "service_lines"), "id")
    yield from twice(boxes, "id", "voicemail.boxes")
    yield from twice(boxes, "agent", "voicemail.boxes")
    seen: set[str] = set()
    for i, box in enumerate(boxes):
        if box.get("id") in lines:
            yield Problem(f"voicemail.boxes.{i}.id", f"{box['id']!r} is the box of the line already")
        for j, queue in enumerate(texts(box, "queues")):
            if queue not in known:
                yield Problem(f"voicemail.boxes.{i}.queues.{j}", f"no such entry in queues: {queue!r}")
            if queue in seen:
                yield Problem(f"voicemail.boxes.{i}.queues.{j}", f"the queue {queue!r} has a box already")
            seen.add(queue)
