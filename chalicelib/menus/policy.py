"""Menus: what they decide. One step through a tree. Pure; total over trees that `checks` let pass.

A call ends in at most MAX_STEPS inputs: whoever goes round longer is led to a person.
"""

from dataclasses import replace

from chalicelib.menus import models
from chalicelib.menus.models import (
    BACK,
    HUMAN,
    REPEAT,
    TOP,
    Ask,
    Caller,
    Entry,
    Exit,
    HandOver,
    Heard,
    Input,
    Kind,
    Lookup,
    Node,
    Phase,
    Prompt,
    State,
    Step,
    Tree,
    Utterance,
)

MAX_STEPS = 60
"""Inputs of one call. Bounds the log (below 3 KB of the 32 KB of attributes) and callers that go round in circles."""
DIGITS_S = 10
AFTER_S = 5
AFTER_KEYS = {"1": REPEAT, "2": BACK, "0": HUMAN}
"""The keys of the phrase `again`, after an answer (IVR-04)."""

_EXITS = {BACK: Exit.BACK, REPEAT: Exit.REPEAT, TOP: Exit.TOP, HUMAN: Exit.HUMAN}


def greeting(tree: Tree, caller: Caller, default: str) -> Utterance:
    """Return the first words: by the caller's grade, else by name, else neutral (IVR-09)."""
    greetings = tree.greetings
    prompt = greetings.by_grade.get(caller.grade or "")
    if prompt is None and caller.name is not None:
        prompt = greetings.by_name
    return words(prompt or greetings.neutral, caller, default)


def begin(tree: Tree, caller: Caller, default: str, *, closed: bool, steps: int = 0) -> Step:
    """Return the first step of a call, in or (`closed`) outside service hours.

    A closed line without menus for it leaves the caller to the line's off-hours service.
    """
    node = tree.closed if closed else tree.start
    if node is None:
        return Step(state=State(node=tree.start, steps=steps), done=HandOver(kind=Kind.VOICEMAIL))
    return _Walk(tree, caller, default, 0).enter(State(node=node, steps=steps), node)


def step(tree: Tree, state: State, given: Input, caller: Caller, default: str, at_s: int = 0) -> Step:
    """Return what follows `given` at `state`, `at_s` seconds after the menu began."""
    walk = _Walk(tree, caller, default, at_s)
    node = tree.nodes.get(state.node)
    counted = replace(state, steps=state.steps + 1)
    if node is None or node.kind not in {Kind.MENU, Kind.ANSWER, Kind.ENQUIRY}:
        return walk.leave(counted, Exit.FAILED, "-", walk.person(None))
    if counted.steps >= MAX_STEPS:
        return walk.leave(counted, Exit.TOO_MANY, "-", walk.person(node))
    if node.kind is Kind.MENU:
        return walk.at_menu(counted, node, given)
    if node.kind is Kind.ENQUIRY and counted.phase is Phase.ASK:
        return walk.at_enquiry(counted, node, given)
    return walk.after(counted, node, given)


def joined(before: Step, after: Step) -> Step:
    """Return two steps that the caller hears as one."""
    return replace(after, says=(*before.says, *after.says), log=(*before.log, *after.log))


def words(prompt: Prompt, caller: Caller, default: str, answer: str = "") -> Utterance:
    """Return the prompt in the caller's language, else in the default one.

    A text in the caller's language comes before a recording in the default language.
    """
    language = caller.language if caller.language in prompt.text else default
    text = prompt.text.get(language) or next(iter(prompt.text.values()))
    return Utterance(
        text=text.replace("{name}", caller.name or "").replace("{answer}", answer).strip(),
        recording=prompt.recording.get(language),
        fell_back=language != caller.language,
    )


