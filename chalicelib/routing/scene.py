"""What a decision looks at, and which queue, strategy and chain it begins with. Pure."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.routing import attribution, rules
from chalicelib.routing.attribution import Found
from chalicelib.routing.floor import Floor, usable
from chalicelib.routing.models import CallerFacts, ContactFacts, Passed, Reason, Why
from chalicelib.tenancy.models import (
    Branch,
    Chain,
    MenuOption,
    Queue,
    Rule,
    Strategy,
    Tenant,
    Treatment,
    is_open,
    local_time,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that is known when a decision is made; `floor` only when it is fresh enough."""

    contact: ContactFacts
    tenant: Tenant
    caller: CallerFacts
    now: datetime
    local: datetime
    floor: Floor | None
    without: Why | None
    segments: tuple[str, ...]
    region: Found | None
    branch: Branch | None
    treatment: Treatment | None

    @property
    def language(self) -> str:
        """The caller's language: the stated one, even if not offered, else the tenant's default."""
        return self.contact.language or self.tenant.default_language

    @property
    def option(self) -> MenuOption | None:
        """What the caller chose: as the menu handed it over, else the key of the contract's first menu."""
        return self.contact.chosen or self.contact.line.menu.get(self.contact.menu_choice or "")

    @property
    def default_queue(self) -> Queue:
        """The line's."""
        return self.tenant.queues[self.contact.line.default_queue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where the contact belongs: a queue and why, for how long before `then` is tried, by which strategy and chain."""

    queue: Queue
    reason: Reason
    strategy: Strategy
    chain: Chain | None
    timeout_s: int | None = None
    then: tuple[tuple[Queue, Reason], ...] = ()
    site: str | None = None
    rule: Rule | None = None
    passed: tuple[Passed, ...] = ()


def look(contact: ContactFacts, tenant: Tenant, caller: CallerFacts, now: datetime, floor: Floor | None) -> Scene:
    """Return the scene of a contact at `now`."""
    plan = tenant.plan
    local = local_time(now, tenant.time_zone) if plan.tells_time else now
    fresh, without = usable(floor, now, plan.floor_max_age_s)
    line = contact.line
    treatment = next((one for one in plan.closed if line.id in one.lines), None)
    return Scene(
        contact=contact,
        tenant=tenant,
        caller=caller,
        now=now,
        local=local,
        floor=fresh,
        without=without,
        segments=tuple(one.id for one in plan.segments if is_open(tenant.hours[one.hours], local)),
        region=attribution.region_of(plan.attribution, caller.number, line.id),
        branch=attribution.branch_of(plan, contact),
        treatment=treatment
        if treatment and not contact.emergency and not is_open(tenant.hours[line.hours], local)
        else None,
    )


def choose(scene: Scene) -> Choice:
    """Return where the contact belongs; the first of these that says something.

    | # | what                                  | queue              | after it           | reason            |
    |---|---------------------------------------|--------------------|--------------------|-------------------|
    | 0 | an emergency                          | the menu's         |                    | emergency         |
    | 1 | no line of the tenant dialled, named  | the line's default |                    | unknown-number    |
    | 2 | the first rule that applies names one | the rule's         |                    | rule              |
    | 3 | a branch, chosen or dialled           | the branch's       | the headquarters'  | branch            |
    | 4 | the caller's region has a queue       | the region's       | the queue of row 5 | caller-region, or |
    |   |                                       |                    |                    | caller-elsewhere  |
    | 5 | the menu key, the language, the line  | see `by_menu`      |                    |                   |

    A rule without a queue still gives its strategy, priority and chain to what the others say.
    """
    if scene.contact.emergency:
        return _chosen(scene, by_menu(scene)[0], Reason.EMERGENCY)
    if scene.contact.is_stray:
        return _chosen(scene, scene.default_queue, Reason.UNKNOWN_NUMBER)
    rule, passed = rules.first_match(scene.tenant.plan.rules, _facts(scene))
    queues, attributed = scene.tenant.queues, scene.tenant.plan.attribution
    if rule is not None and rule.queue is not None:
        return _chosen(scene, queues[rule.queue], Reason.RULE, rule=rule, passed=passed)
    if scene.branch is not None:
        then = ((queues[scene.branch.headquarters], Reason.HEADQUARTERS),)
        first, after_s = queues[scene.branch.queue], scene.branch.after_s
        return _chosen(scene, first, Reason.BRANCH, timeout_s=after_s, then=then, rule=rule, passed=passed)
    queue, reason = by_menu(scene)
    if attributed is not None and scene.region is not None and scene.region.queue not in {None, queue.id}:
        of_region = Reason.ELSEWHERE if scene.region.id == attribution.ELSEWHERE else Reason.REGION
        first = queues[str(scene.region.queue)]
        then = ((queue, reason),)
        return _chosen(scene, first, of_region, timeout_s=attributed.after_s, then=then, rule=rule, passed=passed)
    return _chosen(scene, queue, reason, rule=rule, passed=passed)


def by_menu(scene: Scene) -> tuple[Queue, Reason]:
    """Return the queue of the menu key, the first row that applies.

    | # | menu key      | in the caller's language | queue                             | reason            |
    |---|---------------|--------------------------|-----------------------------------|-------------------|
    | 1 | none such, or | any                      | the line's default                | menu-unknown      |
    |   | a queue that  |                          |                                   |                   |
    |   | is gone       |                          |                                   |                   |
    | 2 | not asked, or | yes                      | the line's default                | default-line      |
    | 3 | names none    | no                       | the line's default                | language-fallback |
    | 4 | a key         | yes                      | the key's                         | menu-choice       |
    | 5 | a key         | no                       | the key's in the default language | language-fallback |

    The caller's language is the stated one; unstated, the tenant's default; a language that the tenant does not offer
    counts as stated and is in no queue (TEN-05).
    """
    default, option, queues = scene.default_queue, scene.option, scene.tenant.queues
    if option is None or not option.queues:
        if option is None and scene.contact.menu_choice is not None:
            return default, Reason.MENU_UNKNOWN
        return default, Reason.DEFAULT_LINE if default.language == scene.language else Reason.LANGUAGE_FALLBACK
    spoken = scene.language in option.queues
    named = queues.get(option.queues[scene.language if spoken else scene.tenant.default_language])
    if named is None:
        return default, Reason.MENU_UNKNOWN
    return named, Reason.MENU_CHOICE if spoken else Reason.LANGUAGE_FALLBACK


def _facts(scene: Scene) -> rules.Facts:
    contact = scene.contact
    return rules.Facts(
        line=contact.line.id,
        language=scene.language,
        channel=contact.channel,
        number=contact.dialled,
        menu=contact.menu_path or contact.menu_choice,
        category=scene.option.category if scene.option else None,
        grade=scene.caller.grade,
        region=scene.region.id if scene.region else None,
        segments=scene.segments,
        attributes=contact.attributes,
    )


def _chosen(
    scene: Scene,
    queue: Queue,
    reason: Reason,
    *,
    timeout_s: int | None = None,
    then: tuple[tuple[Queue, Reason], ...] = (),
    rule: Rule | None = None,
    passed: tuple[Passed, ...] = (),
) -> Choice:
    """Return the choice with the rule's strategy and chain, else the queue's."""
    plan = scene.tenant.plan
    named = rule.overflow if rule else None
    return Choice(
        queue=queue,
        reason=reason,
        strategy=plan.strategy(rule.strategy if rule and rule.strategy else queue.strategy),
        chain=plan.chain(named) if named else plan.chain_of(queue.id),
        timeout_s=timeout_s,
        then=then,
        site=(scene.branch.site if scene.branch else None) or (scene.region.site if scene.region else None),
        rule=rule,
        passed=passed,
    )
