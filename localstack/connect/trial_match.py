"""What test cases compare: messages with what is heard, values with operands (17)."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from localstack.connect.directory import Document, Instance

SIMILAR = 0.6
"""Two texts count as similar from this share of common words or letters on. Amazon compares meanings."""
_TAG = re.compile(r"<[^>]*>")


def says(properties: Mapping[str, Any], spoken: str, instance: Instance, *, similar: bool) -> bool:
    """Whether what is heard is the message that is waited for."""
    if wanted := properties.get("PromptId"):
        prompt = instance.find(Document, wanted)
        return prompt is not None and spoken == f"[prompt {prompt.name}]"
    if media := properties.get("Media"):
        return spoken == f"[audio {media.get('Uri', '')}]"
    text = _words(str(properties.get("Text") or _TAG.sub(" ", str(properties.get("SSML") or ""))))
    heard = _words(spoken)
    return text in heard or (similar and similarity(text, heard) >= SIMILAR)


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def similarity(one: str, other: str) -> float:
    """0 to 1: the larger of the share of common words and of common letters in order."""
    first, second = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", other))
    common = len(first & second) / max(len(first | second), 1)
    return max(common, difflib.SequenceMatcher(None, one, other).ratio())


def holds(operator: str, value: str, operand: str) -> bool:
    """Whether an assertion about a value that is set is true; numbers that are none make it false."""
    texts = {
        "Exists": True,
        "Equals": value == operand,
        "TextStartsWith": value.startswith(operand),
        "TextEndsWith": value.endswith(operand),
        "TextContains": operand in value,
    }
    if operator in texts:
        return texts[operator]
    try:
        number, limit = float(value), float(operand)
    except ValueError:
        return False
    return {
        "NumberGreaterThan": number > limit,
        "NumberGreaterOrEqualTo": number >= limit,
        "NumberLessThan": number < limit,
        "NumberLessOrEqualTo": number <= limit,
    }[operator]
