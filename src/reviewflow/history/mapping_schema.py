"""The JSON Schema of a mapping file, for editors; made from the models, so that it says what they say."""

from __future__ import annotations

import json
import sys
from typing import Any

from reviewflow.history.mapping import Mapping
from reviewflow.workflow.schema import DIALECT


def schema() -> dict[str, Any]:
    """The schema, with the keys as authors write them."""
    made = Mapping.model_json_schema(by_alias=True)
    parts = made.pop("$defs")
    for part in (made, *parts.values()):
        for key, value in part["properties"].items():
            part["properties"][key] = _short(value)
    return {"$schema": DIALECT, **made, "title": "reviewflow mapping", "$defs": dict(sorted(parts.items()))}


def _short(value: Any) -> Any:
    """A value of a form may also be written as a text alone."""
    if isinstance(value, list):
        return [_short(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("$ref") == "#/$defs/Cell":
        return {"anyOf": [{"type": "string"}, value]}
    return {key: _short(inner) for key, inner in value.items()}


def schema_text() -> str:
    """The schema as the file docs/reference/mapping.schema.json holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
