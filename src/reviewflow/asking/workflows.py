"""What is told of workflows: published ones, and those that come with reviewflow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.names import shown
from reviewflow.registry.workflows import Edition, Published
from reviewflow.shipped import shipped
from reviewflow.workflow import diagram
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.describe import describe
from reviewflow.workflow.parse import parse
from reviewflow.workflow.vocabulary import explain_facts


class Found(NamedTuple):
    """A definition, and its identity."""

    definition: Definition
    digest: str

    def whole(self) -> dict[str, Any]:
        """Roles, steps, requirements with their sources, deadlines."""
        return {"digest": self.digest, "workflow": describe(self.definition, self.digest)}

    def facts(self) -> dict[str, Any]:
        """The facts that its rules may use, a line each."""
        return {**self._head(), "facts": explain_facts(self.definition).splitlines()}

    def diagram(self, *, in_words: bool = False) -> dict[str, Any]:
        """A Mermaid state diagram, or the same as plain text."""
        drawn = diagram.plain(self.definition) if in_words else diagram.mermaid(self.definition)
        return {**self._head(), "diagram": drawn}

    def _head(self) -> dict[str, Any]:
        return {"digest": self.digest, "workflow": self.definition.workflow}


def workflows(question: Question, *, editions: bool = False) -> dict[str, Any]:
    """The latest edition of each published workflow, or all of them; and those ready to be published."""
    question.may("workflow list")
    rows = []
    for stream in question.known.touching("workflows"):
        published = question.known.workflow(stream.removeprefix("workflow-"))
        if published is None:
            continue
        day = question.as_of or date.max
        there = [one for one in reversed(published.editions.values()) if one.published <= day]
        rows += [_row(published, one) for one in (there if editions else there[:1])]
    here = {row["workflow"] for row in rows}
    return {"workflows": rows, "shipped": [name for name in shipped() if name not in here]}


def workflow(question: Question, name: str, edition: str | None = None) -> Found:
    """A published workflow, or one that comes with reviewflow; the latest edition unless one is named.

    `edition`: its label, or the beginning of its digest.
    """
    question.may("workflow show")
    published = question.known.workflow(name)
    if published is None:
        names = [stream.removeprefix("workflow-") for stream in question.known.touching("workflows")]
        return shipped_workflow(name, edition, names)
    one = edition_of(published, edition, question.find.option("edition"))
    return Found(question.known.definition(one.digest), one.digest)


def document(question: Question, name: str, edition: str | None = None) -> dict[str, Any]:
    """The definition as its author wrote it, comments left out: what can be checked and published again."""
    found = workflow(question, name, edition)
    published = question.known.workflow(name)
    written = published.document(found.digest) if published else parse(shipped()[name].read_bytes(), name).document
    return {"workflow": name, "edition": found.definition.edition, "digest": found.digest, "document": written}


def shipped_workflow(name: str, edition: str | None = None, published: Iterable[str] = ()) -> Found:
    """One that comes with reviewflow, which has no editions; `BadInput` says which others are published."""
    if name in shipped() and edition is None:
        return _read(shipped()[name])
    known = ", ".join(dict.fromkeys([*published, *shipped()])) or "none"
    raise BadInput("workflow", [Fault("workflow", shown(name), f"no such workflow; there are: {known}")])


@cache  # it comes with the package, and does not change while this runs
def _read(file: Path) -> Found:
    parsed = parse(file.read_bytes(), str(file))
    return Found(parsed.definition, parsed.digest)


def _row(published: Published, one: Edition) -> dict[str, str]:
    return {
        "workflow": published.name, "title": str(one.document.get("title", "")), "edition": one.edition,
        "digest": one.digest, "published": one.published.isoformat(),
    }  # fmt: skip


def edition_of(published: Published, wanted: str | None, where: str = "edition") -> Edition:
    """The edition that is meant by its label or the beginning of its digest; without either, the latest."""
    if wanted is None:
        return published.latest
    found = [one for one in published.editions.values() if wanted == one.edition or one.digest.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{one.edition} ({one.digest[:12]})" for one in published.editions.values())
    want = f"{'several fit' if found else 'no such edition'}; there are: {there}"
    raise BadInput("edition", [Fault(where, shown(wanted), want)])
