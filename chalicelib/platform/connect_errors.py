"""What Amazon Connect refuses when it is asked about a contact, as errors of the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import ClientError

from chalicelib.platform.dynamo import error_code, store_errors
from chalicelib.platform.errors import NotFound

_UNKNOWN: Final = "ResourceNotFoundException"


@contextmanager
def contact_errors(what: str) -> Iterator[None]:
    """Translate what is refused while `what` is done to a contact.

    Raises:
        NotFound: Amazon Connect knows no such contact, or no more.
        Throttled, StoreUnavailable: it did not answer.

    """
    with store_errors(what):
        try:
            yield
        except ClientError as exc:
            if error_code(exc) == _UNKNOWN:
                raise NotFound("Amazon Connect knows no such contact") from exc
            raise
