"""Publishing a workflow: a definition that was checked becomes a command, and what it would mean here."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from reviewflow.asking.question import Question
from reviewflow.asking.workflow_changes import against_published
from reviewflow.events import Asked
from reviewflow.registry.commands import PublishWorkflow
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.parse import Parsed


def publishing(asked: Asked, parsed: Parsed) -> PublishWorkflow:
    """The command."""
    definition = parsed.definition
    return PublishWorkflow(
        asked=asked, workflow=definition.workflow, edition=definition.edition, digest=parsed.digest,
        document=parsed.document,
    )  # fmt: skip


def summary(definition: Definition, digest: str) -> dict[str, Any]:
    """What a definition is called, and how large it is."""
    counted: dict[str, Sized] = {
        "state": definition.all_states(), "transition": definition.transitions, "act": definition.acts,
        "role": definition.roles,
    }  # fmt: skip
    counts = [f"{len(found):,} {what}{'' if len(found) == 1 else 's'}" for what, found in counted.items()]
    return {
        "workflow": definition.workflow, "title": definition.title, "edition": definition.edition, "digest": digest,
        "counts": ", ".join(counts),
    }  # fmt: skip


def report(question: Question, parsed: Parsed) -> dict[str, Any]:
    """What publishing it would mean: what changes, for which programmes, and what to think of before."""
    definition = parsed.definition
    found = against_published(question, definition.workflow, parsed.document)
    return {
        **summary(definition, parsed.digest),
        **found,
        "same": found["before"] is not None and found["before"]["digest"] == parsed.digest,
        "programmes": programmes_with(question, definition.workflow),
        "warnings": _warnings(question, parsed),
    }


def programmes_with(question: Question, name: str) -> list[str]:
    """The names of the programmes whose reviews follow a workflow."""
    found = [question.now.programme(one) for one in question.find.all("programme")]
    return [one.name for one in found if one is not None and one.workflow == name]


def _warnings(question: Question, parsed: Parsed) -> list[str]:
    published = question.now.workflow(parsed.definition.workflow)
    if published is None or published.latest.digest == parsed.digest:
        return []
    if parsed.digest in published.editions:
        return ["This edition was published before. Published again, it becomes the latest."]
    edition = parsed.definition.edition
    if any(one.edition == edition for one in published.editions.values()):
        there = f"An edition called {edition} is published already, and it says something else"
        return [f"{there}. Better give this one a name of its own: change the line that begins with “edition:”."]
    return []
