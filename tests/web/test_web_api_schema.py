"""Schemathesis asks the API everything that its description allows: no server error, no answer that it does not name.

In this process, through the whole application, always with the same seed; every operation by a lead and by somebody
who may do anything. `REVIEWFLOW_FAULTS=long` asks two hundred times as much.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reviewflow.web.api.app import described
from reviewflow.web.api.limiting import Limits
from web.conftest import opened

LONG = os.environ.get("REVIEWFLOW_FAULTS") == "long"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
OPERATIONS = [f"{method.upper()} {path}" for path, methods in described()["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def asked(neighbourhood, tmp_path_factory):
    with opened(neighbourhood, tmp_path_factory.mktemp("asked") / "store") as found:
        found.app.state.entering.limits = Limits(10**6, 10**6)
        yield found


@pytest.fixture(scope="module")
def schema(asked):
    return schemathesis.openapi.from_asgi("/api/openapi.json", asked.app, headers=_by(asked, "ada"))


@pytest.fixture(scope="module")
def people(asked):
    return [_by(asked, "ada"), _by(asked, "lena")]


def _by(asked, name):
    return {"authorization": f"Bearer {asked.token(name)}"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_one_that_is_described(schema, people, operation):
    method, path = operation.split(" ", 1)
    one = schema[path][method]

    @seed(5)
    @settings(
        max_examples=400 if LONG else 2, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=one.as_strategy())
    def ask(case):
        for headers in people:
            answer = case.call(headers={**(case.headers or {}), **headers})
            case.validate_response(answer, checks=CHECKS)

    ask()
