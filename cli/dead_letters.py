"""A tenant's dead letters: what lies in the queue, and putting it back through the product's own replay."""

import json
from typing import Any

from chalicelib.contacts.service import Replay, Replayed
from cli import aws

_HIDDEN_S = 30
"""How long a message stays hidden while the others are looked at."""


def replay(stack: aws.Stack, url: str, *, limit: int = 1_000) -> Replayed:
    """Put the dead letters back on the contact record stream; what cannot be used stays in the queue."""
    return Replay(
        aws.client("sqs", url),
        stack.output("DeadLetterQueueUrl"),
        aws.client("kinesis", url),
        stack.output("ContactRecordStream"),
    ).run(limit)


def told(done: Replayed) -> str:
    """Return what a replay did, in a sentence."""
    text = f"{done.records} records put back from {done.messages} dead letters"
    return text + (f"; {len(done.left)} stay: {', '.join(sorted(set(done.left)))}" if done.left else "")


def peek(stack: aws.Stack, url: str, *, limit: int = 1_000) -> list[str]:
    """Return a line on each dead letter, at most `limit`; afterwards all of them can be received again."""
    sqs = aws.client("sqs", url)
    queue = stack.output("DeadLetterQueueUrl")
    found: dict[str, str] = {}
    handles: list[str] = []
    try:
        while len(found) < limit:
            answer = sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_S, WaitTimeSeconds=0
            )
            messages = answer.get("Messages", [])
            if not messages:
                break
            found |= {message["MessageId"]: line(message["Body"]) for message in messages}
            handles += [message["ReceiptHandle"] for message in messages]
    finally:
        for handle in handles:
            sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)
    return list(found.values())


def line(body: str) -> str:
    """Return what the message `body` is, in words; never raises."""
    try:
        message: Any = json.loads(body)
    except ValueError:
        return "not JSON"
    if not isinstance(message, dict):
        return "an unknown shape"
    if "KinesisBatchInfo" in message:
        batch = message["KinesisBatchInfo"]
        return f"a batch that Lambda gave up, {batch.get('batchSize')} records from {batch.get('startSequenceNumber')}"
    reason = message.get("reason")
    why = f"{reason.get('code')}: {reason.get('detail')}" if isinstance(reason, dict) else str(reason)
    return f"record {message.get('sequence_number')}: {why}"
