"""The content of flows, put together from their document and the ARNs that the stack knows by now. Pure.

A document is JSON: for each flow a list of texts, and in every second place the name of what belongs there. It lies
beside the template (infra/cdk/flow_documents.py); the template has its digest and an ARN for each name.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


class BadDocument(ValueError):
    """The document is not the one that the template means, or not one at all."""


class MissingReference(LookupError):
    """Flows name something that the template has no ARN for; all such names are told."""


def filled(document: bytes, digest: str, references: Mapping[str, str]) -> dict[str, str]:
    """Return the content of each flow in the document, by its qualified name such as `flow.route.sales.en-US`.

    Either all of them are whole, or none is returned.

    Raises:
        BadDocument: the SHA-256 of the document is not `digest`, or it is not a document of flows.
        MissingReference: a name has no ARN in `references`, or a flow of the document is not among them.

    """
    found = hashlib.sha256(document).hexdigest()
    if found != digest:
        msg = f"its SHA-256 is {found}, and the template means {digest}"
        raise BadDocument(msg)
    flows = _flows(document)
    named = {name for parts in flows.values() for name in parts[1::2]} | flows.keys()
    missing = sorted(name for name in named if not references.get(name))
    if missing:
        msg = f"the template has no ARN for {', '.join(missing)}"
        raise MissingReference(msg)
    return {flow: _whole(parts, references) for flow, parts in flows.items()}


def _flows(document: bytes) -> dict[str, list[str]]:
    try:
        flows = json.loads(document)
    except ValueError as exc:
        msg = "it is not JSON"
        raise BadDocument(msg) from exc
    if not isinstance(flows, dict) or not flows or not all(_are_parts(parts) for parts in flows.values()):
        msg = "it is not an object with a list of texts for each flow"
        raise BadDocument(msg)
    return flows


def _are_parts(parts: Any) -> bool:
    return isinstance(parts, list) and len(parts) % 2 == 1 and all(isinstance(part, str) for part in parts)


def _whole(parts: Sequence[str], references: Mapping[str, str]) -> str:
    return "".join(references[part] if place % 2 else part for place, part in enumerate(parts))
