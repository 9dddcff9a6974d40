"""What the customer keys in (2.1, GetParticipantInput)."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from localstack.connect.engine import speech
from localstack.connect.engine.document import flag, text
from localstack.connect.engine.effects import DONE, ActionFailed, Digits, Done, Keyed, failed
from localstack.connect.engine.flow_state import TRANSFERS
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, Performing, action, cannot
from localstack.connect.engine.settings import Settings

BETWEEN_S = 5.0
"""Between two keys unless the flow says otherwise."""
TERMINATOR = "#"
SEALED_BYTES = 192
TIMEOUT_TEXT = "Timeout"
"""What the store form stores when nothing was keyed in."""
PHONE_DIGITS = 20
COUNTRY_CODES = {
    "AU": "61",
    "CN": "86",
    "DE": "49",
    "FR": "33",
    "GB": "44",
    "HK": "852",
    "JP": "81",
    "SG": "65",
    "US": "1",
}
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@action("GetParticipantInput")
def get_input(run: FlowRun, parameters: Parameters) -> Performing:
    """Menu form: one key, which conditions test. Store form: keys into $.StoredCustomerInput."""
    whispered = run.participant == "agent" and run.flow_type not in TRANSFERS
    if whispered or run.contact.channel != "VOICE" or run.alone:
        why = "only a customer on the telephone, or an agent who transfers, can press keys"
        raise failed(why)
    spoken, duration_s = speech.prompt(parameters, run.contact.instance, run.tree)
    typed, run.contact.typed_ahead = run.contact.typed_ahead, ""
    typed = typed if flag(parameters.get("EnableDTMFBuffer")) else ""
    run.hear(spoken)
    if flag(parameters.get("StoreInput")):
        keyed: Keyed = yield _store(run, parameters, duration_s, typed)
        stored = _stored(keyed.digits, parameters.get("InputValidation") or {})
        run.frame.stored = _sealed(run, stored) if parameters.get("InputEncryption") else stored
        return DONE
    keyed = yield _menu(run, parameters, duration_s, typed)
    if not keyed.digits:
        error, why = "InputTimeLimitExceeded", "no key was pressed in time"
        raise ActionFailed(error, why)
    run.tell("branch", f"Key {keyed.digits}", result=keyed.digits)
    return Done(keyed.digits)


@cannot("GetParticipantInput")
def _encrypted(parameters: Parameters, settings: Settings) -> str | None:
    refused = parameters.get("InputEncryption") and settings.input_encryption == "refuse"
    return "input is not really encrypted here" if refused else None


def _sealed(run: FlowRun, stored: str) -> str:
    """What stands for encrypted input: a text of the kind, from which nobody gets the keys (a switch, 2.1)."""
    return stored if stored == TIMEOUT_TEXT else base64.b64encode(run.contact.rng.randbytes(SEALED_BYTES)).decode()


def _menu(run: FlowRun, parameters: Parameters, prompt_s: float, typed: str) -> Digits:
    return Digits(of=run.participant, prompt_s=prompt_s, first_s=_limit_s(parameters), max_digits=1, typed=typed)


def _store(run: FlowRun, parameters: Parameters, prompt_s: float, typed: str) -> Digits:
    config: Mapping[str, Any] = parameters.get("DTMFConfiguration") or {}
    custom = (parameters.get("InputValidation") or {}).get("CustomValidation") or {}
    return Digits(
        of=run.participant,
        prompt_s=prompt_s,
        first_s=_limit_s(parameters),
        between_s=float(text(config.get("InterdigitTimeLimitSeconds")) or BETWEEN_S),
        ends_with=text(config.get("InputTerminationSequence")) or TERMINATOR,
        max_digits=int(text(custom.get("MaximumLength")) or PHONE_DIGITS),
        cancels=not flag(config.get("DisableCancelKey")),
        typed=typed,
    )


def _limit_s(parameters: Parameters) -> float:
    limit = text(parameters.get("InputTimeLimitSeconds"))
    if not limit.isdecimal():
        why = f"InputTimeLimitSeconds is {limit!r}"
        raise failed(why)
    return float(limit)


def _stored(digits: str, validation: Mapping[str, Any]) -> str:
    if not digits:
        return TIMEOUT_TEXT
    phone = validation.get("PhoneNumberValidation")
    return _phone(digits, phone) if phone else digits


def _phone(digits: str, validation: Mapping[str, Any]) -> str:
    """The keyed number in E.164. Raises ActionFailed InvalidPhoneNumber."""
    number = f"+{digits}"
    if validation.get("NumberFormat") == "Local":
        number = f"+{COUNTRY_CODES.get(text(validation.get('CountryCode')), '')}{digits.removeprefix('0')}"
    if not _E164.fullmatch(number):
        error, why = "InvalidPhoneNumber", "the keyed digits are no telephone number"
        raise ActionFailed(error, why)
    return number
