"""Definitions in files: checking and publishing them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewflow.asking.workflow_publishing import publishing as asked_for
from reviewflow.asking.workflow_publishing import summary
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import document, say, working
from reviewflow.cli.request import acting_on
from reviewflow.cli.values import called, read_bytes
from reviewflow.errors import BadDefinition
from reviewflow.shipped import definition_file
from reviewflow.workflow.parse import Parsed, parse


def read_definition(typed: str) -> Parsed:
    """A definition from a file, or one that comes with reviewflow."""
    file = definition_file(typed)
    return parse(read_bytes(file), called(file))


def checking(files: tuple[str, ...], as_json: bool) -> None:
    """Every file, then one failure for all faults of all files."""
    good: list[dict[str, Any]] = []
    bad: list[BadDefinition] = []
    for file in files:
        try:
            with working(f"checking {file}"):
                parsed = read_definition(file)
        except BadDefinition as error:
            bad.append(error)
        else:
            good.append({"file": file, **summary(parsed.definition, parsed.digest)})
    if as_json and not bad:
        document({"checked": good})
    if not as_json:
        for one in good:
            named = f"{one['workflow']}, edition {one['edition']}"
            say(f"{one['file']}: {named}, is sound: {one['counts']}; digest {one['digest'][:12]}")
    if len(bad) == 1:
        raise bad[0]
    if bad:
        raise _All(bad)


class _All(BadDefinition):
    """The faults of several files."""

    def __init__(self, errors: list[BadDefinition]) -> None:
        self.errors = errors
        faults = [replace(f, path=f"{e.name}: {f.path}") for e in errors for f in e.faults]
        super().__init__(", ".join(e.name for e in errors), faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def publishing(file: str, how: Acting) -> None:
    """Check it, then publish it."""
    with working(f"checking {file}"):
        parsed = read_definition(file)
    definition = parsed.definition
    with acting_on(how) as action:
        done = action.do(asked_for(action.asked, parsed))
        data = summary(definition, parsed.digest)
        named = f"Workflow {definition.workflow}, edition {definition.edition}"
        line = f"{named} ({data['counts']}), digest {parsed.digest[:12]}."
        action.done(done, data, line)
