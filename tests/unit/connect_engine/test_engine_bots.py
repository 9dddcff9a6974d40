"""Bots: what a local one understands, how it asks, and what a flow gets from it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.engine.plan import Deed, HangUp, Press, Say
from localstack.connect.engine.providers import BadProviders, read
from localstack.connect.engine.providers.bots import Reply, Turn
from localstack.connect.engine.providers.dialogue import LocalBots
from localstack.connect.engine.providers.slots import words
from tests.support.connect_world import Small, action, texts
from tests.support.one_action import go

ALIAS = "arn:aws:lex:us-east-1:000000000000:bot-alias/BOOKING/LIVE"
BOOK: dict[str, Any] = {
    "name": "BookRoom",
    "utterances": ["book a room", "I want a room in {city} for {nights} nights", "a hotel please"],
    "slots": [
        {"name": "city", "type": "City", "prompt": "Which city?", "retries": 1},
        {"name": "nights", "type": "AMAZON.Number", "prompt": "How many nights?"},
    ],
    "confirm": "{nights} nights in {city}?",
    "closing": "Thank you.",
}
LOCALE: dict[str, Any] = {
    "intents": [
        BOOK,
        {"name": "Agent", "utterances": ["speak to an agent", "a person please", "1"], "fulfilled": True},
        {"name": "Balance", "utterances": ["what is my balance"]},
    ],
    "slot_types": {"City": {"values": {"Paris": ["the city of light"], "New York": ["big apple"]}}},
    "clarify": "Sorry?",
    "sentiment": {"positive": ["thanks", "great"], "negative": ["terrible", "angry"]},
}
CHINESE = {"intents": [{"name": "Balance", "utterances": ["我想查余额"]}]}
DOCUMENT: dict[str, Any] = {
    "bots": [{"name": "Booking", "aliases": [ALIAS], "locales": {"en-US": LOCALE, "zh_CN": CHINESE}}]
}
INTENTS = {name: ("Equals", name) for name in ("BookRoom", "Agent", "Balance", "FallbackIntent")}
ASK = {"Text": "How can I help?", "LexV2Bot": {"AliasArn": ALIAS}}


def bots() -> LocalBots:
    found = read(DOCUMENT)["bots"]
    assert isinstance(found, LocalBots)
    return found


def converse(*said: str, locale: str = "en_US") -> Reply:
    """The reply to the last of some turns."""
    reply: Reply | None = None
    for text in said:
        reply = bots().converse(Turn(bot=ALIAS, locale=locale, text=text), reply.dialogue if reply else None)
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    ("said", "intent", "confidence"),
    [
        ("book a room", "BookRoom", 1.0),
        ("Book a room!", "BookRoom", 1.0),
        ("I'd like to book a room", "BookRoom", 0.6667),
        ("what is my balance", "Balance", 1.0),
        ("my balance please", "Balance", 0.5714),
        ("sing me a song of the sea", "FallbackIntent", 0.0),
    ],
)
def test_the_nearest_sample_is_what_is_meant(said: str, intent: str, confidence: float) -> None:
    meant = converse(said).meant
    assert (meant.intent, meant.confidence) == (intent, confidence)


def test_slots_are_taken_from_a_sentence_and_from_their_synonyms() -> None:
    reply = converse("I want a room in the big apple for three nights")
    assert reply.meant.slots == {"city": "New York", "nights": "3"}
    assert (reply.state, reply.messages) == ("ConfirmIntent", ("3 nights in New York?",))


def test_what_is_missing_is_asked_for_and_confirmed() -> None:
    assert converse("book a room").messages == ("Which city?",)
    assert converse("book a room", "Paris").messages == ("How many nights?",)
    assert converse("book a room", "Paris", "2").state == "ConfirmIntent"
    done = converse("book a room", "Paris", "2", "yes")
    assert (done.over, done.state, done.messages) == (True, "ReadyForFulfillment", ("Thank you.",))
    refused = converse("book a room", "Paris", "2", "no")
    assert (refused.over, refused.state, refused.meant.intent) == (True, "Failed", "BookRoom")


def test_an_answer_that_does_not_fit_is_asked_for_again_and_then_given_up() -> None:
    assert converse("book a room", "Atlantis").asks == "city"
    assert converse("book a room", "Atlantis", "Atlantis").meant.intent == "FallbackIntent"


def test_a_customer_may_change_the_subject() -> None:
    assert converse("book a room", "a person please").meant.intent == "Agent"


def test_silence_is_asked_about_and_then_the_fallback() -> None:
    assert converse("").messages == ("Sorry?",)
    assert converse("", "", "").meant.intent == "FallbackIntent"
    assert converse("", "what is my balance").meant.intent == "Balance"


def test_a_locale_that_the_bot_does_not_speak_is_refused() -> None:
    assert converse("我想查余额", locale="zh_CN").meant.confidence == 1.0
    with pytest.raises(LookupError, match="does not speak de_DE"):
        converse("Guten Tag", locale="de_DE")


def test_the_mood_is_told_by_the_bots_own_words() -> None:
    mood = converse("this is terrible, what is my balance").sentiment
    assert mood is not None
    assert (mood.label, mood.scores["Negative"]) == ("NEGATIVE", 1.0)


@given(st.lists(st.text(max_size=30), max_size=12))
def test_any_conversation_comes_to_an_end(said: list[str]) -> None:
    reply: Reply | None = None
    for text in [*said, *[""] * 12]:
        if reply is not None and reply.over:
            break
        reply = bots().converse(Turn(bot=ALIAS, locale="en_US", text=text), reply.dialogue if reply else None)
        assert reply.over or reply.asks or reply.messages or reply.state == "ElicitIntent"
    assert reply is not None
    assert reply.over


@given(st.sampled_from(["book a room", "a person please", "我想查余额"]), st.randoms())
def test_case_spaces_and_punctuation_change_nothing(sample: str, rnd: Any) -> None:
    noisy = "".join(c.upper() if rnd.random() < 0.5 else c for c in sample).replace(" ", rnd.choice(["  ", " ", ", "]))
    assert words(noisy) == words(sample)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"bots": [{"name": "x", "aliases": []}]}, "bots[0].locales is missing"),
        ({"bots": [{"name": "x", "locales": {"en_US": {"intents": [{"utterances": []}]}}}]}, "intents[0].name"),
        ({"bots": [{"name": "x", "locales": {"en_US": {"hooks": []}}}]}, "has hooks"),
        (
            {"bots": [{"name": "x", "locales": {"en_US": {"intents": [
                {"name": "i", "slots": [{"name": "s", "type": "AMAZON.Mood"}]}]}}}]},
            "slots[0].type is 'AMAZON.Mood'",
        ),
        ({"robots": []}, "the document has robots"),
    ],
)  # fmt: skip
def test_a_wrong_description_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(BadProviders) as refused:
        read(change)
    assert place in str(refused.value)


@pytest.fixture
def small() -> Small:
    small = Small()
    small.world.providers(small.instance).bots = bots()
    return small


def keep(**paths: str) -> dict[str, Any]:
    return action("k", "UpdateContactAttributes", {"Attributes": paths})


def ask(small: Small, *script: Deed, **more: Any) -> tuple[str, Any]:
    return go(
        small, "ConnectParticipantWithLexBot", {**ASK, **more.pop("parameters", {})}, *script, results=INTENTS, **more
    )


def test_a_caller_says_what_he_wants_and_the_flow_branches_on_the_intent(small: Small) -> None:
    label, contact = ask(small, Say("what is my balance"))
    assert label == "Balance"
    assert texts(contact, "said") == ["what is my balance"]
    assert texts(contact, "lex") == ["Intent Balance"]


def test_what_the_bot_has_found_is_in_the_flows_reach(small: Small) -> None:
    parameters = {"LexSessionAttributes": {"caller": "$.CustomerEndpoint.Address"}}
    wanted = keep(
        intent="$.Lex.IntentName", city="$.Lex.Slots.city", state="$.Lex.DialogState", said="$.Lex.Transcription",
        sure="$.Lex.IntentConfidence.Score", mood="$.Lex.SentimentResponse.Label",
        caller="$.Lex.SessionAttributes.caller", other="$.Lex.AlternativeIntents.Agent.IntentConfidence.Score",
    )  # fmt: skip
    script = (Say("a hotel room please in Paris"), Say("two"), Say("yes, thanks"))
    label, contact = go(small, "ConnectParticipantWithLexBot", {**ASK, **parameters}, *script, after=wanted, results={})
    assert label == "next"
    assert contact.attributes == {
        "intent": "BookRoom", "city": "Paris", "state": "ReadyForFulfillment", "said": "yes, thanks", "sure": "0.6667",
        "mood": "POSITIVE", "caller": "+8613800000001", "other": "0.4444",
    }  # fmt: skip


def test_nothing_understood_is_an_intent_or_no_condition(small: Small) -> None:
    assert ask(small, Say("sing me a song of the sea"))[0] == "FallbackIntent"
    only = {"Balance": ("Equals", "Balance")}
    assert (
        go(small, "ConnectParticipantWithLexBot", ASK, Say("song of the sea"), results=only)[0] == "NoMatchingCondition"
    )


def test_a_caller_who_stays_silent_is_asked_again_and_falls_back(small: Small) -> None:
    label, contact = ask(small, Say(""), Say(""), Say(""))
    assert label == "FallbackIntent"
    assert texts(contact, "hears")[:3] == ["How can I help?", "Sorry?", "Sorry?"]


def test_keys_answer_a_bot_too(small: Small) -> None:
    assert ask(small, Press("1#"))[0] == "Agent"


def test_the_time_to_speak_is_a_session_attribute(small: Small) -> None:
    def silent_s(**session: str) -> float:
        given = {key.replace("__", ":"): value for key, value in session.items()}
        parameters = {"Text": "Yes?", "LexSessionAttributes": given}
        _, contact = ask(small, parameters=parameters)
        (done,) = [told for told in contact.transcript if told.kind == "lex"]
        return float((done.at - contact.initiated_at).total_seconds())

    usual = silent_s()
    longer = silent_s(**{"x-amz-lex:audio:start-timeout-ms:*:*": "9000"})
    assert longer - usual == pytest.approx(3 * 6)


def test_only_as_much_is_heard_as_the_longest_speech_allows(small: Small) -> None:
    session = {"x-amz-lex:audio:max-length-ms:*:*": "1000"}
    _, contact = go(
        small, "ConnectParticipantWithLexBot", {**ASK, "LexSessionAttributes": session},
        Say("what is my balance in this account of mine"), after=keep(heard="$.Lex.Transcription"),
    )  # fmt: skip
    assert contact.attributes == {"heard": "what is my"}


def test_a_prompt_that_may_not_be_interrupted_is_heard_to_its_end(small: Small) -> None:
    long = {"Text": "A long story. " * 20}
    _, free = ask(small, Say("a person please"), parameters=long)
    _, held = ask(
        small,
        Say("a person please"),
        parameters={**long, "LexSessionAttributes": {"x-amz-lex:allow-interrupt:*:*": "False"}},
    )
    spoken_s = [
        (next(t.at for t in one.transcript if t.kind == "said") - one.initiated_at).total_seconds()
        for one in (free, held)
    ]
    assert spoken_s[0] < 3
    assert spoken_s[1] > 18


def test_the_bot_must_speak_the_contacts_language(small: Small) -> None:
    speaks = action("l", "UpdateContactData", {"LanguageCode": "zh-CN"})
    assert ask(small, Say("我想查余额"), before=(speaks,))[0] == "Balance"
    speaks = action("l", "UpdateContactData", {"LanguageCode": "de-DE"})
    assert ask(small, Say("hallo"), before=(speaks,))[0] == "NoMatchingError"


def test_the_locale_of_a_contact_without_a_language_is_a_setting() -> None:
    small = Small(default_locale="zh-CN")
    small.world.providers(small.instance).bots = bots()
    assert ask(small, Say("我想查余额"))[0] == "Balance"


def test_a_bot_that_nobody_has_described_is_named_with_the_way_to_describe_it() -> None:
    label, contact = ask(Small(), Say("hello"))
    assert label == "NoMatchingError"
    assert ALIAS in texts(contact, "error")[0]
    assert "/_trunkline/connect/providers" in texts(contact, "error")[0]


def test_an_older_bot_is_known_by_name_and_alias(small: Small) -> None:
    old = {"bots": [{"name": "Old", "aliases": ["Old:live"], "locales": {"en_US": LOCALE}}]}
    small.world.providers(small.instance).bots = read(old)["bots"]
    asks = {"Text": "Yes?", "LexBot": {"Name": "Old", "Region": "us-east-1", "Alias": "live"}}
    assert go(small, "ConnectParticipantWithLexBot", asks, Say("a person please"), results=INTENTS)[0] == "Agent"


def test_a_chat_begins_with_what_the_customer_wrote_and_ends_by_its_time_limit(small: Small) -> None:
    assert ask(small, Say("a person please"), channel="CHAT")[0] == "Agent"
    timed = {"LexTimeoutSeconds": {"Text": "60"}}
    assert ask(small, channel="CHAT", parameters=timed)[0] == "InputTimeLimitExceeded"


def test_a_caller_may_hang_up_in_mid_conversation(small: Small) -> None:
    _, contact = ask(small, Say("book a room"), Say("Paris"), HangUp())
    assert contact.disconnect_reason == "CUSTOMER_DISCONNECT"
    assert contact.listening is None
    assert texts(contact, "lex") == []
