"""Schemathesis asks the API everything that its description allows: no server error, no answer that it does not name.

In this process, through the whole application, always with the same seed; each case as an administrator, who may do
nearly anything, and as a lead. `REVIEWFLOW_FAULTS=long` asks fifty times as much.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from reviewflow.web.routes import API
from web.conftest import opened

LONG = os.environ.get("REVIEWFLOW_FAULTS") == "long"
PAGES = ("/api", "/api/", "/api/openapi.json")
OPERATIONS = [(one.method, one.path.removeprefix("/api")) for one in API if one.path not in PAGES]


@pytest.fixture(scope="module")
def asked(neighbourhood, tmp_path_factory):
    from reviewflow.web.api.limiting import Limits

    with opened(neighbourhood, tmp_path_factory.mktemp("asked") / "store") as found:
        found.app.state.entering.limits = Limits(10**6, 10**6)
        yield found


@pytest.fixture(scope="module")
def schema(asked):
    # Imported where it is used: it takes a second, and every process of a run collects this file.
    import schemathesis

    return schemathesis.openapi.from_asgi("/api/openapi.json", asked.app, headers=_by(asked, "ada"))


@pytest.fixture(scope="module")
def checks():
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks as openapi

    return [
        not_a_server_error, openapi.status_code_conformance, openapi.content_type_conformance,
        openapi.response_headers_conformance, openapi.response_schema_conformance,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def people(asked):
    return [_by(asked, "ada"), _by(asked, "lena")]


def _by(asked, name):
    return {"authorization": f"Bearer {asked.token(name)}"}


THERE = {
    "cycle": "hazel-review", "person": "rob", "organisation": "hazel", "partnership": "cluster",
    "programme": "programme",
}  # fmt: skip
NAMES = {"step": "check_in", "workflow": "spp-peer-review", "kind": "not-met", "version": 7, "token": "aaaaaaaaaaaa"}


def aim(case, asked):
    """Half of the cases are about things that are there: what is made up would nearly never be."""
    for part, made_up in (case.path_parameters or {}).items():
        if len(str(made_up)) % 2 == 0 or part == "version":
            case.path_parameters[part] = NAMES[part] if part in NAMES else asked.id(THERE[part])


def test_everything_is_described(schema):
    there = [(method, path) for path, methods in schema.raw_schema["paths"].items() for method in methods]
    assert sorted(there) == sorted((method.lower(), path) for method, path in OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_is_described(asked, schema, checks, people, method, path):
    operation = schema[path][method]

    @seed(5)
    @settings(
        max_examples=100 if LONG else 2, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case):
        aim(case, asked)
        if path == "/events":
            case.query = {name: value for name, value in (case.query or {}).items() if name != "wait"}
        for headers in people:
            answer = case.call(headers={**(case.headers or {}), **headers})
            case.validate_response(answer, checks=checks)

    ask()
