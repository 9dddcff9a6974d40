"""Access: who gets what, written short. Pure."""

from collections.abc import Iterable, Mapping

from chalicelib.access.models import Role, Scope


def grants(tenant: Iterable[Role] = (), *, team: Iterable[Role] = (), own: Iterable[Role] = ()) -> Mapping[Role, Scope]:
    """Return how far each role reaches; of two scopes the wider one counts."""
    return {
        **dict.fromkeys(own, Scope.OWN),
        **dict.fromkeys(team, Scope.TEAM),
        **dict.fromkeys(tenant, Scope.TENANT),
    }
