"""The voicemail section of a tenant contract: boxes of groups and of persons, and who is told of a new message (VML-01,
VML-02).
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.tenancy.contract_base import E164, Id, Model, Title
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, texts, twice

Way = Literal["sms", "email", "call"]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Address = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
"""An e-mail address in plain ASCII, as Amazon SES takes it."""

_NEEDS: Mapping[str, str] = {"sms": "phone", "call": "phone", "email": "email"}
"""What a person must have to be told in each way."""


class Notify(Model):
    """Tell `person` of a new message: by SMS, by e-mail or by a call."""

    by: Way
    person: Id


class Person(Model):
    """Somebody who is responsible for messages, and where he is reached."""

    id: Id
    name: Title
    phone: E164 | None = None
    email: Address | None = None


class Quiet(Model):
    """Hours by the tenant's clock in which nobody is told in one of `ways`; over midnight when the end is the earlier.

    What comes due in them is told when they end.
    """

    starts: TimeOfDay
    ends: TimeOfDay
    ways: list[Way] = Field(default=["sms", "call"], min_length=1)

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.starts == self.ends:
            msg = "expected hours that end at another time than they start"
            raise ValueError(msg)
        return self


class Notices(Model):
    """How people are told. A try that fails is made again after `retry_s`, `attempts` times in all.

    E-mails come from `sender`, calls present `presented_number`, a verified number of the tenant (OUT-10).
    """

    sender: Address | None = None
    presented_number: E164 | None = None
    attempts: int = Field(default=3, ge=1, le=10)
    retry_s: int = Field(default=600, ge=60, le=86_400)
    quiet: Quiet | None = None


class Box(Model):
    """Messages for the group that serves `queues`, or for the person with the user name `agent`."""

    id: Id
    name: Title
    queues: list[Id] = Field(default_factory=list)
    agent: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{1,100}$")] | None = None
    notify: Notify | None = None

    @model_validator(mode="after")
    def _is_somebodys(self) -> Self:
        if bool(self.queues) == (self.agent is not None):
            msg = "expected queues or an agent, and not both"
            raise ValueError(msg)
        return self


class Voicemail(Model):
    """Whose messages are whose. A message that no box takes lies in the box of its line.

    `notify` is for the boxes that do not say, and for those of the lines.
    """

    boxes: list[Box] = Field(default_factory=list)
    people: list[Person] = Field(default_factory=list)
    notify: Notify | None = None
    notices: Notices = Notices()

    @property
    def ways(self) -> Mapping[str, tuple[str, ...]]:
        """The persons who are told in each way that is used, in order."""
        said = [self.notify, *(box.notify for box in self.boxes)]
        used: dict[str, set[str]] = {}
        for one in said:
            if one is not None:
                used.setdefault(one.by, set()).add(one.person)
        return {way: tuple(sorted(used[way])) for way in sorted(used)}


def voicemail_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a box, person or queue that stands twice or is not there, a line's name, and a person who
    cannot be told in the way that is asked for.
    """
    section = mapping(raw, "voicemail")
    boxes, known = items(section, "boxes"), names(items(raw, "queues"), "id")
    lines = names(items(raw, "service_lines"), "id")
    yield from twice(boxes, "id", "voicemail.boxes")
    yield from twice(boxes, "agent", "voicemail.boxes")
    yield from twice(items(section, "people"), "id", "voicemail.people")
    seen: set[str] = set()
    for i, box in enumerate(boxes):
        if isinstance(box.get("id"), str) and box["id"] in lines:
            yield Problem(f"voicemail.boxes.{i}.id", f"{box['id']!r} is the box of the line already")
        for j, queue in enumerate(texts(box, "queues")):
            if queue not in known:
                yield Problem(f"voicemail.boxes.{i}.queues.{j}", f"no such entry in queues: {queue!r}")
            if queue in seen:
                yield Problem(f"voicemail.boxes.{i}.queues.{j}", f"the queue {queue!r} has a box already")
            seen.add(queue)
    yield from _untold(section)


def _untold(section: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for everybody who is to be told and cannot be."""
    people = {str(one.get("id")): one for one in items(section, "people")}
    said = [("voicemail.notify", mapping(section, "notify"))]
    said += [(f"voicemail.boxes.{i}.notify", mapping(box, "notify")) for i, box in enumerate(items(section, "boxes"))]
    notices = mapping(section, "notices")
    for path, one in said:
        person, way = one.get("person"), str(one.get("by"))
        if isinstance(person, str) and person not in people:
            yield Problem(f"{path}.person", f"no such entry in voicemail.people: {person!r}")
        elif isinstance(person, str) and way in _NEEDS and not people[person].get(_NEEDS[way]):
            yield Problem(f"{path}.by", f"{person!r} has no {_NEEDS[way]}")
        if way == "email" and not notices.get("sender"):
            yield Problem("voicemail.notices.sender", "required: somebody is told by e-mail")
        if way == "call" and not notices.get("presented_number"):
            yield Problem("voicemail.notices.presented_number", "required: somebody is told by a call (OUT-10)")
