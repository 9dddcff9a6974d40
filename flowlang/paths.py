"""JSONPath as flows use it: `$.Attributes.name`, `$.Attributes['my key']`, `$.SegmentAttributes['connect:Subtype']`.

A path in free text ends at the first character that cannot belong to a key; a full stop that is followed by no key
character is punctuation.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_STEP = r"""(?:\.[A-Za-z0-9_-]+|\.?\[(?:'[^']*'|"[^"]*"|`[^`]*`|[0-9]+)\])"""
_PATH = re.compile(rf"\${_STEP}+")
_KEY = re.compile(r"""\.([A-Za-z0-9_-]+)|\.?\[(?:'([^']*)'|"([^"]*)"|`([^`]*)`|([0-9]+))\]""")

LEAF_ROOTS = frozenset({
    "StoredCustomerInput", "CustomerId", "Name", "Description", "LanguageCode", "ContactId", "InitialContactId",
    "PreviousContactId", "Channel", "InitiationMethod", "InstanceARN", "AwsRegion", "TextToSpeechVoiceId",
})  # fmt: skip
"""Roots that are a value themselves."""

MAP_ROOTS = frozenset({
    "Attributes", "FlowAttributes", "External", "LambdaInvocation", "CustomerEndpoint", "SystemEndpoint",
    "AdditionalEmailRecipients", "Email", "Tags", "References", "Task", "Queue", "SegmentAttributes", "Agent",
    "Metrics", "Lex", "Customer", "Case", "Views", "Modules", "Loop", "DataTables", "DataTableList", "Wisdom",
    "Media", "MediaStreams", "Capabilities",
})  # fmt: skip
"""Roots that hold values under keys."""

KNOWN_ROOTS = LEAF_ROOTS | MAP_ROOTS

_ENDPOINT = ("Address", "Type", "DisplayName")
_FIXED: Mapping[str, tuple[str, ...]] = {
    "CustomerEndpoint": _ENDPOINT,
    "SystemEndpoint": _ENDPOINT,
    "AdditionalEmailRecipients": ("ToList", "CcList"),
    "Email": ("EmailMessage.Plaintext",),
    "References": ("*.Value", "*.Type"),
    "Task": ("ContactId",),
    "Queue": ("Name", "ARN", "OutboundCallerId.Address", "OutboundCallerId.Type"),
    "Agent": ("UserName", "FirstName", "LastName", "ARN"),
    "Metrics": (
        "Queue.Name", "Queue.ARN", "Queue.Size", "Queue.OldestContactAge", "Queue.EstimatedWaitTime",
        "Contact.PositionInQueue", "Contact.EstimatedWaitTime", "Agents.Online.Count", "Agents.Available.Count",
        "Agents.Staffed.Count", "Agents.AfterContactWork.Count", "Agents.Busy.Count", "Agents.Missed.Count",
        "Agents.NonProductive.Count",
    ),
    "Lex": (
        "IntentName", "Slots.*", "SessionAttributes.*", "DialogState", "IntentConfidence.Score", "AlternativeIntents.*",
        "SentimentResponse.Label", "SentimentResponse.Scores.*", "Transcription",
    ),
    "LambdaInvocation": ("ResultData.*", "InvocationId"),
    "Views": ("Action", "ViewResultData.*"),
    "Modules": ("Input.*", "Result", "ResultData.*"),
    "Wisdom": ("SessionArn",),
    "Media": ("Sip.Headers.*", "Sip.SiprecMetadata", "InitialMessage"),
    "MediaStreams": (
        "Customer.Audio.StreamARN", "Customer.Audio.StartTimestamp", "Customer.Audio.StopTimestamp",
        "Customer.Audio.StartFragmentNumber",
    ),
    "Capabilities": ("Agent.Video", "Agent.ScreenShare", "Customer.Video", "Customer.ScreenShare"),
}  # fmt: skip
"""Namespaces whose keys the service fixes; `*` is any key, at the end also several."""


@dataclass(frozen=True, slots=True)
class Path:
    """One path: its text as written and its keys, the first of which is the root."""

    text: str
    keys: tuple[str, ...]

    @property
    def root(self) -> str:
        """The namespace, such as `Attributes`."""
        return self.keys[0]

    @property
    def is_known(self) -> bool:
        """Whether the service knows the root."""
        return self.root in KNOWN_ROOTS

    @property
    def has_leaf(self) -> bool:
        """Whether the path names one value and not a whole namespace."""
        return self.root in LEAF_ROOTS or len(self.keys) > 1


def parse(text: str) -> Path | None:
    """Return `text` as a path when it is exactly one path and nothing else, else None."""
    return _whole(text) if text[:1] == "$" else None


def find(text: str) -> Iterator[Path]:
    """Yield the paths that stand in free text, in order."""
    for match in _PATH.finditer(text):
        yield _path(match[0])


def fill(text: str, value_of: Callable[[Path], str]) -> str:
    """Return `text` with each path replaced by its value."""
    if "$" not in text:
        return text
    pieces = _pieces(text)
    if len(pieces) == 1 and isinstance(pieces[0], Path):  # nearly always the text is one path
        return value_of(pieces[0])
    return "".join([piece if isinstance(piece, str) else value_of(piece) for piece in pieces])


# A running flow reads the same few texts again and again: each is taken apart once.


@functools.lru_cache(maxsize=4_096)
def _whole(text: str) -> Path | None:
    return _path(text) if _PATH.fullmatch(text) else None


@functools.lru_cache(maxsize=4_096)
def _pieces(text: str) -> tuple[str | Path, ...]:
    """Take free text apart into what stands there and the paths in it, in order."""
    pieces: list[str | Path] = []
    end = 0
    for match in _PATH.finditer(text):
        pieces += [text[end : match.start()], _path(match[0])]
        end = match.end()
    return tuple(piece for piece in (*pieces, text[end:]) if piece)


def leaves(root: str) -> str:
    """Return what a namespace with fixed keys has, as text."""
    return ", ".join(_FIXED.get(root, ()))


def has_known_leaf(path: Path) -> bool:
    """Tell whether something can ever fill a path with a known root. A path that stops at a group is not judged."""
    fixed = _FIXED.get(path.root)
    return fixed is None or any(_may_be(path.keys[1:], one.split(".")) for one in fixed)


def _may_be(keys: tuple[str, ...], pattern: list[str]) -> bool:
    if len(keys) > len(pattern) and pattern[-1] != "*":
        return False
    return all(want in {"*", key} for key, want in zip(keys, pattern, strict=False))


@functools.lru_cache(maxsize=4_096)
def _path(text: str) -> Path:
    keys = (next(group for group in match.groups() if group is not None) for match in _KEY.finditer(text))
    return Path(text, tuple(keys))
