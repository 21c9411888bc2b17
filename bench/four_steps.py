"""Whole workflows of four equal steps: ours, SpiffWorkflow, and DBOS on SQLite and on PostgreSQL, in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.borrowed import postgresql, version
from bench.commands import against, speed
from bench.courses import clock_of
from bench.peers import missing, told
from bench.places import COUNTY, Clock, found, opened, settings_for
from bench.table import Size, Table
from bench.turns import Job, Side, in_turn
from reviewflow.cycle.commands import OpenCycles, TakeStep
from reviewflow.engine import Done
from reviewflow.events import Asked, Command, identify
from reviewflow.registry import commands as reg

WORKFLOW = Path(__file__).with_name("four-steps.yaml")
SUMMARY = "What the paper says, in a sentence or two, so that the form has something to hold."
SUBJECTS = 200
EDITOR = identify("editor")

OURS = (
    "four commands, each: permission, facts, rule, form, sealed text, reads checked, event, views, commit; nothing kept"
    " between them but folded state"
)
SPIFF = (
    "BPMN tasks and a gateway, state as JSON into one SQLite row and a commit after each step; no people, permissions,"
    " history, sealing or views: those are the program's own business"
)
DBOS = (
    "one durable function of four steps that follow one another at once, each result committed, recovered after a"
    " crash; no people who act days apart, permissions, forms, history of who did what, sealing or views"
)


class Counts(NamedTuple):
    """How much is timed."""

    rounds: int
    things: int


COUNTS = {"tiny": Counts(2, 2), "quick": Counts(7, 15), "full": Counts(31, 25)}


def run(size: Size, _store: Path | None = None) -> Table:
    """The table; peers that are not there are left out, and it says so."""
    counts, absent = COUNTS[size], missing("SpiffWorkflow", "dbos")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        prepare(Path(name))
        sides = {"ours": Side("bench.four_steps:ours", {"folder": name})}
        if "SpiffWorkflow" not in absent:
            for side, loaded in (("spiff", False), ("spiff-loaded", True)):
                sides[side] = Side("bench.peers.spiff:four_steps", {"folder": name, "loaded": loaded})
        server = ""
        if "dbos" not in absent:
            sides["dbos"] = Side("bench.peers.dbos_steps:four_steps", {"folder": name})
            if size != "tiny":
                running = stack.enter_context(postgresql(size))
                given = {"url": running.database("dbos")}
                server = f"; PostgreSQL {version(running, given['url'])} with `fsync=on`"
                sides["dbos-postgresql"] = Side("bench.peers.dbos_steps:four_steps", given)
        rates = in_turn(sides, counts.rounds, counts.things, apart=size != "tiny")
    says = {
        "ours": ("ours, SQLite", OURS),
        "spiff": ("SpiffWorkflow, kept in memory, SQLite", SPIFF),
        "spiff-loaded": ("SpiffWorkflow, loaded before each step, SQLite", f"{SPIFF}; loads as when people act apart"),
        "dbos": ("DBOS, SQLite", DBOS),
        "dbos-postgresql": ("DBOS, PostgreSQL", DBOS),
    }
    rows = [speed(rates, side, *says[side]) for side in sides]
    rows += [against(rates, "ours", side, f"ours against {says[side][0]}", None) for side in sides if side != "ours"]
    return Table(
        "four-steps",
        "Workflows of four steps",
        rows,
        f"Whole workflows, one process each. SQLite in WAL mode with `synchronous=FULL` on every side{server}.",
        told(absent),
    )


def prepare(folder: Path) -> None:
    """A store with the workflow, its editor, and subjects each with an author."""
    clock = Clock(clock_of(2026))
    with opened(found(folder, None, WORKFLOW), clock) as engine:
        for answer in engine.handle_all(list(_people(clock))):
            if not isinstance(answer, Done):
                raise answer


def _people(clock: Clock) -> Iterator[Command]:
    def asked(command_id: str) -> Asked:
        return Asked(id=command_id, at=clock.now(), by=COUNTY.administrator, entered_by=COUNTY.administrator)

    yield reg.RegisterPerson(asked=asked("editor"), person_name="Edith Invented")
    yield reg.GiveRole(
        asked=asked("edits"), person=EDITOR, held="editor", held_in=COUNTY.programme, held_in_kind="programme",
        since=date(2020, 1, 1),
    )  # fmt: skip
    for n in range(SUBJECTS):
        yield reg.RegisterOrganisation(asked=asked(f"paper-{n}"), organisation_name=f"Paper {n}", handle=f"paper-{n}")
        yield reg.RegisterPerson(
            asked=asked(f"author-{n}"), person_name=f"Author {n}", organisation=identify(f"paper-{n}"), held="author",
            since=date(2020, 1, 1),
        )  # fmt: skip


@contextmanager
def ours(folder: str, client: int) -> Iterator[Job]:
    """Whole cycles, by an editor and an author."""
    clock = Clock(clock_of(2026))
    with opened(settings_for(Path(folder)), clock) as engine:

        def job(n: int) -> None:
            cycle = identify(f"{client}-{n}-0")

            def asked(place: int, by: str) -> dict[str, Any]:
                clock.moment += timedelta(microseconds=1)
                return {"asked": Asked(id=f"{client}-{n}-{place}", at=clock.moment, by=by, entered_by=by)}

            subject, author = identify(f"paper-{n % SUBJECTS}"), identify(f"author-{n % SUBJECTS}")
            year = str(2026 + n // SUBJECTS)
            opens = OpenCycles(
                **asked(0, EDITOR), workflow="four-steps", programme=COUNTY.programme, subjects=(subject,), year=year
            )
            engine.handle(opens)
            paper = {"pages": 12, "summary": SUMMARY}
            engine.handle(TakeStep(**asked(1, author), cycle=cycle, step="hand_in", values=paper))
            engine.handle(TakeStep(**asked(2, EDITOR), cycle=cycle, step="review"))
            done = engine.handle(TakeStep(**asked(3, EDITOR), cycle=cycle, step="accept"))
            assert done.cycles[cycle].state == "accepted"

        yield job
