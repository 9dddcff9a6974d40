"""The waiting section of a tenant contract: what a caller hears in the line, and how he may leave it (QUE-01 to 04).

Every part may be left out; a contract without the section waits as the prompt catalogue says.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.tenancy.contract_base import Id, Model, TextByLanguage
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, texts
from chalicelib.tenancy.contract_routing import Prefix

RING_S = 20
"""Amazon Connect rings an agent so long (5.2). A waiting flow that is interrupted meanwhile cannot take the caller out
of the queue, so the interval is longer."""
WAYS = 4
"""The tenant's own way of waiting, and three of queues: each is a block of the queue flow."""

IntervalS = Annotated[int, Field(gt=RING_S, le=600)]
Exit = Literal["voicemail", "self-service"]


class Way(Model):
    """How callers wait: position and estimated wait every `interval_s`, and between them music and a message.

    Both are texts, or addresses of recordings (`s3://bucket/key.wav`); what is left out is the tenant's, else the
    prompt catalogue's.
    """

    interval_s: IntervalS | None = None
    music: TextByLanguage | None = None
    message: TextByLanguage | None = None


class QueueWay(Way):
    """How callers wait in `queues` (QUE-02)."""

    queues: list[Id] = Field(min_length=1)


class CallbackTerms(Model):
    """Waiting callers may ask to be called back without losing their place (QUE-03).

    Only numbers that begin with one of `regions` are called. A number keyed in without a country code is of `country`
    and has `digits_least` to `digits_most` digits after a leading 0. It is tried `attempts` times, `retry_s` apart.
    """

    country: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,2}$")]
    regions: list[Prefix] = Field(min_length=1)
    digits_least: int = Field(default=10, ge=4, le=14)
    digits_most: int = Field(default=11, ge=4, le=14)
    attempts: int = Field(default=3, ge=1, le=10)
    retry_s: int = Field(default=600, ge=1, le=259_200)


class Waiting(Way):
    """How callers of the tenant wait, and what they may leave the line for at any time (QUE-04).

    `unattended` says what becomes of callers in a queue that nobody serves who is signed in (VML-01).
    """

    interval_s: IntervalS = 25
    callback: CallbackTerms | None = None
    leave_for: list[Exit] = Field(default_factory=list)
    unattended: Literal["wait", "voicemail"] = "wait"
    by_queue: list[QueueWay] = Field(default_factory=list, max_length=WAYS - 1)


def waiting_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a queue that is not there or waits in two ways, and a text without the default language."""
    section, known = mapping(raw, "waiting"), names(items(raw, "queues"), "id")
    default = mapping(raw, "languages").get("default")
    seen: set[str] = set()
    for i, way in enumerate(items(section, "by_queue")):
        for j, queue in enumerate(texts(way, "queues")):
            path = f"waiting.by_queue.{i}.queues.{j}"
            if queue not in known:
                yield Problem(path, f"no such entry in queues: {queue!r}")
            if queue in seen:
                yield Problem(path, f"the queue {queue!r} has a way of waiting already")
            seen.add(queue)
    ways = [("waiting", section), *((f"waiting.by_queue.{i}", w) for i, w in enumerate(items(section, "by_queue")))]
    for path, way in ways:
        for key in ("music", "message"):
            text = way.get(key)
            if isinstance(text, Mapping) and isinstance(default, str) and default not in text:
                yield Problem(f"{path}.{key}.{default}", "required in the default language")
