"""What can happen where the flow itself decides: tests, loops, functions, other flows and modules."""

from collections.abc import Iterator
from dataclasses import replace

from flowlang import paths
from flowlang.document import whole_number
from flowlang.explore.library import Book, Library, shown_name, text
from flowlang.explore.outcomes import Here, Outcome, Returns, results, takes_s, told, unconditional, unit
from flowlang.explore.state import EARLIER, Fact, Place, State
from flowlang.explore.values import key_of, known_text, matching, source_of, unknown_operands

MAX_DEPTH = 5
"""Modules may be nested this deep."""
EXACT_ROUNDS = 5
"""Loops with more rounds may end after any round: the explorer does not count them out."""


@unit("Compare")
def _compare(here: Here) -> Iterator[Outcome]:
    # A value that nothing has set on this way may still come from an earlier flow or from the API.
    path = paths.parse(text(here.action, "ComparisonValue"))
    known = known_text(here.action.parameters.get("ComparisonValue", ""), here.state)
    if path is None or known is not None:
        yield from _known(here, known or "")
    else:
        for outcome in results(here, here.state, f"{path.text} is"):
            yield _learnt(here, outcome, path)


def _known(here: Here, value: str) -> Iterator[Outcome]:
    conditions = here.action.transitions.conditions
    at = matching(conditions, value, here.state)
    yield here.branch(at, f"value is {value}", here.state)
    for one in unknown_operands(conditions, here.state):
        if at is None or one < at:
            yield here.branch(one, f"value is such that {told(conditions[one])}", here.state)


def _learnt(here: Here, outcome: Outcome, path: paths.Path) -> Outcome:
    """Remember what a branch has tested: the value is the same at the next test."""
    edge, after = outcome.edge, outcome.after
    if edge is None or after is None or edge.kind != "condition":
        return outcome
    key = key_of(path)
    source = source_of(key)
    facts: list[Fact] = []
    if source in here.library.provided and not here.state.knows(key) and not here.state.knows(source):
        facts.append((EARLIER, None))
    if edge.label.startswith("Equals "):
        value = edge.label.removeprefix("Equals ")
        facts.append((key, None if "$." in value else value))
    return replace(outcome, after=after.with_facts(facts))


@unit("Loop")
def _loop(here: Here) -> Iterator[Outcome]:
    limit = known_text(here.action.parameters.get("LoopCount", ""), here.state) or ""
    rounds = whole_number(limit)
    done = here.state.rounds(here.place)
    exact = rounds is not None and rounds <= EXACT_ROUNDS
    if here.coarse:
        rounds = None
    if rounds is None or (exact and done < rounds) or (not exact and rounds > 0):
        count = done + 1 if exact else min(done + 1, 2)
        counted = not exact and done == count
        again = here.state.with_rounds(here.place, count)
        yield here.on("ContinueLooping", "ContinueLooping", again, idle=counted)
    if rounds is None or (exact and done >= rounds) or (not exact and done > 0):
        yield here.on("DoneLooping", "DoneLooping", here.state.with_rounds(here.place, 0))


@unit("InvokeLambdaFunction")
def _function(here: Here) -> Iterator[Outcome]:
    after = here.state.silent_for(takes_s(here.action))
    if text(here.action, "InvocationType").upper() == "ASYNCHRONOUS":
        yield here.on(None, "starts", after.with_facts([("LambdaInvocation.InvocationId", None)]))
    else:
        yield from results(here, after.with_facts([("External", None)], "External"), "answers")


@unit("TransferContactToQueue")
def _to_queue(here: Here) -> Iterator[Outcome]:
    waiting = here.library.find(here.state.value("hook.CustomerQueue") or "")
    if waiting is not None:
        yield Outcome(choice=f"queued, {waiting.name or 'this flow'}", after=_enter(here, waiting, ()))
    else:
        yield Outcome(choice="queued", end="queued")


@unit("DequeueContactAndTransferToQueue")
def _to_other_queue(here: Here) -> Iterator[Outcome]:
    yield here.on(None, "queued elsewhere", replace(here.state, told=True))


@unit("TransferToFlow")
def _to_flow(here: Here) -> Iterator[Outcome]:
    other = _referenced(here, "ContactFlowId")
    if other is None:
        yield Outcome(choice="another flow", end="transferred")
    else:
        yield Outcome(choice=f"flow {other.name or 'itself'}", after=_enter(here, other, ()))


@unit("InvokeFlowModule")
def _module(here: Here) -> Iterator[Outcome]:
    module = _referenced(here, "FlowModuleId")
    if here.returns is not None and module is not None:
        yield from _called(here, here.returns, module)
        return
    # A module that invokes itself, on whatever way, may return anything: the flow's own stub.
    inside = len(here.state.stack) < MAX_DEPTH and here.place not in here.state.stack
    if module is not None and inside:
        entered = _enter(here, module, (*here.state.stack, here.place))
        yield Outcome(choice=f"module {module.name}", after=entered)
        return
    returned = here.state.with_facts([("Modules.Result", None)], "Modules.Result")
    yield from results(here, replace(returned, told=True, silent_s=0), "returns")


@unit("EndFlowModuleExecution")
def _return(here: Here) -> Iterator[Outcome]:
    result = text(here.action, "Result") or None
    if here.returns is not None and here.book.is_module:
        here.returns.modules.add(here.place.book)
        for caller in tuple(here.returns.callers.get(here.place.book, ())):
            yield from _back(here, caller, result)
    elif here.state.stack:
        yield from _back(here, here.state.stack[-1], result)
    if not here.state.stack and not here.place.book:
        yield Outcome(choice="returns", end="returned")


def _called(here: Here, returns: Returns, module: Book) -> Iterator[Outcome]:
    """Enter a module without a stack: it returns to everybody who has called it, now or when it gets there."""
    name = _name(here.library, module)
    returns.callers.setdefault(name, {})[here.place] = None
    yield Outcome(choice=f"module {module.name}", after=_enter(here, module, ()))
    if name in returns.modules:
        yield from _back(here, here.place, None)


def _back(here: Here, caller: Place, result: str | None) -> Iterator[Outcome]:
    """Yield where the action that called a module goes on with its result, in a coarse search with any."""
    book = here.library.books[caller.book]
    state = replace(here.state, at=caller, stack=here.state.stack[:-1])
    returned = state.with_facts([("Modules.Result", None)], "Modules.Result")
    back = replace(here, book=book, action=book.actions[caller.action], state=returned)
    choice = f"returns {result}" if result else "returns"
    if here.coarse:
        yield from results(back, returned, "returns", of=caller)
    elif back.action.transitions.conditions:
        yield back.on(result, choice, returned, of=caller)
    else:
        yield from unconditional(back, returned, choice, of=caller)


@unit("EndFlowExecution")
def _end(_here: Here) -> Iterator[Outcome]:
    yield Outcome(choice="end", end="ended")


def _enter(here: Here, other: Book, stack: tuple[Place, ...]) -> State:
    return replace(here.state, at=Place(_name(here.library, other), other.start), stack=stack)


def _name(library: Library, book: Book) -> str:
    return next(name for name, one in library.books.items() if one is book)


def _referenced(here: Here, parameter: str) -> Book | None:
    value = known_text(here.action.parameters.get(parameter, ""), here.state)
    shown = shown_name(here.book, here.action)
    found = here.library.find(value, shown) if value is not None else None
    if found is None or not found.actions:
        here.stubbed.add(shown or (text(here.action, parameter) or "(not named)"))
        return None
    return found
