"""The pages about the API: the reference is what the description says, and every request of the how-to is answered."""

import re
import shlex
from pathlib import Path

import pytest

from reviewflow.web.api.reference import render

DOCS = Path(__file__).parents[2] / "docs"
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
    token, client, answers = web.token("hanna"), web.nobody(), []
    for line in requests():
        answer = sent(client, shlex.split(line.replace("$API", "/api").replace("$TOKEN", token))[1:])
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
                method, fields[name] = "POST", (None, value)
            case option if option.startswith("-"):
                pytest.fail(f"this test does not know {option} of curl")
            case address:
                pass
    return client.request(method, address, headers=headers, **({"files": fields} if fields else body))
