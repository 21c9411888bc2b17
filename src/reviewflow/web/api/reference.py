"""docs/reference/api.md, made of the description: `python -m reviewflow.web.api.reference > docs/reference/api.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

from reviewflow.web.api.app import described
from reviewflow.web.api.problems import KINDS, address

_HEAD: Final = """# The API

Made from the description that the service itself gives at `/api/openapi.json` (OpenAPI 3.1); a test compares the two.
[How to use it](../how-to/use-the-api.md) shows whole requests.

"""


def render() -> str:
    """The whole page."""
    found = described()
    parts = [_HEAD, found["info"]["description"], "\n", *_problems()]
    for tag in found["tags"]:
        operations = [
            (method, path, one)
            for path, methods in found["paths"].items()
            for method, one in methods.items()
            if tag["name"] in one["tags"]
        ]
        if operations:
            parts.append(f"\n## {tag['name'].capitalize()}\n\n{tag['description']}\n")
        for method, path, one in operations:
            parts += _operation(found, method, path, one)
    return "".join(parts)


def _problems() -> Iterator[str]:
    yield "## Problems\n\nWhat goes wrong is told as problem details (RFC 9457), `application/problem+json`.\n\n"
    yield "| type | status | what it means | what to do |\n|---|---|---|---|\n"
    for name, kind in KINDS.items():
        yield f"| `{address(name)}` | {kind.status} | {kind.meaning} | {kind.remedy} |\n"


def _operation(found: dict[str, Any], method: str, path: str, one: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {method.upper()} /api{path}\n\n**{one['summary']}.** {_one_line(one.get('description', ''))}\n"
    given = [p for p in one.get("parameters", ()) if p["in"] != "header"]
    rows = [(p["name"], p["in"], p["required"], p["schema"], p.get("description", "")) for p in given]
    rows += [
        (name, "body", needed, schema, schema.get("description", "")) for name, needed, schema in _body(found, one)
    ]
    if rows:
        yield "\n| name | in | type | |\n|---|---|---|---|\n"
        for name, where, required, schema, text in rows:
            yield f"| `{name}`{'' if required else ' (optional)'} | {where} | {_type(schema)} | {_one_line(text)} |\n"
    content: dict[str, Any] = one["responses"]["200"].get("content", {})
    if name := next((_name(media["schema"]) for media in content.values()), ""):
        members = ", ".join(f"`{member}`" for member in found["components"]["schemas"][name]["properties"])
        yield f"\nAnswers with {members}.\n"


def _body(found: dict[str, Any], one: dict[str, Any]) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    content = one.get("requestBody", {}).get("content", {})
    for media in content.values():
        shape = found["components"]["schemas"][_name(media["schema"])]
        for name, schema in shape["properties"].items():
            yield name, name in shape.get("required", ()), schema


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(_name(schema) or schema.get("format") or schema.get("type") or "anything")


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render())
