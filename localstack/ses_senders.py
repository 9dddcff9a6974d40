"""Which resource a policy must allow for an e-mail: the identity that it comes from.

MiniStack reads that of SES's newer API from the path; of the older one (SendEmail with an Action in a form) nothing:
it asks policies about `*`, so that a role that names its sender as AWS demands is refused.
"""

from typing import Final
from urllib.parse import parse_qs

from localstack import ministack_glue as glue

_PLACE: Final = ("ministack.core.iam_actions", "_ses_v2_resource_arn")
_SENDING: Final = frozenset({"SendEmail", "SendRawEmail", "SendTemplatedEmail"})
EVERYTHING: Final = "*"


def sender_arn(body: bytes, region: str, account: str) -> str:
    """Return the ARN of the identity that a form of the older API sends from; `*` for other forms.

    The identity is the address. That a verified domain may stand for its addresses is not looked at.
    """
    form = parse_qs(body.decode("utf-8", "replace"))
    source = form.get("Source", [""])[0]
    address = source.rpartition("<")[2].rstrip("> ") if "<" in source else source
    if form.get("Action", [""])[0] not in _SENDING or not address:
        return EVERYTHING
    return f"arn:aws:ses:{region}:{account}:identity/{address}"


def plug_in() -> None:
    """Let policies be asked about the sender of the older API's e-mails, too."""
    theirs = glue.reach(*_PLACE)

    def resource(method: str, path: str, body: bytes, region: str, account_id: str) -> str:
        found: str = theirs(method, path, body, region, account_id)
        return sender_arn(body, region, account_id) if found == EVERYTHING and method == "POST" else found

    glue.replace(*_PLACE, resource)
