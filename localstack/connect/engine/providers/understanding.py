"""What a customer means: the sample utterances of a bot against what was said. Pure, and the same every time.

A sample that was said word by word has confidence 1. Else it is the share of common words (Dice's coefficient of the
two bags of words), so that a bot of a few samples behaves as its author expects. Amazon's own model is not public.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from localstack.connect.engine.providers.bots import Candidate, Intent, Locale, Sentiment
from localstack.connect.engine.providers.slots import KNOWN_TYPES, words

_SLOT = re.compile(r"\{(\w+)\}")
MOST_ALTERNATIVES = 4


def resolve(locale: Locale, slot_type: str, text: str) -> str | None:
    """The value of a slot in what was said."""
    own = locale.slot_types.get(slot_type)
    return own.resolve(text) if own else KNOWN_TYPES[slot_type](text)


def understand(locale: Locale, text: str) -> tuple[Candidate, ...]:
    """The intents that may be meant, the likeliest first; equal ones as the bot lists them."""
    found = [one for intent in locale.intents if (one := _candidate(locale, intent, text)) is not None]
    found = [one for one in found if one.confidence >= locale.threshold]
    return tuple(sorted(found, key=lambda one: -one.confidence)[: MOST_ALTERNATIVES + 1])


def sentiment(locale: Locale, text: str) -> Sentiment | None:
    """By the bot's own lists of words; None when it has none."""
    if not locale.positive and not locale.negative:
        return None
    said = set(words(text))
    good, bad = (len(said & set(words(" ".join(listed)))) for listed in (locale.positive, locale.negative))
    counts = {"Positive": good, "Negative": bad, "Neutral": 0 if good or bad else 1, "Mixed": min(good, bad)}
    total = sum(counts.values())
    scores = {label: round(count / total, 4) for label, count in counts.items()}
    label = "Mixed" if good and bad else max(scores, key=lambda one: scores[one])
    return Sentiment(label=label.upper(), scores=scores)


def _candidate(locale: Locale, intent: Intent, text: str) -> Candidate | None:
    """How well an intent fits, by its best sample."""
    best = 0.0
    for sample in intent.utterances:
        slots = _said_exactly(locale, intent, sample, text)
        if slots is not None:
            return Candidate(intent=intent.name, confidence=1.0, slots={**_empty(intent), **slots})
        best = max(best, _common(sample, text))
    if best <= 0:
        return None
    listed = {slot.name: slot.type for slot in intent.slots if slot.type in locale.slot_types}
    slots = {name: resolve(locale, slot_type, text) for name, slot_type in listed.items()}
    return Candidate(intent=intent.name, confidence=round(min(best, 0.99), 4), slots={**_empty(intent), **slots})


def _empty(intent: Intent) -> dict[str, str | None]:
    return dict.fromkeys((slot.name for slot in intent.slots), None)


def _said_exactly(locale: Locale, intent: Intent, sample: str, text: str) -> Mapping[str, str | None] | None:
    """The values of the slots when the sample was said as it stands; None when it was not."""
    match = _pattern(sample).fullmatch(unicodedata.normalize("NFKC", " ".join(text.split())))
    if match is None:
        return None
    types = {slot.name: slot.type for slot in intent.slots}
    slots = {name: resolve(locale, types[name], said) for name, said in match.groupdict().items() if name in types}
    return None if None in slots.values() else slots


def _pattern(sample: str) -> re.Pattern[str]:
    """The words of the sample in their order, with anything but words between them; a slot takes what is there."""
    pieces: list[str] = []
    for position, piece in enumerate(_SLOT.split(sample)):
        if position % 2:
            pieces.append(f"(?P<{piece}>.+?)")
        else:
            pieces.extend(re.escape(word) for word in words(piece))
    return re.compile(r"\W*" + r"\W*".join(pieces) + r"\W*", re.IGNORECASE)


def _common(sample: str, text: str) -> float:
    """Dice's coefficient of the words of the two; slots count for nothing."""
    wanted, said = Counter(words(_SLOT.sub(" ", sample))), Counter(words(text))
    total = wanted.total() + said.total()
    return 2 * (wanted & said).total() / total if total else 0.0
