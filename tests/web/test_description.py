"""The interface for programs against its own description, with inputs that a machine thinks up."""

import pytest

pytest.importorskip("schemathesis")
pytest.importorskip("fastapi")

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from mldx.knowledge import load
from mldx.web.app import create

described = schemathesis.openapi.from_asgi(
    "/openapi.json", create(load(), hosts=("testserver", "localhost"))
)


@pytest.mark.slow
@described.parametrize()
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_description_allows(case):
    """Whatever is sent, the answer is as described: no error of the server, no undescribed status,
    no other shape.

    A record that fits the description may still say what cannot be, an id that is none; it is
    refused.
    """
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
