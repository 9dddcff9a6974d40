"""Voicemail: what `notify_voicemail` takes and answers."""

from chalicelib.platform.shapes import Failures, TableBatch, Tick, Version

type NotifyEvent = TableBatch | Tick


class NotifyAnswer(Failures):
    """How many notices came to what."""

    schema: Version
    nothing: int
    later: int
    needless: int
    placed: int
    missed: int
    failed: int
