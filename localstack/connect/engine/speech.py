"""Prompts as text, and how long it takes to speak them."""

import functools
import re
from collections.abc import Mapping
from typing import Any

from localstack.connect.directory import Document, Instance
from localstack.connect.engine.attributes import Tree, render, value_of
from localstack.connect.engine.effects import failed

_TAG = re.compile(r"<[^>]*>")
_CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")

CJK_PER_S = 4.5
"""Spoken Chinese, characters a second."""
LATIN_PER_S = 15.0
"""Spoken English, characters a second."""
SHORTEST_S = 0.8
AUDIO_S = 3.0
"""A recorded prompt, whose length we do not know."""


def seconds(text: str) -> float:
    """How long it takes to speak a text."""
    cjk = len(_CJK.findall(text))
    return max(SHORTEST_S, round(cjk / CJK_PER_S + (len(text) - cjk) / LATIN_PER_S, 1))


def prompt(parameters: Mapping[str, Any], instance: Instance, tree: Tree) -> tuple[str, float]:
    """(what is heard, seconds) of a prompt: Text, SSML, PromptId or Media. ("", 0) when there is none.

    Raises ActionFailed when the text is empty or the prompt is not in the instance.
    """
    for name in ("Text", "SSML"):
        if name in parameters:
            spoken, duration_s = _spoken(render(str(parameters[name]), tree))
            if not spoken and not str(parameters[name]).isspace():
                why = "the text to speak is empty"
                raise failed(why)
            return spoken, duration_s
    if "PromptId" in parameters:
        return _recorded(value_of(parameters["PromptId"], tree), instance), AUDIO_S
    if "Media" in parameters:
        return f"[audio {render(str(parameters['Media'].get('Uri', '')), tree)}]", AUDIO_S
    return "", 0.0


@functools.lru_cache(maxsize=4_096)
def _spoken(written: str) -> tuple[str, float]:
    """What is heard of a text or SSML, and for how long; flows say the same sentences to everybody."""
    spoken = " ".join(_TAG.sub(" ", written).split())
    return spoken, seconds(spoken)


def _recorded(prompt_id: str | None, instance: Instance) -> str:
    found = instance.find(Document, prompt_id) if prompt_id else None
    if found is None or found.kind != "prompt":
        why = f"there is no prompt {prompt_id}"
        raise failed(why)
    return f"[prompt {found.name}]"
