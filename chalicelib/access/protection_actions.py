"""Access: the actions that protect personal data, and who may (SEC-06). Rows of `policy.TABLE`."""

from typing import Final

from chalicelib.access.grants import grants
from chalicelib.access.models import Action, Kind, Role

ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        id="privacy.read",
        kind=Kind.READ,
        says="see what personal data is kept for, how long, and who answers for it",
        grants=grants(Role),
    ),
)
