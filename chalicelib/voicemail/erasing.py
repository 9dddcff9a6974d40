"""Voicemail: what is left of a message when the person is taken out of it (SEC-06). Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.platform.tenancy import TenantId
from chalicelib.voicemail import store
from chalicelib.voicemail.models import State

ERASED: Final = "erased"
"""What a message says was done when nobody had dealt with it before: nothing is left to deal with."""


def key_of(tenant: TenantId, message_id: str) -> dict[str, str]:
    """Return the key of a message."""
    return store.key(tenant, message_id)


def without_person(
    tenant: TenantId, item: Mapping[str, Any], *, days: int, at: datetime, by: str
) -> dict[str, Any] | None:
    """Return the message in `item` closed and without caller and recording; None when nothing is left to take out."""
    message = store.message_of(item)
    open_ = message.state is State.NEW
    if not (open_ or message.caller or message.recording or message.result != ERASED):
        return None
    left = replace(message, caller=None, recording=None, result=ERASED, state=State.CLOSED)
    closed = replace(left, closed_at=at, closed_by=by) if open_ else left
    return store.item(tenant, closed, days)


def without_caller(tenant: TenantId, item: Mapping[str, Any], *, days: int) -> dict[str, Any]:
    """Return somebody else's message without the number from which it was left."""
    return store.item(tenant, replace(store.message_of(item), caller=None), days)
