"""What is told of workflows: published ones, those that come with reviewflow, and files."""

from __future__ import annotations

from typing import Final

from reviewflow.asking.workflow_changes import against_published
from reviewflow.asking.workflows import Found, shipped_workflow, workflow, workflows
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, document, say, table
from reviewflow.cli.request import asking
from reviewflow.cli.workflow_files import read_definition
from reviewflow.errors import StoreUnreachable
from reviewflow.shipped import shipped
from reviewflow.workflow.describe_text import describe_text
from reviewflow.workflow.vocabulary import explain_facts


def listing(editions: bool, how: Reading) -> None:
    """Published first."""
    with asking(how) as (question, answer):
        data = workflows(question, editions=editions)

        def show() -> None:
            header = ("workflow", "title", "edition", "digest", "published")
            cut = [{**row, "digest": row["digest"][:12]} for row in data["workflows"]]
            table(header, [[row[h] for h in header] for row in cut], none="no workflow is published yet")
            if data["shipped"]:
                say(f"\nReady to be published: {', '.join(data['shipped'])}")

        answer(data, show)


def showing(name: str, with_facts: bool, edition: str | None, how: Reading) -> None:
    """The whole definition in words, or the facts of its rules."""
    found, view = _found(name, edition, how)
    if with_facts:
        if how.json:
            document({**view, **found.facts()})
        else:
            say(explain_facts(found.definition))
    elif how.json:
        document({**view, **found.whole()})
    else:
        say(describe_text(found.definition, found.digest).rstrip())


def drawing(name: str, as_words: bool, edition: str | None, how: Reading) -> None:
    """The diagram."""
    found, view = _found(name, edition, how)
    data = found.diagram(in_words=as_words)
    if how.json:
        document({**view, **data})
    else:
        say(data["diagram"].rstrip("\n"))


def comparing(file: str, against: str | None, how: Reading) -> None:
    """What a file changes, part by part."""
    parsed = read_definition(file)
    definition = parsed.definition
    with asking(how) as (question, answer):
        found = against_published(question, definition.workflow, parsed.document, against)

        def show() -> None:
            named = f"{definition.workflow}, edition {definition.edition}"
            before = found["before"]
            if before is None:
                say(f"{named}: no edition of it is published here")
                return
            number = count(len(found["changes"]), "difference")
            say(f"{named}: {number} from edition {before['edition']}, digest {before['digest'][:12]}")
            for one in found["changes"]:
                say(f"{one['path']}: {_WORDS[one['how']].format(**one)}")

        head = {"workflow": definition.workflow, "edition": definition.edition, "digest": parsed.digest}
        answer({**head, **found}, show)


_WORDS: Final = {
    "new": "new: {after}",
    "gone": "no longer there: {before}",
    "changed": "{before} -> {after}",
    "moved": "in another order: {after}",
}


def _found(name: str, edition: str | None, how: Reading) -> tuple[Found, dict[str, str]]:
    """A file if it looks like one, else what is published, else a shipped one; with the head of its JSON."""
    if name == "-" or "/" in name or name.endswith((".yaml", ".yml")):
        parsed = read_definition(name)
        return Found(parsed.definition, parsed.digest), {}
    try:
        with asking(how) as (question, _):
            return workflow(question, name, edition), {"view": question.viewer or "operator"}
    except StoreUnreachable:
        if name not in shipped() or how.viewer is not None:
            raise
        return shipped_workflow(name, edition), {"view": "operator"}
