"""A tenant's dead letters: what lies in the queue, and putting it back through the product's own replay."""

import json
from typing import Any

from chalicelib.contacts.service import Replay, Replayed
from cli import aws


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


def peek(stack: aws.Stack, url: str) -> list[str]:
    """Return a line on each of (at most some hundred) dead letters, without hiding them from a replay."""
    sqs = aws.client("sqs", url)
    queue = stack.output("DeadLetterQueueUrl")
    found: dict[str, str] = {}
    while True:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0)
        fresh = {message["MessageId"]: line(message["Body"]) for message in answer.get("Messages", [])}
        if not set(fresh) - set(found):
            return list(found.values())
        found |= fresh


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
