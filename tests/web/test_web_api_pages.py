"""The pages about the API: the reference is what the description says, and every request of the how-to is answered."""

import re
import shlex
from pathlib import Path

import pytest

from reviewflow.web.api.reference import render

DOCS = Path(__file__).parents[2] / "docs"
FILES = {
    "people.csv": b"name,email,organisation,role,since\nNora Madeup,nora@birch.example,birch,staff,1/9/2026\n",
    "gias.csv": (Path(__file__).parents[1] / "registry" / "data" / "gias.csv").read_bytes(),
}
HOW_TO = (DOCS / "how-to" / "use-the-api.md").read_text(encoding="utf-8")


def requests():
    for block in re.findall(r"```sh\n(.*?)```", HOW_TO, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("curl "):
                yield line


def test_the_reference_is_what_the_description_says():
    want = "run: python -m reviewflow.web.api.reference > docs/reference/api.md"
    assert (DOCS / "reference" / "api.md").read_text(encoding="utf-8") == render(), want


def test_every_request_of_the_page_is_answered(web):
    token, admin, client, answers = web.token("hanna"), web.token("ada"), web.nobody(), []
    for line in requests():
        typed = line.replace("$API", "/api").replace("$TOKEN", token).replace("$ADMIN", admin)
        answer = sent(client, shlex.split(typed)[1:])
        assert answer.status_code == 200, (line, answer.text)
        answers.append(answer)
    assert len(answers) == len(list(requests())) > 10


def sent(client, words):
    """What curl would send."""
    method, address, headers, fields, body = "GET", None, {}, {}, {}
    while words:
        match words.pop(0):
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "--json":
                method, body = "POST", {"content": words.pop(0)}
                headers["Content-Type"] = "application/json"
            case "-F":
                name, _, value = words.pop(0).partition("=")
                method = "POST"
                fields[name] = (value[1:], FILES[value[1:]]) if value.startswith("@") else (None, value)
            case option if option.startswith("-"):
                pytest.fail(f"this test does not know {option} of curl")
            case address:
                pass
    return client.request(method, address, headers=headers, **({"files": fields} if fields else body))
