"""Tables into documents, the rest of the page left as it is; and all figures into a file.

A table stands between the lines `<!-- bench: PART -->` and `<!-- bench: end -->`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from bench.table import Table, from_json, markdown, to_json

EXPLANATION = Path(__file__).parents[1] / "docs" / "explanation"
PERFORMANCE = EXPLANATION / "performance.md"
MEASURED = Path(__file__).with_name("measured.json")
"""Every figure of the last runs, part by part: what docs/explanation/growth.md reckons with."""


def between(text: str, mark: str, inside: str) -> str:
    """`text` with what stands between the markers of `mark` replaced; a page without them is a fault."""
    pattern = re.compile(rf"(<!-- bench: {re.escape(mark)} -->\n).*?(<!-- bench: end -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"got {len(pattern.findall(text))} places marked `bench: {mark}`; want 1")
    return pattern.sub(lambda found: f"{found[1]}{inside.rstrip()}\n{found[2]}", text)


def measured() -> dict[str, Table]:
    """What is known, by part."""
    if not MEASURED.exists():
        return {}
    told = json.loads(MEASURED.read_text(encoding="utf-8"))
    return {part: from_json(one) for part, one in told["parts"].items()}


def write(tables: Mapping[str, Table], machine: str) -> None:
    """Into the page and the file of figures; parts that were not run stay as they are."""
    page = PERFORMANCE.read_text(encoding="utf-8")
    page = between(page, "machine", machine)
    for part, table in tables.items():
        page = between(page, part, markdown(table))
    every = {**measured(), **tables}
    told = {"machine": machine, "parts": {part: to_json(table) for part, table in every.items()}}
    MEASURED.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PERFORMANCE.write_text(page, encoding="utf-8")
