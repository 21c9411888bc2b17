"""A definition in words, for a terminal; made from the data of `describe.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reviewflow.workflow.definition import Definition
from reviewflow.workflow.describe import describe
from reviewflow.workflow.words import role_title, role_titles, span_words


def describe_text(definition: Definition, digest: str = "") -> str:
    """Roles, steps and requirements with their sources, deadlines in words."""
    return "\n".join(_Lines(definition).all(describe(definition, digest))) + "\n"


class _Lines:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def all(self, shown: dict[str, Any]) -> Iterator[str]:
        yield f"{shown['title']} ({shown['workflow']}, edition {shown['edition']})"
        if shown["digest"]:
            yield f"Digest {shown['digest']}"
        if shown["about"]:
            yield from ("", shown["about"].strip())
        yield from ("", "Roles")
        for role in shown["roles"]:
            yield f"  {role['title']} [{role['name']}]: {self._held(role)}{_sourced(role)}"
            yield from self._requirements(role["eligible"])
        for pair in shown["never_both"]:
            yield f"  Never both in one cycle: {role_titles(self.definition, pair)}"
        for kind, heading in (("opening", "Opening"), ("transition", "Transitions"), ("act", "Acts")):
            steps = [step for step in shown["steps"] if step["kind"] == kind]
            if steps:
                yield from ("", heading)
            for step in steps:
                yield from self._step(step)
        if shown["evidence"]:
            yield from ("", "Evidence")
        for group in shown["evidence"]:
            yield f"  {', '.join(group['kinds'].values())}{_sourced(group)}"
            yield f"    by {role_titles(self.definition, group['by'])}; in {', '.join(group['in'])}"

    def _held(self, role: dict[str, Any]) -> str:
        if role["held_in"] == "subject":
            return f"held with the reviewed {self.definition.subject}"
        if role["held_in"]:
            return f"held in the {role['held_in']}"
        among = f" among {role_title(self.definition, role['among'])}" if role["among"] else ""
        by = role_titles(self.definition, role["offered_by"])
        return f"{span_words(role['assigned'])} assigned{among}, offered by {by}"

    def _step(self, step: dict[str, Any]) -> Iterator[str]:
        way = f": {', '.join(step['from'])}" if step["from"] else ""
        to = f" -> {step['to']}" if step["to"] else ""
        yield f"  {step['title']} [{step['name']}]{way}{to}{_sourced(step)}"
        signed = f"; signed by {role_titles(self.definition, step['with'])}" if step["with"] else ""
        yield f"    by {role_titles(self.definition, step['by'])}{signed}"
        for due in step["due"]:
            yield f"    due {due}"
        kinds = self.definition.evidence_kinds()
        for kind, span in step["evidence"].items():
            title = kinds[kind].kinds[kind] if kind in kinds else kind
            yield f"    needs evidence: {title}, {span_words(span)}"
        yield from self._requirements(step["requires"])
        if step["recheck"]:
            yield f"    judges again: {role_titles(self.definition, step['recheck'])}"

    def _requirements(self, requirements: list[dict[str, Any]]) -> Iterator[str]:
        for required in requirements:
            yield f"    {required['name']}: {required['rule']}{_sourced(required)}"
            by = role_titles(self.definition, required["waivable_by"])
            yield f"      otherwise: {required['else']}" + (f"; may be waived by {by}" if by else "")


def _sourced(part: dict[str, Any]) -> str:
    return f" ({part['source']})" if part["source"] else ""
