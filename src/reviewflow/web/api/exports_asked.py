"""Files to be taken away, as far as whoever asks may see what is in them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from reviewflow.asking import people_files
from reviewflow.asking.people_sheets import sheets as sheets_of
from reviewflow.errors import BadInput, Fault
from reviewflow.exchange import Format, writer
from reviewflow.history.export import columns, write
from reviewflow.history.exporting import ASK, Chosen, exported
from reviewflow.registry.people_sheet import KINDS, SheetKind
from reviewflow.web.api.answering import Then, Times, asking_for
from reviewflow.web.api.cycles_asked import Filter
from reviewflow.web.api.operations import QUESTION, a_file
from reviewflow.web.api.streaming import TURNS, Streamed, gathered
from reviewflow.web.sending_files import disposition

routes = APIRouter(tags=["files"], responses=QUESTION, default_response_class=Response)

MEDIA: Final[dict[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "xes": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Form = Annotated[Literal["xlsx", "csv"], Query(alias="format")]
Sheets = Annotated[list[str] | None, Query(max_length=10, description="Only these sheets; CSV holds one.")]
_EACH: Final = Query(max_length=500, description="An id, the beginning of one, or a handle; may be repeated.")


@routes.get(
    "/exports/histories", operation_id="exportHistories", summary="Histories as a file",
    responses=a_file("CSV, JSON Lines or XES, made while it is sent.", MEDIA["csv"], MEDIA["jsonl"], MEDIA["xes"]),
)  # fmt: skip
def histories(
    request: Request, then: Then, form: Annotated[Format, Query(alias="format")], *,
    cycle: Annotated[list[str] | None, _EACH] = None, partnership: Filter = None, programme: Filter = None,
    workflow: Filter = None, year: Filter = None,
    names: Annotated[bool, Query(description="People by name, or by their ids alone.")] = True,
) -> Response:  # fmt: skip
    """Every event of every cycle, or of those that fit (`audit export`); texts are opened, as far as you may see them.

    One moment of the store; an answer without an end is not whole. `POST /api/imports/exports` takes it in elsewhere.
    """
    filters = {"programme": programme, "partnership": partnership, "workflow": workflow, "year": year}
    if cycle and any(filters.values()):
        want = "name cycles, or say which by partnership, programme, workflow, year: not both"
        raise BadInput(ASK, [Fault("cycle", repr(cycle[0]), want)])
    chosen = Chosen(tuple(cycle or ()), filters)
    give_back = TURNS.take()
    pieces = gathered(_written(request, then, form, chosen, names=names))
    return Streamed(pieces, give_back, {"content-disposition": disposition(f"histories.{form}")}, MEDIA[form])


def _written(request: Request, then: Times, form: Format, chosen: Chosen, *, names: bool) -> Iterator[str]:
    """The file, cycle by cycle."""
    text = io.StringIO(newline="")

    def emptied() -> str:
        found = text.getvalue()
        text.seek(0)
        text.truncate()
        return found

    with asking_for(request, then) as question:
        question.may(ASK)
        with writer(form, text, columns=columns()) as to:
            for one in exported(question, chosen, names=names):
                write(to, form, one)
                yield emptied()
    yield emptied()


@routes.get(
    "/exports/people", operation_id="exportPeople", summary="People as a file",
    responses=a_file("A workbook, or one sheet as CSV.", MEDIA["xlsx"], MEDIA["csv"]),
)  # fmt: skip
def people(
    request: Request, then: Then, form: Form = "xlsx", sheet: Sheets = None
) -> Response:  # fmt: skip
    """People, roles, training and memberships of whom you may be told, as they are brought in (`person export`)."""
    kinds = kinds_of(form, sheet)
    with asking_for(request, then) as question:
        filled = [(kind, rows) for kind, rows in sheets_of(question) if kind in kinds]
    return a_table(f"people.{form}", people_files.written(form, filled), form)


def kinds_of(form: people_files.Form, sheets: list[str] | None) -> list[SheetKind]:
    """The sheets that are wanted; CSV holds one."""
    kinds = people_files.chosen(sheets or (), "sheet")
    if form == "csv" and len(kinds) != 1:
        want = f"a .csv holds one: say which with `sheet`, one of {', '.join(kind.name for kind in KINDS)}"
        raise BadInput("the sheets", [Fault("sheet", f"{len(kinds)} sheets", want)])
    return kinds


def a_table(name: str, data: bytes, form: str) -> Response:
    """A small file, to be saved."""
    headers = {
        "content-disposition": disposition(name), "x-content-type-options": "nosniff", "cache-control": "no-store"
    }  # fmt: skip
    return Response(data, 200, headers, MEDIA[form])
