"""Speaking with a Lex bot until it knows what the customer wants (2.1, ConnectParticipantWithLexBot)."""

from collections.abc import Generator, Mapping
from typing import Any

from localstack.connect.engine import speech
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import ActionFailed, Digits, Done, Said, Words, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.providers.bots import Bots, Candidate, Mode, Reply, Sentiment, Turn
from localstack.connect.engine.registry import Parameters, Performing, action

UNLIMITED_S = 604_800.0
"""A chat without LexTimeoutSeconds: as long as a chat may last."""
DEFAULTS_MS: Mapping[str, float] = {
    "audio:start-timeout-ms": 3_000,
    "audio:max-length-ms": 12_000,
    "audio:end-timeout-ms": 600,
    "dtmf:end-timeout-ms": 5_000,
    "dtmf:max-length": 1_024,
}
OLDER: Mapping[str, str] = {
    "audio:start-timeout-ms": "start-silence-threshold-ms",
    "audio:max-length-ms": "max-speech-duration-ms",
    "audio:end-timeout-ms": "end-silence-threshold-ms",
    "allow-interrupt": "barge-in-enabled",
}
"""What Lex V1 calls them."""


@action("ConnectParticipantWithLexBot")
def ask_bot(run: FlowRun, parameters: Parameters) -> Performing:
    """Let the customer and a bot speak; the result is the name of the intent, and $.Lex holds the rest."""
    bots = run.world.providers(run.contact.instance).bots
    bot, given = _bot(run, parameters), parameters.get("LexSessionAttributes") or {}
    session = {key: run.text(value) for key, value in given.items()}
    if run.participant != "customer" or run.alone:
        why = "nobody is there to speak with a bot"
        raise failed(why)
    if not bots.knows(bot):
        why = f"no bot {bot} is known here: describe it with POST /_trunkline/connect/providers"
        raise failed(why)
    prompt, prompt_s = speech.prompt(parameters, run.contact.instance, run.tree)
    limit_s = _chat_limit_s(run, parameters)
    first = _initial(run, parameters)
    reply = yield from _converse(run, bots, _Talk(bot, session, limit_s), (prompt, prompt_s), first)
    if reply.messages:
        spoken = " ".join(reply.messages)
        yield from run.say(spoken, speech.seconds(spoken))
    run.frame.loaded["Lex"] = facts(reply)
    intent = reply.meant.intent
    run.tell("lex", f"Intent {intent}", result=intent, slots=dict(reply.meant.slots), state=reply.state)
    return Done(intent)


class _Talk:
    """What stays the same from turn to turn."""

    def __init__(self, bot: str, session: Mapping[str, str], limit_s: float) -> None:
        self.bot = bot
        self.session = session
        self.limit_s = limit_s


def _converse(
    run: FlowRun, bots: Bots, talk: _Talk, prompt: tuple[str, float], first: str
) -> Generator[Any, Any, Reply]:
    """Turn after turn until the bot is done."""
    reply: Reply | None = None
    spoken, spoken_s = prompt
    said = Said(first)
    while True:
        if not first:
            said = yield from _listen(run, talk, reply, spoken, spoken_s)
        first = ""
        reply = _turn(run, bots, talk, said, reply)
        if reply.over:
            return reply
        spoken = " ".join(reply.messages)
        spoken_s = speech.seconds(spoken) if spoken else 0.0


def _turn(run: FlowRun, bots: Bots, talk: _Talk, said: Said, before: Reply | None) -> Reply:
    mode: Mode = "DTMF" if said.by == "keys" else "Speech" if run.contact.channel == "VOICE" else "Text"
    locale = (run.contact.language or run.world.settings.default_locale).replace("-", "_")
    turn = Turn(bot=talk.bot, locale=locale, text=said.text, mode=mode, attributes=talk.session)
    try:
        return bots.converse(turn, before.dialogue if before else None)
    except LookupError as error:
        raise failed(str(error.args[0])) from error


