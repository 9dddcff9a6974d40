"""Menus: a call on paper. What a scripted caller hears of a tree, step by step, without a telephone. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.menus import policy
from chalicelib.menus.models import Ask, Caller, HandOver, Heard, Input, Step, Tree, Utterance

SILENCE = ""
"""What a script says for a caller who does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step: what the caller did (None at the beginning), what he hears, and what he is asked for then."""

    given: str | None
    node: str
    hears: tuple[Utterance, ...]
    waits_for: str
    exits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The whole call. `done` None: the script ended before the menu did."""

    greeting: Utterance
    scenes: tuple[Scene, ...]
    done: HandOver | None


def transcript(
    tree: Tree,
    script: Sequence[str],
    caller: Caller,
    default: str,
    *,
    closed: bool = False,
    answers: Mapping[str, str] | None = None,
) -> Transcript:
    """Return what happens to a caller who does what `script` says: a key, digits, or SILENCE, one a step.

    An enquiry finds what `answers` says under the typed reference, or under the customer's own.
    """
    step = _answered(tree, policy.begin(tree, caller, default, closed=closed), caller, default, answers or {})
    scenes = [_scene(None, step)]
    for given in script:
        if step.done is not None:
            break
        heard = _input(given, step.ask)
        step = _answered(tree, policy.step(tree, step.state, heard, caller, default), caller, default, answers or {})
        scenes.append(_scene(given, step))
    return Transcript(greeting=policy.greeting(tree, caller, default), scenes=tuple(scenes), done=step.done)


def _answered(tree: Tree, step: Step, caller: Caller, default: str, answers: Mapping[str, str]) -> Step:
    if step.lookup is None:
        return step
    found = answers.get(step.lookup.reference)
    given = Input(heard=Heard.NOT_FOUND) if found is None else Input(heard=Heard.FOUND, text=found)
    after = policy.step(tree, step.state, given, caller, default)
    return policy.joined(step, after)


def _input(given: str, ask: Ask | None) -> Input:
    if given == SILENCE:
        return Input(heard=Heard.NOTHING)
    digits = ask is not None and ask.digits
    return Input(heard=Heard.DIGITS if digits else Heard.KEY, text=given.removesuffix("#") if digits else given)


def _scene(given: str | None, step: Step) -> Scene:
    asked = () if step.ask is None else (step.ask.prompt,)
    waits_for = "nothing" if step.ask is None else "digits" if step.ask.digits else f"a key, {step.ask.timeout_s} s"
    return Scene(
        given=given,
        node=step.state.node,
        hears=(*step.says, *asked),
        waits_for=waits_for,
        exits=tuple(f"{entry.node}: {entry.exit}" for entry in step.log),
    )
