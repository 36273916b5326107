"""The interface for programs against its own description, with inputs that a machine thinks up."""

import pytest

schemathesis = pytest.importorskip("schemathesis")
pytest.importorskip("fastapi")

from hypothesis import HealthCheck, settings

from mldx.knowledge import load
from mldx.web.app import create

described = schemathesis.openapi.from_asgi("/openapi.json", create(load(), hosts=("testserver", "localhost")))


@pytest.mark.slow
@described.parametrize()
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_description_allows(case):
    """Whatever is sent, the answer is as described: no error of the server, no undescribed status, no other shape."""
    case.call_and_validate()