def _listen(run: FlowRun, talk: _Talk, reply: Reply | None, spoken: str, spoken_s: float) -> Generator[Any, Any, Said]:
    """Ask and listen. Raises ActionFailed when a chat's time limit is over."""
    if run.contact.channel != "VOICE":
        run.hear(spoken)
        written: Said = yield Words(prompt_s=0.0, first_s=talk.limit_s)
        if not written.text:
            error, why = "InputTimeLimitExceeded", "nothing was written in time"
            raise ActionFailed(error, why)
        return written
    where = (reply.meant.intent, reply.asks) if reply else ("", "")
    if _rule(talk.session, "allow-interrupt", where).casefold() == "false":
        yield from run.say(spoken, spoken_s)
        spoken_s = 0.0
    else:
        run.hear(spoken)
    heard: Said = yield _words(talk.session, where, spoken_s)
    return heard


def _words(session: Mapping[str, str], where: tuple[str, str], spoken_s: float) -> Words:
    """How long is listened, by the session attributes x-amz-lex:audio and x-amz-lex:dtmf."""
    first_s = _number(session, "audio:start-timeout-ms", where) / 1000
    keys = Digits(
        prompt_s=0.0,
        first_s=first_s,
        between_s=_number(session, "dtmf:end-timeout-ms", where) / 1000,
        ends_with=_rule(session, "dtmf:end-character", where) or "#",
        max_digits=int(_number(session, "dtmf:max-length", where)),
        cancels=(_rule(session, "dtmf:deletion-character", where) or "*") == "*",
    )
    return Words(
        prompt_s=spoken_s,
        first_s=first_s,
        longest_s=_number(session, "audio:max-length-ms", where) / 1000,
        silence_s=_number(session, "audio:end-timeout-ms", where) / 1000,
        keys=keys,
    )


def _rule(session: Mapping[str, str], name: str, where: tuple[str, str]) -> str:
    """The session attribute for an intent and slot, the closest one: `*` stands for any. "" = there is none."""
    intent, slot = where
    for known in (name, OLDER.get(name, name)):
        for place in (f"{intent}:{slot}", f"{intent}:*", f"*:{slot}", "*:*"):
            if f"x-amz-lex:{known}:{place}" in session:
                return session[f"x-amz-lex:{known}:{place}"]
    return ""


def _number(session: Mapping[str, str], name: str, where: tuple[str, str]) -> float:
    given = _rule(session, name, where)
    return float(given) if given else DEFAULTS_MS[name]


def _bot(run: FlowRun, parameters: Parameters) -> str:
    """The alias ARN of a Lex V2 bot, or name:alias of an older one."""
    if "LexV2Bot" in parameters:
        return run.whole(parameters["LexV2Bot"].get("AliasArn"), "the alias of the bot")
    bot = parameters.get("LexBot") or {}
    return f"{run.whole(bot.get('Name'), 'the bot')}:{run.whole(bot.get('Alias'), 'the alias of the bot')}"


def _chat_limit_s(run: FlowRun, parameters: Parameters) -> float:
    limit = run.text((parameters.get("LexTimeoutSeconds") or {}).get("Text"))
    return float(limit) if limit else UNLIMITED_S


def _initial(run: FlowRun, parameters: Parameters) -> str:
    """What the customer began a chat with, when the bot shall take that as the first words."""
    wanted = (parameters.get("LexInitializationData") or {}).get("InitialMessage")
    return "" if wanted is None or run.contact.channel != "CHAT" else run.text(wanted)


def facts(reply: Reply) -> dict[str, Any]:
    """$.Lex (3)."""
    return {
        "IntentName": reply.meant.intent,
        "Slots": dict(reply.meant.slots),
        "SessionAttributes": dict(reply.attributes),
        "DialogState": reply.state,
        "IntentConfidence": {"Score": str(reply.meant.confidence)},
        "AlternativeIntents": {one.intent: _alternative(one) for one in reply.alternatives},
        "SentimentResponse": _sentiment(reply.sentiment),
        "Transcription": reply.transcription,
    }


def _alternative(one: Candidate) -> dict[str, Any]:
    return {"IntentConfidence": {"Score": str(one.confidence)}, "Slots": dict(one.slots)}


def _sentiment(found: Sentiment | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"Label": found.label, "Scores": {label: text(score) for label, score in found.scores.items()}}
