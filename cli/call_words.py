"""The codes of the emulator as plain sentences, for people who read a call. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_ENDINGS: Final[Mapping[str, str]] = {
    "CUSTOMER_DISCONNECT": "the caller hung up",
    "AGENT_DISCONNECT": "the agent hung up",
    "CONTACT_FLOW_DISCONNECT": "the flow ended it",
    "THIRD_PARTY_DISCONNECT": "the third party hung up",
    "CUSTOMER_NEVER_ARRIVED": "the caller never arrived",
    "TELECOM_BUSY": "the line was busy",
    "TELECOM_UNANSWERED": "nobody answered",
    "TELECOM_PROBLEM": "the telephone network failed",
    "BARGED": "a supervisor took it over",
    "TRANSFERRED": "it was handed on",
    "EXPIRED": "its time was up",
    "IDLE_DISCONNECT": "nothing was written any more",
    "API": "it was ended from outside, through the API",
    "OTHER": "it was ended from outside",
}
_DEPLOYED: Final = re.compile(r"trunkline-[a-z0-9]+-([A-Za-z0-9]+)-[0-9A-Z]{8,}((?::\w+)?)")


def ending(reason: str) -> str:
    """Return why a call is over, from the DisconnectReason of its record; an unknown one is named as it is."""
    return f"The call is over: {_ENDINGS.get(reason, reason or 'nobody knows why')}"


def function(arn: str) -> str:
    """Return `Name:alias` of a function's ARN, without what CloudFormation put around the name."""
    name = arn.split(":function:", 1)[-1] or "a function"
    return _DEPLOYED.sub(r"\1\2", name)
