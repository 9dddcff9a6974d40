"""Faults of delivery, made on purpose and from a seed: what AWS may do to messages on their way (6.1, 7, 8, 16).

Contact records and agent events come at least once, in any order across contacts, and late: never not at all. Contact
events and flow log lines are best effort: they may also be lost.
"""

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Kind = Literal["recordings", "records", "agent-events", "contact-events", "flow-logs"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BEST_EFFORT = frozenset[Kind]({"contact-events", "flow-logs"})
REPEATED = frozenset[Kind]({"records", "agent-events", "contact-events"})
"""Kinds that AWS delivers at least once; an object is stored once, and nobody says that a log line comes twice."""
SPELLINGS = ("Amazon Connect Contact Event", "Connect Customer Contact Event")
"""The two spellings of a contact event's detail-type: before and after the product was renamed (8.1)."""
UNSET_TIME = "1970-01-01T00:00:00.001Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, and how often; shares are 0 to 1.

    `loss_share` means the best-effort kinds, `odd_share` contact events: such a one has a form that only AWS's own
    samples have. `delays_s` is a kind's longest delay in seconds of the world's clock; each delivery draws its own.
    """

    duplicate_share: float = 0.0
    loss_share: float = 0.0
    odd_share: float = 0.0
    shuffle: bool = False
    delays_s: Mapping[Kind, float] = field(default_factory=dict)

    def copies(self, kind: Kind, rng: random.Random) -> int:
        """How often a delivery of this kind is handed over; 0 = it is lost."""
        if self.loss_share and kind in BEST_EFFORT and rng.random() < self.loss_share:
            return 0
        return 2 if self.duplicate_share and kind in REPEATED and rng.random() < self.duplicate_share else 1

    def delay_s(self, kind: Kind, rng: random.Random) -> float:
        """How long this delivery is under way."""
        longest_s = self.delays_s.get(kind, 0.0)
        return rng.uniform(0, longest_s) if longest_s else 0.0


def odd(event: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """The same contact event as one of AWS's samples could show it: with some oddities of 8.1, where they apply."""
    changed = copy.deepcopy(dict(event))
    for oddity in rng.sample(ODDITIES, rng.randint(1, len(ODDITIES))):
        oddity(changed)
    return changed


def _capitals(event: dict[str, Any]) -> None:
    event["detail"] = _capitalised(event["detail"])


def _capitalised(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key if ":" in key else key[:1].upper() + key[1:]: one if key.casefold() == "tags" else _capitalised(one)
            for key, one in value.items()
        }
    return [_capitalised(one) for one in value] if isinstance(value, list) else value


def _channel_as_word(event: dict[str, Any]) -> None:
    _change(event, "channel", str.capitalize)


def _malformed_arn(event: dict[str, Any]) -> None:
    _change(event, "instanceArn", lambda arn: arn.replace("arn:aws:connect", "arn:aws::connect"))


def _unset_time(event: dict[str, Any]) -> None:
    event["detail"].setdefault("connectedToSystemTimestamp", UNSET_TIME)


def _no_queue(event: dict[str, Any]) -> None:
    for key in ("queueInfo", "QueueInfo"):
        event["detail"].pop(key, None)


def _other_spelling(event: dict[str, Any]) -> None:
    event["detail-type"] = SPELLINGS[1 - SPELLINGS.index(event["detail-type"])]


def _change(event: dict[str, Any], name: str, change: Callable[[str], str]) -> None:
    for key in (name, name[:1].upper() + name[1:]):
        if key in event["detail"]:
            event["detail"][key] = change(event["detail"][key])


ODDITIES = (_capitals, _channel_as_word, _malformed_arn, _unset_time, _no_queue, _other_spelling)
