"""What is told of workflows: published ones, those that come with reviewflow, and files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reviewflow.cli.options import Reading
from reviewflow.cli.printing import document, say, table
from reviewflow.cli.request import asking
from reviewflow.cli.workflow_files import read_definition
from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.registry.names import shown
from reviewflow.registry.workflows import Edition, Published
from reviewflow.shipped import shipped
from reviewflow.workflow import diagram
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.describe import describe
from reviewflow.workflow.describe_text import describe_text
from reviewflow.workflow.digest import load
from reviewflow.workflow.vocabulary import explain_facts


def listing(editions: bool, how: Reading) -> None:
    """Published first."""
    with asking(how) as question:
        question.may("workflow list")
        rows = []
        for stream in question.known.touching("workflows"):
            published = question.known.workflow(stream.removeprefix("workflow-"))
            if published is None:
                continue
            day = how.as_of or date.max
            there = [one for one in reversed(published.editions.values()) if one.published <= day]
            rows += [_row(published, one) for one in (there if editions else there[:1])]
        here = {row["workflow"] for row in rows}
        ready = [name for name in shipped() if name not in here]

        def show() -> None:
            header = ("workflow", "title", "edition", "digest", "published")
            cut = [{**row, "digest": row["digest"][:12]} for row in rows]
            table(header, [[row[h] for h in header] for row in cut], none="no workflow is published yet")
            if ready:
                say(f"\nReady to be published: {', '.join(ready)}")

        question.answer({"workflows": rows, "shipped": ready}, show)


def _row(published: Published, one: Edition) -> dict[str, str]:
    return {
        "workflow": published.name, "title": str(one.document.get("title", "")), "edition": one.edition,
        "digest": one.digest, "published": one.published.isoformat(),
    }  # fmt: skip


def showing(name: str, with_facts: bool, edition: str | None, how: Reading) -> None:
    """The whole definition in words, or the facts of its rules."""
    definition, head = _definition(name, edition, how)
    if with_facts:
        text = explain_facts(definition)
        if how.json:
            document({**head, "workflow": definition.workflow, "facts": text.splitlines()})
        else:
            say(text)
    elif how.json:
        document({**head, "workflow": describe(definition, head["digest"])})
    else:
        say(describe_text(definition, head["digest"]).rstrip())


def drawing(name: str, as_words: bool, edition: str | None, how: Reading) -> None:
    """The diagram."""
    definition, head = _definition(name, edition, how)
    drawn = diagram.plain(definition) if as_words else diagram.mermaid(definition)
    if how.json:
        document({**head, "workflow": definition.workflow, "diagram": drawn})
    else:
        say(drawn.rstrip("\n"))


def _definition(name: str, edition: str | None, how: Reading) -> tuple[Definition, dict[str, str]]:
    """A file if it looks like one, else what is published, else a shipped one; with the head of its JSON."""
    if name == "-" or "/" in name or name.endswith((".yaml", ".yml")):
        parsed = read_definition(name)
        return parsed.definition, {"digest": parsed.digest}
    try:
        with asking(how) as question:
            question.may("workflow show")
            view = question.viewer or "operator"
            published = question.known.workflow(name)
            names = [stream.removeprefix("workflow-") for stream in question.known.touching("workflows")]
    except StoreUnreachable:
        if name not in shipped() or how.viewer is not None:
            raise
        published, names, view = None, [], "operator"
    if published is not None:
        one = edition_of(published, edition)
        return load(one.document, one.digest), {"view": view, "digest": one.digest}
    if name in shipped() and edition is None:
        parsed = read_definition(str(Path(shipped()[name])))
        return parsed.definition, {"view": view, "digest": parsed.digest}
    known = ", ".join(dict.fromkeys([*names, *shipped()])) or "none"
    raise BadInput("workflow", [Fault("workflow", shown(name), f"no such workflow; there are: {known}")])


def edition_of(published: Published, wanted: str | None) -> Edition:
    """The edition that is meant by its label or the beginning of its digest; without either, the latest."""
    if wanted is None:
        return published.latest
    found = [one for one in published.editions.values() if wanted == one.edition or one.digest.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{one.edition} ({one.digest[:12]})" for one in published.editions.values())
    want = f"{'several fit' if found else 'no such edition'}; there are: {there}"
    raise BadInput("edition", [Fault("--edition", shown(wanted), want)])
