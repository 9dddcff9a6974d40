"""TEN-03: a tenant's profile alone decides its template."""

import pytest

from tests.support.synthesis import synthesize, synthesize_anew

pytestmark = pytest.mark.infra


@pytest.mark.req("TEN-03")
def test_the_same_profile_gives_the_same_template() -> None:
    once, again = synthesize("taxihotline"), synthesize_anew("taxihotline", seed=2)
    assert once.template_path.read_bytes() == again.template_path.read_bytes()