class _Walk:
    """One step of one caller through one tree."""

    def __init__(self, tree: Tree, caller: Caller, default: str, at_s: int) -> None:
        self._tree = tree
        self._caller = caller
        self._default = default
        self._at_s = at_s

    def words(self, prompt: Prompt, answer: str = "") -> Utterance:
        """Return what the caller hears of a prompt."""
        return words(prompt, self._caller, self._default, answer)

    def person(self, node: Node | None) -> str:
        """Return the way from `node` to a person."""
        return (node.otherwise if node else None) or self._tree.human

    def leave(self, state: State, why: Exit, choice: str, target: str, says: tuple[Utterance, ...] = ()) -> Step:
        """Go on to the node `target` and log how this one was left."""
        entry = self._entry(state, why, choice)
        entered = self.enter(state, target, says)
        return replace(entered, log=(entry, *entered.log))

    def enter(self, state: State, target: str, says: tuple[Utterance, ...] = ()) -> Step:
        """Return what a caller meets at the node `target`."""
        node = self._tree.nodes[target]
        trail = state.trail
        if node.kind is Kind.MENU:
            trail = (*(trail[: trail.index(target)] if target in trail else trail), target)
        here = replace(state, node=target, tries=0, phase=Phase.ASK, trail=trail)
        match node.kind:
            case Kind.MENU:
                return self._ask(here, node, says)
            case Kind.ANSWER:
                answered = self._again(here, (*says, *self._said(node)))
                return replace(answered, log=(self._entry(here, Exit.ANSWERED),))
            case Kind.ENQUIRY:
                return self._enquire(here, node, says)
            case _:
                return self._hand_over(here, node, says)

    def at_menu(self, state: State, node: Node, given: Input) -> Step:
        """Follow the key; say what was wrong and ask again, at most `retries` times."""
        target = node.keys.get(given.text) if given.heard is Heard.KEY else None
        if target is not None:
            return self._follow(state, node, given.text, target)
        wrong = given.heard is Heard.KEY
        phrases = self._tree.phrases
        said = (node.wrong_key or phrases.wrong_key) if wrong else (node.no_input or phrases.no_input)
        return self._once_more(state, node, self.words(said), wrong=given.text if wrong else None)

    def at_enquiry(self, state: State, node: Node, given: Input) -> Step:
        """Look the typed reference up, or tell what the look-up found; a failed one leads to a person (IVR-05)."""
        phrases = self._tree.phrases
        match given.heard:
            case Heard.DIGITS | Heard.KEY if given.text:
                return Step(state=state, lookup=self._lookup(node, given.text))
            case Heard.FOUND:
                says = () if node.prompt is None else (self.words(node.prompt, given.text),)
                found = self._again(state, says)
                return replace(found, log=(self._entry(state, Exit.ANSWERED),))
            case Heard.NOT_FOUND:
                return self._not_found(state, node)
            case Heard.FAILED:
                return self.leave(state, Exit.FAILED, "-", self.person(node), (self.words(phrases.apology),))
            case _:
                return self._once_more(state, node, self.words(node.no_input or phrases.no_input), wrong=None)

    def after(self, state: State, node: Node, given: Input) -> Step:
        """Repeat, go back, or lead to a person after an answer; silence ends the call with goodbye (IVR-04)."""
        target = AFTER_KEYS.get(given.text) if given.heard is Heard.KEY else None
        if target is not None:
            return self._follow(state, node, given.text, target)
        phrases = self._tree.phrases
        if given.heard is Heard.KEY:
            return self._once_more(state, node, self.words(phrases.wrong_key), wrong=given.text)
        done = HandOver(kind=Kind.GOODBYE)
        return Step(state=state, says=(self.words(phrases.goodbye),), done=done, log=(self._entry(state, Exit.DONE),))

    def _follow(self, state: State, node: Node, key: str, target: str) -> Step:
        pressed = replace(state, path=(*state.path, key))
        why = _EXITS.get(target, Exit.KEY)
        match target:
            case models.REPEAT:
                return self._repeat(state, node, key)
            case models.BACK:
                # The last menu of the trail is this one itself, or, after an answer, the one it was chosen in.
                before = state.trail[:-1] if node.kind is Kind.MENU else state.trail
                target = before[-1] if before else self._tree.start
            case models.TOP:
                target = self._tree.start
            case models.HUMAN:
                return self.leave(pressed, why, key, self.person(node))
            case _:
                pass
        return self.leave(pressed, why, key, target)

    def _repeat(self, state: State, node: Node, key: str) -> Step:
        entry = self._entry(state, Exit.REPEAT, key)
        if node.kind is Kind.ENQUIRY:
            # The answer is not kept on the contact: it is looked up again.
            asked = replace(state, phase=Phase.ASK, tries=0)
            return replace(self._enquire(asked, node, ()), log=(entry,))
        if node.kind is Kind.ANSWER:
            return replace(self._again(state, self._said(node)), log=(entry,))
        return replace(self._ask(state, node, ()), log=(entry,))

    def _once_more(self, state: State, node: Node, said: Utterance, *, wrong: str | None) -> Step:
        """Say what was wrong and ask again; after the last retry lead on."""
        failed = replace(state, tries=state.tries + 1)
        choice, why = ("-", Exit.NO_INPUT) if wrong is None else (wrong, Exit.WRONG_KEY)
        if failed.tries > node.retries:
            return self.leave(failed, Exit.GAVE_UP, choice, self.person(node), (said,))
        log = (self._entry(state, why, choice),)
        if failed.phase is Phase.AFTER:
            return replace(self._again(failed, (said,)), log=log)
        if node.kind is Kind.ENQUIRY:
            return replace(self._enquire(failed, node, (said,)), log=log)
        return replace(self._ask(failed, node, (said,)), log=log)

    def _not_found(self, state: State, node: Node) -> Step:
        said = self.words(node.not_found or self._tree.phrases.not_found)
        failed = replace(state, tries=state.tries + 1)
        if node.ask is None or failed.tries > node.retries:
            return self.leave(failed, Exit.GAVE_UP, "-", self.person(node), (said,))
        asked = self._enquire(failed, node, (said,))
        return replace(asked, log=(self._entry(state, Exit.NOT_FOUND),))

    def _ask(self, state: State, node: Node, says: tuple[Utterance, ...]) -> Step:
        if node.prompt is None:
            msg = f"the menu {state.node} has no prompt: nobody checked this tree"
            raise ValueError(msg)
        return Step(state=state, says=says, ask=Ask(prompt=self.words(node.prompt), timeout_s=node.timeout_s))

    def _again(self, state: State, says: tuple[Utterance, ...]) -> Step:
        prompt = self.words(self._tree.phrases.again)
        return Step(state=replace(state, phase=Phase.AFTER), says=says, ask=Ask(prompt=prompt, timeout_s=AFTER_S))

    def _enquire(self, state: State, node: Node, says: tuple[Utterance, ...]) -> Step:
        """Ask for the reference, or look up at once; below the level that the enquiry needs it is refused (IDV-02)."""
        if self._caller.level.rank < node.level.rank:
            said = (*says, self.words(self._tree.phrases.refused))
            return self.leave(state, Exit.REFUSED, "-", self.person(node), said)
        if node.ask is not None:
            return Step(state=state, says=says, ask=Ask(prompt=self.words(node.ask), timeout_s=DIGITS_S, digits=True))
        if self._caller.customer_id is None:
            said = (*says, self.words(self._tree.phrases.refused))
            return self.leave(state, Exit.REFUSED, "-", self.person(node), said)
        return Step(state=state, says=says, lookup=self._lookup(node, self._caller.customer_id))

    def _lookup(self, node: Node, reference: str) -> Lookup:
        return Lookup(enquiry=node.enquiry or "", reference=reference, owned=node.level is not node.level.NONE)

    def _hand_over(self, state: State, node: Node, says: tuple[Utterance, ...]) -> Step:
        done = HandOver(
            kind=node.kind, category=node.category, sub_category=node.sub_category, queues=node.queues, line=node.line
        )
        log = (self._entry(state, Exit(node.kind.value)),)
        return Step(state=state, says=(*says, *self._said(node)), done=done, log=log)

    def _said(self, node: Node) -> tuple[Utterance, ...]:
        return () if node.prompt is None else (self.words(node.prompt),)

    def _entry(self, state: State, why: Exit, choice: str = "-") -> Entry:
        return Entry(at_s=self._at_s, node=state.node, choice=choice, exit=why)
