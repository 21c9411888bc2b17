"""One request about who may come in: who asks, and how the answer goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from reviewflow.asking.in_names import refused_in_names
from reviewflow.asking.question import Question
from reviewflow.asking.question import asking as question_of
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import document, say
from reviewflow.cli.request import opened
from reviewflow.errors import Refused


@contextmanager
def asked(how: Acting) -> Iterator[Question]:
    """What is asked by whom `--as` or the settings name, else by the operator; the installation is open inside."""
    with opened() as installation, question_of(installation, None, command_line=True) as question:
        operator = installation.operator(lambda typed: question.find.person(typed, "REVIEWFLOW_ACTOR"))
        by = question.find.person(how.actor, "--as") if how.actor else operator
        try:
            yield replace(question, viewer=by if isinstance(by, str) else None)
        except Refused as error:
            if how.json:
                raise
            raise refused_in_names(error, question.called) from error


def told(how: Acting, data: Mapping[str, Any], *lines: str) -> None:
    """Say it, as one document or as text."""
    if how.json:
        document(data)
        return
    for line in lines:
        say(line)
    if data.get("dry_run"):
        say("Dry run: nothing was done.")
