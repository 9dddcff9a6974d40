"""Licences: the papers of a tenant as its document carries them, both ways."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from chalicelib.licences.models import Allocation, Connection, Evidence, Licence, LicensedLine, Papers


def document(papers: Papers) -> dict[str, Any]:
    """Return `papers` as plain JSON values; dates are ISO."""
    return {name: _plain(value) for name, value in asdict(papers).items()}


def from_document(kept: Mapping[str, Any]) -> Papers:
    """Return the papers that `document` wrote; an empty document has none."""
    return Papers(
        numbers=tuple(_number(one) for one in kept.get("numbers", ())),
        licences=tuple(Licence(**_dated(one)) for one in kept.get("licences", ())),
        lines=tuple(
            LicensedLine(**{**one, "services": tuple(one["services"]), "provinces": tuple(one["provinces"])})
            for one in kept.get("lines", ())
        ),
        verified={number: _date(on) for number, on in kept.get("verified", {}).items()},
        presented=kept.get("presented", {}),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _number(kept: Mapping[str, Any]) -> Evidence:
    allocation = Allocation(**_dated(kept["allocation"])) if kept["allocation"] else None
    connections = tuple(Connection(**one) for one in kept["connections"])
    return Evidence(**{**kept, "allocation": allocation, "connections": connections})


def _dated(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, "provinces": tuple(kept["provinces"]), "expires_on": _date(kept["expires_on"])}


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
