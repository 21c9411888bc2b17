"""Whole files brought in: each row taken, or refused with why. What a file means is read as on the command line."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from reviewflow.asking import organisations_importing, people_importing
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Refused, ReviewflowError
from reviewflow.events import Asked
from reviewflow.history.importing import Wanted, import_history
from reviewflow.history.native import import_file
from reviewflow.history.native_places import Here
from reviewflow.history.rehearsal import rehearsing
from reviewflow.registry.links import read_links
from reviewflow.registry.registers import read_organisations
from reviewflow.registry.scopes import WHOLE, Scope
from reviewflow.web.api import sent_files as files
from reviewflow.web.api.acting import Key, Ready, asked_for, give, with_names
from reviewflow.web.api.answering import answer, asking_for
from reviewflow.web.api.imports_asked import mapping_sent
from reviewflow.web.api.models import imported as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import COMMAND
from reviewflow.web.api.trouble import as_field, faults_data, unmet_data

routes = APIRouter(tags=["files"], responses=COMMAND, dependencies=[Depends(files.only_known)])

MOST_REHEARSED: Final = 200_000
"""Records of a store that is copied to rehearse an import in."""

Sent = Annotated[UploadFile, File(description="At most 2 MB and 5,000 rows.")]
Text = Annotated[str | None, Form(max_length=300)]


def _how(
    *,
    on: Annotated[date | None, Form(description="The day it happened; without it, now.")] = None,
    reason: Annotated[str | None, Form(max_length=50_000, description="Why; stored sealed.")] = None,
    dry_run: Annotated[bool, Form(description="Say what would become of each row, and record nothing.")] = False,
) -> sent.When:
    return sent.When(on=on, reason=reason, dry_run=dry_run)


How = Annotated[sent.When, Depends(_how)]


@routes.post(
    "/imports/people", response_model=shapes.PeopleImported, operation_id="importPeople", summary="Bring in people"
)
def people(
    request: Request, *, file: Annotated[list[UploadFile], File(description="Workbooks (.xlsx, .ods) or .csv.")],
    key: Key, how: How,
    sheet: Annotated[list[str] | None, Form(max_length=50, description="Only sheets of these names.")] = None,
    dates: Annotated[
        Literal["iso", "dmy", "mdy"] | None, Form(description="How dates written as text are read.")
    ] = None,
    from_elsewhere: Annotated[bool, Form(description="People keep the ids that they have in another store.")] = False,
) -> Response:  # fmt: skip
    """People, roles, training and memberships (`person import`): every row is recorded or none.

    Each row may do what its own command may. The same file again changes nothing.
    """
    with files.taken(file, files.SHEETS) as held:

        def prepare(question: Question, asked: Asked) -> Ready:
            question.may("person import")
            for one in held:
                files.small(one)
            reading = people_importing.read([(one.name, one.data) for one in held], sheet or (), dates)
            files.few(sum(one.rows for one in reading.sheets))
            looked = people_importing.look(question, asked, reading, from_elsewhere=from_elsewhere)
            stopped = looked.decided.stopped
            if stopped is None or question.now.snapshot.command(asked.id):
                installation = question.installation
                return Ready(
                    [looked.command], {**looked.report, **_TAKEN},
                    before=lambda: people_importing.prepare(installation, looked.decided),
                )  # fmt: skip
            if not how.dry_run:
                raise stopped
            return Ready([], {**looked.report, **_not_taken(question, stopped)})

        return give(request, key, how, prepare)


_TAKEN: Final[dict[str, Any]] = {"taken": True, "faults": [], "unmet": []}


def _not_taken(question: Question, stopped: ReviewflowError) -> dict[str, Any]:
    """What stands against the whole file, each with its cell."""
    if isinstance(stopped, Refused):
        unmet = [unmet_data(one) for one in with_names(question, stopped).unmet]
        return {"taken": False, "faults": [], "unmet": unmet}
    faults = faults_data(stopped.faults, None) if isinstance(stopped, BadInput) else []
    return {"taken": False, "faults": faults, "unmet": []}


@routes.post(
    "/imports/organisations", response_model=shapes.OrganisationsImported, operation_id="importOrganisations",
    summary="Bring in organisations",
)  # fmt: skip
def organisations(
    request: Request, *, file: Sent, key: Key, how: How,
    holds: Annotated[
        Literal["register", "links"], Form(description="`links`: what organisations of the register became.")
    ] = "register",
    skip_bad: Annotated[bool, Form(description="Leave out rows with faults; else one stops all.")] = False,
) -> Response:  # fmt: skip
    """A register of schools, or what its organisations became (`organisation import`), as CSV.

    The format is told by the columns. The same file again changes nothing.
    """
    with files.taken([file], files.REGISTERS) as [held]:

        def prepare(question: Question, asked: Asked) -> Ready:
            question.may("organisation import")
            files.small(held)
            skip = skip_bad or how.dry_run
            if holds == "register":
                register = read_organisations(held.data, held.name, skip_bad=skip)
                files.few(register.total)
                looked = organisations_importing.look(question.now, asked, register)
            else:
                links = read_links(held.data, held.name, skip_bad=skip)
                files.few(links.total)
                looked = organisations_importing.look_at_links(question.now, asked, links)
            return Ready([looked.command], {**looked.report, "taken": skip_bad or not looked.report["faults"]})

        return give(request, key, how, prepare)


@routes.post(
    "/imports/histories", response_model=shapes.HistoryImported, operation_id="importHistory",
    summary="Bring in past reviews",
)  # fmt: skip
def histories(
    request: Request, *, file: Annotated[UploadFile, File(description="CSV or XES, plain or gzipped; at most 2 MB.")],
    key: Key,
    mapping: Annotated[str | None, Form(max_length=300_000, description="How its rows are read, as YAML.")] = None,
    shipped: Annotated[str | None, Form(max_length=300, description="Or one that comes with it, by name.")] = None,
    programme: Text = None, partnership: Text = None,
    tables: Annotated[
        list[UploadFile] | None, File(description="Further files that the mapping looks into, under their names.")
    ] = None,
    retry: Annotated[bool, Form(description="Also take rows that no earlier import took.")] = False,
    dry_run: Annotated[bool, Form(description="Rehearse it on a copy of the store.")] = False,
) -> Response:  # fmt: skip
    """Past reviews from a table of events (`history import`): every row becomes events or is refused with why.

    The others go on. Ids follow from the rows, so the same file again changes nothing, whatever the key.
    """
    del key  # a row's own id does what it would do
    with files.taken([file, *(tables or ())], files.HISTORIES) as held:
        with asking_for(request) as question:
            found = question.find.programme_or_only(programme, "programme")
            question.may("history import", Scope("programme", found))
            where = question.find.partnership(partnership, "partnership") if partnership else None
            if dry_run and question.known.snapshot.position() > MOST_REHEARSED:
                raise files.TooMuch(
                    f"A rehearsal copies the store, and this one has more than {MOST_REHEARSED:,} records: rehearse "
                    "it on the command line."
                )
            person, installation = str(question.viewer), question.installation
        refused: list[list[str]] = []
        wanted = Wanted(
            held[0], mapping_sent(mapping, shipped), found, person, person, where, refused=refused.append, retry=retry,
            beside={one.name: one for one in held[1:]}, dry_run=dry_run,
        )  # fmt: skip
        for one in held:
            if one is held[0] or one.name.lower().endswith(".csv"):
                files.few_events(one)
        made = rehearsing(installation.settings, installation.clock) if dry_run else nullcontext(installation)
        with made as there:
            report = import_history(there.engine, there.vault, wanted)
    names = ("place", "case", "reason", "sentence")
    rows = [dict(zip(names, map(as_field, row), strict=False)) for row in refused[1:]]
    return answer(request, {**report.data, "refused_rows": rows})


@routes.post(
    "/imports/exports", response_model=shapes.ExportImported, operation_id="importExport",
    summary="Take over an export",
)  # fmt: skip
def exports(
    request: Request, *,
    file: Annotated[UploadFile, File(description="CSV, JSON Lines or XES, plain or gzipped; at most 10 MB.")], key: Key,
    programme: Text = None, partnership: Text = None,
    dry_run: Annotated[bool, Form(description="Say what would be taken over, and record nothing.")] = False,
) -> Response:  # fmt: skip
    """What `GET /api/exports/histories` of another store wrote, event for event (`history import` without a mapping).

    Only for administrators: nothing of it is judged again. A review that is here already stays as it is.
    """
    with files.taken([file], files.HISTORIES, files.LARGEST_EXPORT) as [held]:
        with asking_for(request) as question:
            question.may("history import", WHOLE)
            here = Here(
                question.find.programme(programme, "programme") if programme else None,
                question.find.partnership(partnership, "partnership") if partnership else None,
            )
            asked = replace(asked_for(question, key, sent.Now()), door="import")
            engine = question.installation.engine
        files.few_events(held)
        otherwise = "send any other file to /api/imports/histories, with a mapping that says how its rows are read"
        report = import_file(held, engine, asked, here=here, otherwise=otherwise, dry_run=dry_run)
    return answer(request, {"dry_run": dry_run, **report.data()})
