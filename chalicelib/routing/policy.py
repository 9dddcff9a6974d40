"""Routing: what it decides. No I/O, no clock, no environment; total: every input has a decision.

The steps of a decision, each in a module of its own: what is known (`scene`), where the contact belongs (`scene.choose`
with `rules` and `attribution`), who is asked personally (below), in which order the queue's agents are asked
(`strategies`), what follows (`overflow`), who is served first (`priority`). `docs/routing.md` has the whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.routing import attribution, criteria, overflow, priority, strategies
from chalicelib.routing.floor import Floor, unfit
from chalicelib.routing.models import (
    CallerFacts,
    ContactFacts,
    Decision,
    Passed,
    Reason,
    Record,
    Step,
    Target,
    TargetKind,
    Why,
)
from chalicelib.routing.overflow import Way
from chalicelib.routing.priority import Rank
from chalicelib.routing.scene import Choice, Scene, choose, look
from chalicelib.routing.strategies import Answer, Asked
from chalicelib.tenancy.models import LONGEST_IDLE, NATIVE, Queue, Tenant

SITE_KINDS = frozenset({"site-preferred", "site-shares"})
"""Strategies that find a site themselves."""

type Found = tuple[list[Target], list[Passed]]


def decide(
    contact: ContactFacts, tenant: Tenant, caller: CallerFacts, now: datetime, floor: Floor | None = None
) -> Decision:
    """Return the ordered targets of one contact, each with its timeout and reason (ACD-01).

    0. An emergency is in its queue before everybody else, at any hour, whoever is calling (IVR-11).
    1. A closed line with a treatment gets the treatment (`off-hours`).
    2. A key account's manager and seats, or the agent or queue that the caller had before (ACD-09, ACD-12).
    3. The queue where the contact belongs (`scene.choose`), its agents in the order of its strategy.
    4. The queue after it (headquarters, the base queue of a region), the overflow chain, the line's default queue.
    5. The line's voicemail; without one the last queue stands, or an announcement.

    What the floor says cannot take the contact is passed over; no target stands twice (ACD-16). Without a floor, or
    with one that is too old, strategies that need it leave the order to Amazon Connect.

    Priority: see `priority`. When the grade moves the caller ahead in his own queue the headline is `vip-grade`.
    """
    scene = look(contact, tenant, caller, now, floor)
    choice = choose(scene)
    if scene.treatment is not None:
        targets, passed = overflow.hops(_way(scene), scene.treatment.hops, Reason.OFF_HOURS)
        return _decision(scene, choice, _whole(scene, targets, passed))
    answer = strategies.answer(_asked(scene, choice))
    personal, forgotten = ([], []) if contact.emergency else _personal(scene, choice)
    own, closed = _own(scene, choice, answer)
    after, skipped = _after(scene, choice)
    passed = [*forgotten, *answer.passed, *closed, *skipped]
    return _decision(scene, choice, _whole(scene, [*personal, *own, *after], passed), answer.without)


def degraded(contact: ContactFacts, tenant: Tenant, now: datetime) -> Decision:
    """Return the decision without any knowledge of the caller: the line's default queue, flagged (ACD-21)."""
    scene = look(contact, tenant, CallerFacts(), now, None)
    queue = scene.default_queue
    choice = Choice(queue=queue, reason=Reason.DEGRADED, strategy=LONGEST_IDLE, chain=None)
    return _decision(scene, choice, _whole(scene, [overflow.in_queue(queue, Reason.DEGRADED)], []))


def _way(scene: Scene) -> Way:
    return Way(
        contact=scene.contact,
        number=scene.caller.number,
        tenant=scene.tenant,
        local=scene.local,
        floor=scene.floor,
    )


