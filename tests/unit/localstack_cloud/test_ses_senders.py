"""Which identity a policy must allow for an e-mail."""

from urllib.parse import urlencode

import pytest

from localstack.ses_senders import sender_arn

IDENTITY = "arn:aws:ses:us-east-1:000000000000:identity"


def asked(**form: str) -> str:
    return sender_arn(urlencode(form).encode(), "us-east-1", "000000000000")


@pytest.mark.parametrize("source", ["desk@hr.example", "The desk <desk@hr.example>"])
def test_an_email_is_asked_about_as_the_identity_that_it_comes_from(source: str) -> None:
    assert asked(Action="SendEmail", Source=source) == f"{IDENTITY}/desk@hr.example"


def test_what_sends_nothing_or_says_no_sender_is_asked_about_as_everything() -> None:
    assert asked(Action="ListIdentities", Source="desk@hr.example") == "*"
    assert asked(Action="SendEmail") == "*"
    assert sender_arn(b"{}", "us-east-1", "000000000000") == "*"
