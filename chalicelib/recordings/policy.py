"""Recordings: what is decided. Whether a deed is allowed by policy, notice and refusal (REC-01, REC-02). Pure."""

from collections.abc import Mapping
from typing import Final

from chalicelib.recordings.models import Deed, NotRecordable, Terms

ALLOWED: Final[Mapping[str, frozenset[Deed]]] = {
    "full": frozenset({Deed.SUSPEND, Deed.RESUME}),
    "on-demand": frozenset(Deed),
    "none": frozenset(),
}
"""What an agent may do by the line's policy: where calls are recorded in full, secrets may be left out and no more."""

_RECORDS: Final = frozenset({Deed.START, Deed.RESUME})


def allow(deed: Deed, terms: Terms) -> None:
    """Accept what an agent is about to do.

    Raises:
        NotRecordable: `reason` is `policy`, `notice` (the caller was not told) or `refused`.

    """
    if deed not in ALLOWED.get(terms.policy, frozenset()):
        raise NotRecordable(
            f"the line's policy {terms.policy!r} does not let agents {deed} recordings", reason="policy"
        )
    if deed in _RECORDS and terms.has_refused:
        raise NotRecordable("the caller has refused to be recorded", reason="refused")
    if deed in _RECORDS and not terms.was_told:
        raise NotRecordable("the caller was not told of the recording", reason="notice")
