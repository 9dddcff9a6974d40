"""The next contact of a chain, and what it inherits from the one before (5.5)."""

import random
from datetime import datetime

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan


def succeed(
    old: Contact,
    *,
    contact_id: str,
    sequence: int,
    method: str,
    at: datetime,
    apart: CallPlan | None = None,
    source: Contact | None = None,
    dialled: CallPlan | None = None,
) -> Contact:
    """The next contact of a chain, with all that it inherits (5.5).

    It goes on with the customer's call, and the old one names it; or it is a call `apart`, with a plan of its own.
    With a `source` it brings somebody in, and the customer stays where he is; `dialled` is the plan of a call to a
    third party.
    """
    plan, call = (dialled or old.plan, old) if apart is None else (apart, None)
    new = Contact(
        id=contact_id,
        instance=old.instance,
        plan=plan,
        rng=random.Random(f"{old.rng.random()}") if apart else old.rng,  # noqa: S311  not a secret
        initiated_at=at,
        connected_at=at if call and dialled is None else None,
        sequence=sequence,
        channel=old.channel,
        initiation_method=method,
        attributes=dict(old.attributes),
        tags=dict(old.tags),
        segment_attributes=dict(old.segment_attributes),
        name=old.name,
        description=old.description,
        customer_id=old.customer_id,
        language=old.language,
        voice=old.voice,
        callback_number=old.callback_number,
        priority=old.priority,
        age_adjustment_s=old.age_adjustment_s,
        criteria=old.criteria.again() if old.criteria and old.leg is None else None,
        hooks=dict(old.hooks),
        logging=old.logging,
        recorded=old.recorded,
        analytics=old.analytics,
        loops=old.loops if call else {},
        transcript=old.transcript if call else [],
        burst_id=old.burst_id if call else "",
        previous=old,
        line=old.call if call else None,
        source=source,
        chat=old.chat if call else None,
        email=old.email if call else None,
        expires_at=old.expires_at if call else None,
        template=old.template if call else None,
    )
    if call:
        _link(old, new)
    return new


def _link(old: Contact, new: Contact) -> None:
    """Name the next contact of one customer's call; he goes along unless somebody is brought in."""
    if old.channel != "VOICE":
        new.references, new.related, new.files = dict(old.references), old.related, dict(old.files)
    old.next = new
    if new.source is None:
        old.call.home = new