def _asked(scene: Scene, choice: Choice) -> Asked:
    facts = {
        "category": scene.option.category if scene.option else "",
        "language": scene.language,
        "channel": scene.contact.channel,
        "line": scene.contact.line.id,
        "region": scene.region.id if scene.region else "",
    }
    return Asked(
        strategy=choice.strategy,
        queue=choice.queue.id,
        now=scene.now,
        seed=scene.contact.id,
        floor=scene.floor,
        without=scene.without,
        excluded=scene.contact.excluded,
        facts=facts,
        site=choice.site,
        site_attribute=scene.tenant.plan.site_attribute,
    )


def _personal(scene: Scene, choice: Choice) -> Found:
    """Return whom the contact is offered before its queue: a key account's own people, else who served it last."""
    accounts, memory = scene.tenant.plan.key_accounts, scene.tenant.plan.memory
    if accounts is not None and scene.caller.grade in accounts.grades:
        seats = scene.tenant.queues[accounts.seats]
        manager, passed = _manager(scene, seats, accounts.manager_s)
        return [*manager, overflow.in_queue(seats, Reason.KEY_ACCOUNT_SEATS, accounts.seats_s)], passed
    if memory is None:
        return [], []
    last, forgotten = attribution.remembered(memory, scene.caller, scene.contact.line.id, scene.now)
    if last is None:
        return [], [forgotten] if forgotten else []
    if memory.of == "agent":
        return _agent(scene, str(last.agent), choice.queue, memory.timeout_s, Reason.LAST_AGENT)
    queue = scene.tenant.queues.get(last.queue or "")
    if queue is None or queue.id == choice.queue.id:
        return [], []
    return [overflow.in_queue(queue, Reason.LAST_QUEUE, memory.timeout_s)], []


def _manager(scene: Scene, seats: Queue, timeout_s: int) -> Found:
    """Return the account manager, who is waited for while busy, but not while away (domain 2.8)."""
    if scene.caller.manager is None:
        return [], [Passed(what="account manager", why=Why.NO_MANAGER)]
    patient = frozenset({Why.BUSY, Why.BACKING_OFF, Why.RESERVED})
    return _agent(scene, scene.caller.manager, seats, timeout_s, Reason.ACCOUNT_MANAGER, patient)


def _agent(
    scene: Scene, name: str, queue: Queue, timeout_s: int, reason: Reason, patient: frozenset[Why] = frozenset()
) -> Found:
    """Return the agent as a target in `queue`, or why not; the reasons in `patient` do not keep from asking."""
    if scene.floor is None:
        return [], [Passed(what=f"agent {name}", why=scene.without or Why.FLOOR_MISSING)]
    agent = scene.floor.agent(name)
    if agent is None:
        return [], [Passed(what=f"agent {name}", why=Why.UNKNOWN_AGENT)]
    why = unfit(agent, queue.id, scene.now, scene.contact.excluded, scene.floor.reserved)
    if why is not None and why not in patient:
        return [], [Passed(what=f"agent {name}", why=why)]
    target = Target(
        kind=TargetKind.AGENT, id=name, timeout_s=timeout_s, reason=reason, queue=queue.id, agents=(agent.id,)
    )
    return [target], []


def _own(scene: Scene, choice: Choice, answer: Answer) -> Found:
    """Return the queue where the contact belongs, its agents before it; nothing when it lets nobody in."""
    why = overflow.blocked(choice.queue, choice.chain, scene.floor)
    if why is not None:
        return [], [Passed(what=f"queue {choice.queue.id}", why=why)]
    timeout_s = choice.timeout_s or (choice.chain.wait_limit_s if choice.chain else None)
    queue = overflow.in_queue(choice.queue, choice.reason, timeout_s)
    return [*answer.before, replace(queue, steps=_at_site(scene, choice, answer.steps))], []


