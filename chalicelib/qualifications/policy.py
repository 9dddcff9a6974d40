"""Qualifications: what they decide. Who is qualified for what on a day, and which routing profile follows. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from chalicelib.qualifications.models import File, Result, Verdict
from chalicelib.tenancy.models import UNQUALIFIED, Qualification, Required


def standing(required: Required, results: Iterable[Result]) -> Result | None:
    """Return the result that counts: of the latest day, and of that day the one recorded last. Order is nothing."""
    fitting = (result for result in results if (result.kind, result.id) == (required.kind, required.id))
    return max(fitting, key=lambda result: (result.on, result.recorded_at), default=None)


def last_day(required: Required, result: Result) -> date | None:
    """Return the last day on which a pass holds: it holds `valid_days` days with its own. None: for good."""
    return None if required.valid_days is None else result.on + timedelta(days=required.valid_days - 1)


def holds(required: Required, result: Result | None, today: date) -> bool:
    """Return whether the requirement is met today. A later failure ends an earlier pass; a pass of tomorrow is none."""
    if result is None or not result.passed or result.on > today:
        return False
    last = last_day(required, result)
    return last is None or today <= last


def judge(qualification: Qualification, results: Iterable[Result], today: date) -> Verdict:
    """Return whether an agent with these results is qualified on the day `today`, and until when (PPL-06)."""
    known = [result for result in results if result.on <= today]
    counted = [(required, standing(required, known)) for required in qualification.requires]
    lacking = tuple(required for required, result in counted if not holds(required, result, today))
    ends = [last for required, result in counted if result and (last := last_day(required, result)) is not None]
    return Verdict(skill=qualification.skill, lacking=lacking, until=None if lacking else min(ends, default=None))


def unserved(
    people: Iterable[tuple[str, File]], qualifications: Sequence[Qualification], today: date
) -> tuple[str, ...]:
    """Return the skills that require something and that nobody serves: no agent has it and is qualified for it today.

    `people` are the agents, each with the skill that Amazon Connect has given.
    """
    asked = {one.skill: one for one in qualifications}
    served = {skill for skill, file in people if skill in asked and judge(asked[skill], file.results, today).qualified}
    return tuple(skill for skill in asked if skill not in served)


def place(skill: str, file: File, qualifications: Iterable[Qualification], today: date) -> str:
    """Return the skill that an agent who has `skill` now ought to have.

    Whoever lacks something gets UNQUALIFIED. Whoever has that gets the own skill back, which is kept, once it lacks
    nothing more; an agent of whom none is kept was put there by people, and stays. A skill that requires nothing is
    never withdrawn.
    """
    wanted = file.own_skill if skill == UNQUALIFIED else skill
    if wanted is None:
        return UNQUALIFIED
    asked = next((one for one in qualifications if one.skill == wanted), None)
    return wanted if asked is None or judge(asked, file.results, today).qualified else UNQUALIFIED
