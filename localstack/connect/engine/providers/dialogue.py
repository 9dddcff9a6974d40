"""A local bot at work: it understands, asks for what is missing, confirms, and is done (or falls back)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from localstack.connect.engine.providers.bots import (
    FALLBACK,
    Bot,
    Candidate,
    DialogState,
    Intent,
    Locale,
    Reply,
    Slot,
    Turn,
)
from localstack.connect.engine.providers.slots import confirmed
from localstack.connect.engine.providers.understanding import MOST_ALTERNATIVES, resolve, sentiment, understand

CONFIRMS = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a conversation is: the intent, its slots, and what is being asked (a slot, the confirmation, nothing)."""

    meant: Candidate | None = None
    alternatives: tuple[Candidate, ...] = ()
    asks: str = ""
    tries: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)


class LocalBots:
    """Bots by alias ARN, alias id, or name:alias."""

    def __init__(self, bots: Sequence[Bot] = ()) -> None:
        self._bots = {alias: bot for bot in bots for alias in (bot.name, *bot.aliases)}

    def knows(self, bot: str) -> bool:
        """Whether there is such a bot."""
        return bot in self._bots

    def converse(self, turn: Turn, dialogue: Any = None) -> Reply:
        """One turn. Raises LookupError when there is no such bot, or when it does not speak that locale."""
        bot = self._bots.get(turn.bot)
        if bot is None:
            msg = f"no bot {turn.bot} is known here"
            raise LookupError(msg)
        locale = bot.locales.get(turn.locale)
        if locale is None:
            msg = f"bot {bot.name} does not speak {turn.locale}, only {', '.join(bot.locales)}"
            raise LookupError(msg)
        before = dialogue if isinstance(dialogue, Dialogue) else Dialogue()
        before = replace(before, attributes={**before.attributes, **turn.attributes})
        reply = _Conversation(locale, before, turn.text).reply()
        return replace(reply, transcription=turn.text, sentiment=sentiment(locale, turn.text))


class _Conversation:
    """One turn of it."""

    def __init__(self, locale: Locale, before: Dialogue, text: str) -> None:
        self.locale = locale
        self.before = before
        self.text = text

    def reply(self) -> Reply:
        before = self.before
        if before.meant is None:
            return self._intent()
        intent = self.locale.intent(before.meant.intent)
        if intent is None:  # the bot was exchanged in mid-conversation
            return self._fall_back()
        if before.asks == CONFIRMS:
            return self._confirmation(before.meant, intent)
        slot = next(one for one in intent.slots if one.name == before.asks)
        return self._slot(before.meant, intent, slot)

    def _intent(self) -> Reply:
        found = understand(self.locale, self.text) if self.text else ()
        intent = self.locale.intent(found[0].intent) if found else None
        if intent is not None:
            return self._go_on(found[0], intent, found[1 : MOST_ALTERNATIVES + 1])
        if not self.text and self.before.tries < self.locale.retries:
            return self._ask("ElicitIntent", Candidate(intent="", confidence=0.0), "", self.locale.clarify, again=True)
        return self._fall_back()

    def _slot(self, meant: Candidate, intent: Intent, slot: Slot) -> Reply:
        value = resolve(self.locale, slot.type, self.text) if self.text else None
        if value is not None:
            filled = replace(meant, slots={**meant.slots, slot.name: value})
            return self._go_on(filled, intent, self.before.alternatives)
        other = next(iter(understand(self.locale, self.text)), None) if self.text else None
        changed = self.locale.intent(other.intent) if other and other.intent != intent.name else None
        if other is not None and changed is not None:
            return self._go_on(other, changed, ())
        if self.before.tries >= slot.retries:
            return self._fall_back()
        return self._ask("ElicitSlot", meant, slot.name, slot.prompt, again=True)

    def _confirmation(self, meant: Candidate, intent: Intent) -> Reply:
        match confirmed(self.text):
            case "Yes":
                return self._done(meant, intent, self.before.alternatives)
            case "No":
                return Reply(meant=meant, state="Failed", attributes=self.before.attributes)
            case _ if self.before.tries >= self.locale.retries:
                return self._fall_back()
            case _:
                return self._ask("ConfirmIntent", meant, CONFIRMS, intent.confirm, again=True)

    def _go_on(self, meant: Candidate, intent: Intent, alternatives: tuple[Candidate, ...]) -> Reply:
        """Ask for what is missing, then for confirmation; else be done."""
        missing = next((one for one in intent.slots if one.required and meant.slots.get(one.name) is None), None)
        if missing is not None:
            return self._ask("ElicitSlot", meant, missing.name, missing.prompt, alternatives)
        if intent.confirm:
            return self._ask("ConfirmIntent", meant, CONFIRMS, intent.confirm, alternatives)
        return self._done(meant, intent, alternatives)

    def _ask(
        self,
        state: DialogState,
        meant: Candidate,
        asks: str,
        prompt: str,
        alternatives: tuple[Candidate, ...] = (),
        *,
        again: bool = False,
    ) -> Reply:
        after = Dialogue(
            meant=meant if meant.intent else None,
            alternatives=alternatives or self.before.alternatives,
            asks=asks,
            tries=self.before.tries + 1 if again else 0,
            attributes=self.before.attributes,
        )
        return Reply(
            meant=meant,
            state=state,
            messages=(_filled(prompt, meant.slots),) if prompt else (),
            asks="" if asks == CONFIRMS else asks,
            alternatives=after.alternatives,
            attributes=after.attributes,
            dialogue=after,
        )

    def _done(self, meant: Candidate, intent: Intent, alternatives: tuple[Candidate, ...]) -> Reply:
        return Reply(
            meant=meant,
            state="Fulfilled" if intent.fulfilled else "ReadyForFulfillment",
            messages=(_filled(intent.closing, meant.slots),) if intent.closing else (),
            alternatives=alternatives,
            attributes=self.before.attributes,
        )

    def _fall_back(self) -> Reply:
        """Nothing was understood: the fallback intent, which is an intent like any other for a flow."""
        meant = Candidate(intent=FALLBACK, confidence=0.0)
        return Reply(meant=meant, state="ReadyForFulfillment", attributes=self.before.attributes)


def _filled(text: str, slots: Mapping[str, str | None]) -> str:
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value or "")
    return text
