"""A running engine behind the API."""

from collections.abc import Iterator

import pytest

from tests.support.api_chats import Chats
from tests.support.live_connect import Live


@pytest.fixture
def live() -> Iterator[Live]:
    made = Live()
    yield made
    made.close()


@pytest.fixture
def chats(live: Live) -> Chats:
    return Chats(live)
