"""What a contact carries from one target to the next: where it has been, since when it waits, what it asked for. Pure.

A flow asks for the next target when one has failed or a queue's time is over. Nothing is kept between two questions but
attributes of the contact, so the same question always has the same answer, however often it is asked.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

type Place = tuple[str, str]


def places(text: str | None) -> tuple[Place, ...]:
    """Return the places in a text such as `queue:english outside:+8613800138000`; what is no place is left out."""
    parts = [word.partition(":") for word in (text or "").split()]
    return tuple((kind, place) for kind, found, place in parts if kind and found and place)


def with_place(text: str | None, place: Place) -> str:
    """Return the text of `places` with one more at its end, each place once (ACD-16)."""
    return " ".join(f"{kind}:{name}" for kind, name in dict.fromkeys((*places(text), place)))


def stays(since: str | None, timeout_s: str | None, now: datetime) -> bool:
    """Return whether a contact that waits since `since` (ISO 8601) for `timeout_s` seconds goes on waiting.

    One of which either is not known waits on: nothing is a better place than the queue where it stands.
    """
    if since is None or timeout_s is None or not timeout_s.isdecimal():
        return True
    try:
        begun = datetime.fromisoformat(since)
    except ValueError:
        return True
    return begun.tzinfo is None or now < begun + timedelta(seconds=int(timeout_s))


def lifted(criteria: Iterable[str | None]) -> str | None:
    """Return routing criteria that end after a second, so that any agent of the queue will do; None without need.

    Amazon Connect keeps a contact's criteria from queue to queue and has no way to take them away (11.4). `criteria`
    are those that it may have, as JSON: the first step of the first one is asked for once more, briefly.
    """
    for text in criteria:
        if text is not None and text.startswith("{"):
            first = json.loads(text)["Steps"][0]
            step = {"Expression": first["Expression"], "Expiry": {"DurationInSeconds": 1}}
            return json.dumps({"Steps": [step]}, separators=(",", ":"), ensure_ascii=False)
    return None