def _at_site(scene: Scene, choice: Choice, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps with the agents of the caller's region or branch before all others (ACD-10, ACD-11)."""
    if choice.site is None or choice.strategy.kind in SITE_KINDS:
        return steps
    attributed = scene.tenant.plan.attribution
    after_s = scene.branch.after_s if scene.branch else attributed.after_s if attributed else None
    skills = steps[0].skills[: criteria.SKILLS_MAX - 1] if steps else ()
    site = (scene.tenant.plan.site_attribute, choice.site, 1)
    return (Step(skills=(*skills, site), expiry_s=after_s), *steps)


def _after(scene: Scene, choice: Choice) -> Found:
    """Return what follows the queue: the one that the choice names, the chain, the line's default queue."""
    targets = [overflow.in_queue(queue, reason) for queue, reason in choice.then]
    hops, passed = overflow.hops(_way(scene), choice.chain.hops if choice.chain else (), Reason.OVERFLOW)
    return [*targets, *hops, overflow.in_queue(scene.default_queue, Reason.OVERFLOW)], passed


def _whole(scene: Scene, targets: Iterable[Target], passed: list[Passed]) -> Found:
    """Return the list without doubles and without places tried before, with the last resort at its end (ACD-16)."""
    seen, kept = set(scene.contact.tried), list[Target]()
    for target in targets:
        if target.place not in seen:
            kept.append(target)
        elif target.place in scene.contact.tried:
            passed.append(Passed(what=f"{target.kind} {target.id}", why=Why.TRIED_BEFORE))
        seen.add(target.place)
    kept, alone = _with_their_queue(kept)
    last = overflow.last_resort(_way(scene), kept)
    if last is not None:
        kept.append(last)
    return kept, [*passed, *alone]


def _with_their_queue(targets: list[Target]) -> Found:
    """Return the targets without agents whose queue is not the next one: they are asked while the contact waits."""
    kept: list[Target] = []
    alone: list[Passed] = []
    queue: str | None = None
    for target in reversed(targets):
        if target.kind is TargetKind.QUEUE:
            queue = target.id
        if target.queue in {None, queue}:
            kept.append(target)
        else:
            alone.append(Passed(what=f"{target.kind} {target.id}", why=Why.QUEUE_NOT_TRIED))
    return kept[::-1], alone[::-1]


def _decision(scene: Scene, choice: Choice, whole: Found, without: Why | None = None) -> Decision:
    targets, passed = whole
    rank = priority.rank_of(scene.tenant, choice.queue, scene.caller, choice.rule, scene.now)
    if scene.contact.emergency:
        rank = Rank(value=priority.FIRST)
    # Others' head starts end at the ageing bound: an emergency is before them, whatever their age.
    bound_s = None if scene.contact.emergency else scene.tenant.plan.ageing_bound_s
    in_connect, head_start_s = priority.in_connect(rank.value, bound_s)
    strategy = NATIVE if without else choice.strategy.id
    record = Record(
        rank=rank.value,
        rule=choice.rule.id if choice.rule else None,
        segments=scene.segments,
        region=scene.region.id if scene.region else None,
        branch=scene.branch.id if scene.branch else None,
        queue=choice.queue.id,
        strategy=choice.strategy.id,
        without=without,
        raised_by=rank.raised_by,
        passed=(*choice.passed, *passed),
    )
    return Decision(
        at=scene.now,
        line=scene.contact.line.id,
        targets=tuple(targets),
        reason=_headline(scene, choice, rank, targets[0]),
        category=scene.option.category if scene.option else None,
        language=scene.language,
        priority=in_connect,
        strategy=strategy,
        version=scene.tenant.version,
        head_start_s=head_start_s,
        record=record,
    )


def _headline(scene: Scene, choice: Choice, rank: Rank, first: Target) -> Reason:
    """Return the reason of the whole decision: the first target's, the choice's for agents of a strategy."""
    if scene.treatment is not None and choice.reason is not Reason.DEGRADED:
        return Reason.OFF_HOURS
    reason = choice.reason if first.reason is Reason.STRATEGY else first.reason
    ahead = rank.value < choice.queue.priority and scene.caller.grade in scene.tenant.grade_priority
    return Reason.VIP_GRADE if ahead and reason in {Reason.MENU_CHOICE, Reason.DEFAULT_LINE} else reason
