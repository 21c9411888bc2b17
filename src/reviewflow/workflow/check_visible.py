"""Who may see what: every name in `visible` leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import Path

WORDS = ("status", "dates", "people", "evidence", "notes")
"""What can be seen beside steps and their fields."""


def check(references: References) -> Iterator[Found]:
    """Every fault of `visible`."""
    for number, entry in enumerate(references.definition.visible):
        path: Path = ("visible", number)
        for which, what in enumerate(entry.what):
            at = (*path, "what", which)
            if "." in what:
                yield from references.must_be_field(what, at)
            else:
                yield from references.must_be("step or word", what, (*WORDS, *references.steps), at)
        for which, role in enumerate(entry.to):
            check = references.must_name_people if "." in role else references.role
            yield from check(role, (*path, "to", which))
        if entry.since is not None:
            yield from references.step(entry.since, (*path, "from"))
        for which, step in enumerate(entry.when):
            yield from references.step(step, (*path, "when", which))
        if entry.consent_of is not None:
            yield from references.role(entry.consent_of, (*path, "consent_of"))
