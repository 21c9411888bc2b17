"""The JSON Schema of a workflow definition, for editors; made from the models, so that it says what they say."""

from __future__ import annotations

import json
import sys
from typing import Any

from reviewflow.workflow.definition import Definition
from reviewflow.workflow.schema_texts import TEXTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema, with the keys as authors write them."""
    made = Definition.model_json_schema(by_alias=True)
    parts = made.pop("$defs")
    for name, part in {"Definition": made, **parts}.items():
        texts = TEXTS[name]
        part["description"] = texts[""]
        for key, value in part["properties"].items():
            value["description"] = texts[key]
    _close(made)
    _close(parts)
    return {"$schema": DIALECT, **made, "title": "reviewflow workflow definition", "$defs": dict(sorted(parts.items()))}


def _close(part: Any) -> None:
    """Where authors choose the names, nothing but names may stand."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
        for inner in part.values():
            _close(inner)
    elif isinstance(part, list):
        for inner in part:
            _close(inner)


def schema_text() -> str:
    """The schema as the file docs/reference/workflow.schema.json holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
