"""What whole files look like that can be brought in, before one is."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response

from reviewflow.asking import people_files
from reviewflow.asking.question import Question
from reviewflow.errors import BadDefinition, BadInput, Fault
from reviewflow.history.mapping_parse import Parsed, parse_mapping
from reviewflow.shipped import mapping_file, shipped, shipped_mappings
from reviewflow.web.api.answering import answer, asking_for, told
from reviewflow.web.api.exports_asked import MEDIA, Form, Sheets, a_table, kinds_of
from reviewflow.web.api.models import imported as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import QUESTION, a_file
from reviewflow.web.api.trouble import definition_faults
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.parse import parse

routes = APIRouter(tags=["files"], responses=QUESTION)


@routes.get(
    "/imports/people/template", operation_id="peopleTemplate", summary="A file to fill in",
    responses=a_file("A workbook, or one sheet as CSV.", MEDIA["xlsx"], MEDIA["csv"]),
)  # fmt: skip
def template(
    request: Request, form: Form = "xlsx", sheet: Sheets = None
) -> Response:  # fmt: skip
    """The columns of people, roles, training and memberships, each explained, with invented examples."""
    kinds = kinds_of(form, sheet)
    with asking_for(request) as question:
        question.may("person import")
    data = people_files.written(form, [(one, ()) for one in kinds], people_files.notes_of(kinds))
    return a_table(f"people.{form}", data, form)


@routes.get("/imports/histories/mappings", response_model=shapes.Mappings, operation_id="mappings", summary="Mappings")
def mappings(request: Request) -> Response:
    """Those that come with reviewflow, and one to begin from."""
    example = Path(mapping_file("example")).read_text(encoding="utf-8")
    return told(request, None, lambda _question: {"shipped": list(shipped_mappings()), "example": example})


@routes.post(
    "/imports/histories/check", response_model=shapes.MappingChecked, operation_id="checkMapping",
    summary="Check a mapping",
)  # fmt: skip
def check(request: Request, body: sent.SentMapping) -> Response:
    """Whether it fits its workflow, and every fault with line and column. A token that may only read may ask."""
    with asking_for(request) as question:
        try:
            parsed = mapping_sent(body.mapping, body.shipped)
            parsed.against(_definition(question, parsed))
        except BadDefinition as error:
            return answer(request, {"sound": False, "faults": definition_faults(error, "/mapping")})
        found = parsed.mapping
        data = {"mapping": found.mapping, "workflow": found.workflow, "rules": len(found.rows)}
        return answer(request, {"sound": True, "faults": [], **data})


def mapping_sent(text: str | None, name: str | None) -> Parsed:
    """A mapping as it was sent, or the one that comes with reviewflow under a name; one of the two."""
    if (text is None) == (name is None):
        got = "nothing" if text is None else "both"
        raise BadInput("the mapping", [Fault("mapping", got, "give `mapping` or `shipped`, one of them")])
    if text is not None:
        return parse_mapping(text, "the mapping")
    there = shipped_mappings()
    if name not in there:
        want = f"those that come with reviewflow are: {', '.join(there)}"
        raise BadInput("the mapping", [Fault("shipped", repr(name), want)])
    return parse_mapping(there[str(name)].read_bytes(), str(name))


def _definition(question: Question, parsed: Parsed) -> Definition:
    """The workflow of a mapping: the one published here, else the one that comes with reviewflow."""
    question.may("workflow show")
    name = parsed.mapping.workflow
    if (published := question.known.workflow(name)) is not None:
        return question.known.definition(published.latest.digest)
    if name not in shipped():
        want = f"no such workflow is published here or shipped; shipped are: {', '.join(shipped())}"
        raise BadInput(parsed.name, [Fault("workflow", repr(name), want)])
    return parse(shipped()[name].read_bytes(), name).definition
