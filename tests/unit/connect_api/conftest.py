"""A running engine behind the API."""

from collections.abc import Iterator

import pytest

from tests.support.live_connect import Live


@pytest.fixture
def live() -> Iterator[Live]:
    made = Live()
    yield made
    made.close()
