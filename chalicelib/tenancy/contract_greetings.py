"""The agents' own greetings of a tenant contract: what a caller hears when one of them answers (IVR-09)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chalicelib.tenancy.contract_base import Language, Model, TextByLanguage
from chalicelib.tenancy.contract_problems import Problem, items, mapping, twice

Recording = Annotated[str, StringConstraints(pattern=r"^s3://[a-z0-9.-]{3,63}/\S{1,900}$")]


class AgentGreeting(Model):
    """What callers hear when the user `agent` answers: a recording, or the text that stands for it."""

    agent: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{1,100}$")]
    text: TextByLanguage = Field(min_length=1)
    recording: Mapping[Language, Recording] = Field(default_factory=dict)


def greeting_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for an agent who greets twice, and for a text that the default language lacks."""
    greetings = items(raw, "agent_greetings")
    yield from twice(greetings, "agent", "agent_greetings")
    default = mapping(raw, "languages").get("default")
    for i, greeting in enumerate(greetings):
        text = greeting.get("text")
        if isinstance(text, Mapping) and isinstance(default, str) and default not in text:
            yield Problem(f"agent_greetings.{i}.text.{default}", "required in the default language")
        for language in mapping(greeting, "recording"):
            if isinstance(text, Mapping) and language not in text:
                yield Problem(f"agent_greetings.{i}.text.{language}", "required: it is said when the recording fails")
