"""What is set of a user for one channel only; it goes before what is set for all of them (14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localstack.connect.api_errors import InvalidRequest

Config = Mapping[str, Any]
LIMIT = "AfterContactWorkTimeLimit"
REFUSED = ("PersistentConnectionConfigs", "VoiceEnhancementConfigs")
"""What there is nothing of here: telephones that stay connected, and better sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfigs:
    """The configs in the API's own shape. A callback that the agent accepts first may have values of its own."""

    acw: tuple[Config, ...] = ()
    auto_accept: tuple[Config, ...] = ()
    numbers: tuple[Config, ...] = ()

    def acw_limit_s(self, channel: str, *, callback: bool, usually: int) -> int:
        """How long after-contact work may take; 0 = no limit."""
        found = _of(self.acw, channel)
        own = found.get("AfterContactWorkConfig") or {}
        first = (found.get("AgentFirstCallbackAfterContactWorkConfig") or {}) if callback else {}
        return int(first.get(LIMIT, own.get(LIMIT, usually)))

    def accepts(self, channel: str, *, callback: bool, usually: bool) -> bool:
        """Whether contacts are accepted by themselves."""
        found = _of(self.auto_accept, channel)
        own = _true(found.get("AutoAccept", usually))
        return _true(found.get("AgentFirstCallbackAutoAccept", own)) if callback else own

    def shown(self) -> dict[str, Any]:
        """As DescribeUser shows them, and CreateUser takes them."""
        members = {"AfterContactWorkConfigs": self.acw, "AutoAcceptConfigs": self.auto_accept}
        return {name: list(each) for name, each in {**members, "PhoneNumberConfigs": self.numbers}.items() if each}


NONE = ChannelConfigs()


def read(request: Mapping[str, Any]) -> ChannelConfigs:
    """The configs of a request. Raises InvalidRequest for what is not emulated."""
    refused = [name for name in REFUSED if request.get(name)]
    if refused:
        msg = f"This emulator has no {', '.join(refused)} of users"
        raise InvalidRequest(msg)
    return ChannelConfigs(
        acw=tuple(request.get("AfterContactWorkConfigs") or ()),
        auto_accept=tuple(request.get("AutoAcceptConfigs") or ()),
        numbers=tuple(request.get("PhoneNumberConfigs") or ()),
    )


def _of(configs: tuple[Config, ...], channel: str) -> Config:
    return next((one for one in configs if one.get("Channel") == channel), {})


def _true(value: object) -> bool:
    """A truth value, which templates may write as a text."""
    return str(value).lower() == "true"
