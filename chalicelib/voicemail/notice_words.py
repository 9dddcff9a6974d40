"""Notices of new messages: what they say, in the tenant's default language. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.platform.masking import mask
from chalicelib.tenancy.models import Tenant, local_time
from chalicelib.voicemail.models import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. The texts have the places {tenant}, {box}, {when} and {caller}."""

    subject: str
    text: str
    when: str
    withheld: str


_WORDS: Final[Mapping[str, Words]] = {
    "zh-CN": Words(
        subject="新留言：{box}",
        text="【{tenant}】{box}有一条新留言，{when}，来电号码 {caller}。请登录系统收听并处理。",
        when="%m月%d日%H:%M",
        withheld="未显示",
    ),
    "en-US": Words(
        subject="New message: {box}",
        text="{tenant}: there is a new message in {box}, left on {when} by {caller}. Please sign in to hear it.",
        when="%d %b, %H:%M",
        withheld="a withheld number",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A notice in words: subject and text of what is read, instant of what is heard."""

    subject: str
    text: str
    when: str


def said(message: Message, box_name: str, tenant: Tenant) -> Said:
    """Return what the notice of `message` says. The caller's number shows its last four digits: many read mail."""
    words = _WORDS[tenant.default_language]
    when = local_time(message.at, tenant.time_zone).strftime(words.when)
    facts = {
        "tenant": tenant.name,
        "box": box_name,
        "when": when,
        "caller": mask(message.caller) if message.caller else words.withheld,
    }
    return Said(subject=words.subject.format(**facts), text=words.text.format(**facts), when=when)
