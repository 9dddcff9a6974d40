"""What the stage changes. This is the whole list: everything else of the template is the same everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

StageName = Literal["local", "prod"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the stack runs.

    The local cloud runs functions in its own interpreter, so their wheels are those of the machine (x86_64), and time
    comes from the emulator so that a burst of calls can run on a virtual clock.
    """

    name: StageName
    architecture: Literal["arm64", "x86_64"]
    environment: Mapping[str, str] = field(default_factory=dict)


PROD = Stage(name="prod", architecture="arm64", environment={"TRUNKLINE_STAGE": "prod"})
LOCAL = Stage(
    name="local",
    architecture="x86_64",
    environment={"TRUNKLINE_STAGE": "local", "TRUNKLINE_CLOCK": "emulator"},
)


def stage_of(name: str) -> Stage:
    """Return the stage called `name`.

    Raises:
        ValueError: there is no such stage.

    """
    match name:
        case "prod":
            return PROD
        case "local":
            return LOCAL
        case _:
            msg = f"stage must be local or prod, not {name!r}"
            raise ValueError(msg)
