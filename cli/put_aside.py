"""Rows of a tenant that could not be converted, through the product's own replay."""

import json
import time

from chalicelib.analytics.aside import PutAside
from chalicelib.analytics.service import Sender
from cli import aws


def of(stack: aws.Stack, url: str) -> PutAside:
    """Return the error folder of a deployed tenant."""
    return PutAside(
        objects=aws.client("s3", url),
        bucket=stack.output("AnalyticsBucket"),
        sender=Sender(firehose=aws.client("firehose", url), pause=time.sleep),
        streams=json.loads(stack.output("AnalyticsStreams")),
    )
