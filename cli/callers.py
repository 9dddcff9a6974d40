"""Simulated callers, drawn from the contracts: who calls, what they press, how long they wait. Pure and seeded.

The inputs of a call follow the flows in `contact_flows/`: the language menu (tenants with more than one language,
callers whose language is not known), the customer number (lines with identification, callers who are not known), the
line's menu.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.tenancy.contract import Contract, EntryNumber, Queue, ServiceLine
from chalicelib.tenancy.contract_demo import DemoCustomer
from cli.control import PlannedCall

Script = tuple[Mapping[str, Any], ...]

KNOWN_SHARE: Final = 0.08
"""Share of calls that come from a customer of the contract's demo part."""
OTHER_LANGUAGE_SHARE: Final = 0.18
"""Share of unknown callers that choose a language other than the default."""
SILENT_SHARE: Final = 0.02
"""Share of callers that press nothing at the menu and are led to the line's default queue."""
WRONG_KEY_SHARE: Final = 0.04
"""Share of callers that first press a key that the menu does not have."""
GIVE_UP_SHARE: Final = 0.02
"""Share of callers that hang up while the menu plays."""
KEYS_TYPED_SHARE: Final = 0.3
"""Share of unknown callers that type a customer number when asked; the others let the question pass."""
MEAN_PATIENCE_S: Final = 150.0
"""Mean of the exponential patience in queue, the usual assumption of the Erlang-A model; nobody gives up before 8 s."""
MIN_PATIENCE_S: Final = 8.0
TALK_SPREAD: Final = 0.5
"""Standard deviation of the logarithm of talk times: they are close to log-normal (Brown et al. 2005)."""


@dataclass(frozen=True, slots=True)
class _Caller:
    number: str
    customer: DemoCustomer | None


def plan_calls(contracts: Sequence[Contract], times: Sequence[float], *, seed: int) -> tuple[PlannedCall, ...]:
    """Return one planned call for each arrival time, spread over the lines by the demo agents behind them."""
    rng = random.Random(f"callers-{seed}")  # noqa: S311 - reproducible calls, not secrets
    doors = [(contract, number) for contract in contracts for number in contract.entry_numbers]
    weights = [_staff(contract, _line(contract, number)) for contract, number in doors]
    return tuple(_one(rng, at_s, *rng.choices(doors, weights)[0]) for at_s in times)


def _one(rng: random.Random, at_s: float, contract: Contract, number: EntryNumber) -> PlannedCall:
    line = _line(contract, number)
    caller = _caller(rng, contract)
    language = _language(rng, contract, caller)
    script, queue = _script(rng, contract, line, caller, language)
    return PlannedCall(
        to=number.number,
        from_=caller.number,
        script=script,
        at_s=at_s,
        patience_s=round(MIN_PATIENCE_S + rng.expovariate(1 / MEAN_PATIENCE_S), 1),
        talk_s=_talk_s(rng, contract, queue),
    )


def _line(contract: Contract, number: EntryNumber) -> ServiceLine:
    return next(line for line in contract.service_lines if line.id == number.line)


def _staff(contract: Contract, line: ServiceLine) -> int:
    """Return how many demo agents serve the line's default queue at once; at least 1, so that every line is called."""
    serving = {
        profile.id
        for profile in contract.routing_profiles
        if any(entry.queue == line.default_queue and not entry.delay_s for entry in profile.queues)
    }
    return max(1, sum(group.count for group in contract.demo.agents if group.profile in serving))


def _caller(rng: random.Random, contract: Contract) -> _Caller:
    customers = contract.demo.customers
    if customers and rng.random() < KNOWN_SHARE:
        customer = rng.choice(customers)
        return _Caller(customer.number, customer)
    return _Caller(f"+861{rng.choice('35789')}{rng.randrange(10**9):09d}", None)


def _language(rng: random.Random, contract: Contract, caller: _Caller) -> str:
    offered = contract.languages.offered
    if caller.customer is not None and caller.customer.language in offered:
        return caller.customer.language
    others = [language for language in offered if language != contract.languages.default]
    return rng.choice(others) if others and rng.random() < OTHER_LANGUAGE_SHARE else contract.languages.default


def language_key(contract: Contract, language: str) -> str:
    """Return the key of `language` in the language menu: 1 for the first language of the contract, and so on."""
    return str(1 + [str(offered) for offered in contract.languages.offered].index(language))


def _script(
    rng: random.Random, contract: Contract, line: ServiceLine, caller: _Caller, language: str
) -> tuple[Script, Queue]:
    """Return the keys that the caller presses and the queue that they should lead to."""
    steps: list[Mapping[str, Any]] = []
    if len(contract.languages.offered) > 1 and (caller.customer is None or caller.customer.language is None):
        steps.append({"press": language_key(contract, language)})
    if line.identification and caller.customer is None:
        steps.append(_customer_number(rng, contract))
    queues = {queue.id: queue for queue in contract.queues}
    mood = rng.random()
    if mood < GIVE_UP_SHARE:
        return (*steps, {"wait_s": 8}, {"hang_up": True}), queues[line.default_queue]
    if mood < GIVE_UP_SHARE + SILENT_SHARE:
        return tuple(steps), queues[line.default_queue]
    if mood < GIVE_UP_SHARE + SILENT_SHARE + WRONG_KEY_SHARE:
        steps.append({"press": _absent_key(line)})
    # The first keys of a menu are pressed most: each weighs three quarters of the one before it.
    # Those that lead deeper are left to callers of flesh and blood.
    options = [option for option in line.menu if option.to is None]
    option = rng.choices(options, [0.75**position for position in range(len(options))])[0]
    chosen = {str(key): queue for key, queue in option.queues.items()}
    queue = chosen.get(language) or chosen[contract.languages.default]
    return (*steps, {"press": option.digit}), queues[queue]


def _customer_number(rng: random.Random, contract: Contract) -> Mapping[str, Any]:
    """Return the keys of a customer number; no keys let the question pass."""
    digits = ["".join(filter(str.isdigit, customer.customer_id)) for customer in contract.demo.customers]
    if digits and rng.random() < KEYS_TYPED_SHARE:
        return {"press": f"{rng.choice(digits)}#"}
    return {"press": ""}


def _absent_key(line: ServiceLine) -> str:
    present = {option.digit for option in line.menu}
    return next(digit for digit in ("9", "8", "7", "6", "5", "4", "3", "2", "1", "*") if digit not in present)


def _talk_s(rng: random.Random, contract: Contract, queue: Queue) -> float:
    """Return a talk time about the mean of the demo agents that serve the queue."""
    serving = {profile.id for profile in contract.routing_profiles if any(e.queue == queue.id for e in profile.queues)}
    groups = [group for group in contract.demo.agents if group.profile in serving] or contract.demo.agents
    mean_s = sum(group.handle_s * group.count for group in groups) / sum(group.count for group in groups)
    # The mean of a log-normal is exp(mu + sigma^2 / 2).
    mu = math.log(mean_s) - TALK_SPREAD**2 / 2
    return round(min(3_600.0, max(10.0, rng.lognormvariate(mu, TALK_SPREAD))), 1)
