"""A world to ask about, and every question in both ways: as typed on the command line, and as a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from cli.shell import BEN, CLEO, DAN, LENA, PRIYA, START, Shell, build
from kit.clock import FixedClock
from reviewflow.asking import (
    audit_log,
    audit_past,
    audit_recheck,
    calendars,
    cycle_list,
    cycle_next,
    cycle_show,
    inbox,
    organisations,
    partnerships,
    people,
    programmes,
    status,
    workflows,
)
from reviewflow.asking.plain import as_json
from reviewflow.asking.question import Question, asking
from reviewflow.audit.replay import Moment
from reviewflow.settings import Settings
from reviewflow.wiring import Installation, open_installation

CYCLE, ROWAN = "hazel-2026-1", "rowan-2026-1"
OMAR, GONE = "omar@rowan.example", "gone@cedar.example"
NOW = START + timedelta(days=40)
DAY, MOMENT = date(2026, 9, 9), datetime(2026, 9, 8, 12, tzinfo=UTC)


class Ask(NamedTuple):
    """One question: its name in the permission table, as it is typed, and the function that answers it."""

    question: str
    typed: tuple[str, ...]
    answer: Callable[[Question], dict[str, Any]]

    def __str__(self) -> str:
        return " ".join(self.typed)


def _ask(question: str, typed: str, answer: Callable[[Question], dict[str, Any]]) -> Ask:
    return Ask(question, (*question.split(), *typed.split()), answer)


ASKS = [
    _ask("status", "", status.status),
    _ask("inbox", "", inbox.tasks),
    _ask("inbox", f"--person {LENA}", lambda q: inbox.tasks(q, LENA)),
    _ask("inbox", "--partnership north --limit 1", lambda q: inbox.tasks(q, partnership="north", limit=1)),
    _ask("inbox", f"--person {PRIYA} --programme example-partnership",
         lambda q: inbox.tasks(q, PRIYA, "example-partnership")),
    _ask("programme list", "", programmes.programmes),
    _ask("programme show", "example-partnership", lambda q: programmes.programme(q, "example-partnership")),
    _ask("calendar show", "--for hazel --from 2026-09-01", lambda q: calendars.calendar(q, "hazel", date(2026, 9, 1))),
    _ask("calendar show", "", calendars.calendar),
    _ask("workflow list", "--editions", lambda q: workflows.workflows(q, editions=True)),
    _ask("workflow show", "spp-peer-review", lambda q: workflows.workflow(q, "spp-peer-review").whole()),
    _ask("workflow show", "spp-peer-review --facts", lambda q: workflows.workflow(q, "spp-peer-review").facts()),
    _ask("organisation list", "--find hazel", lambda q: organisations.organisations(q, "hazel")),
    _ask("organisation list", "--partnership north --limit 1",
         lambda q: organisations.organisations(q, partnership="north", limit=1)),
    _ask("organisation show", "900001", lambda q: organisations.organisation(q, "900001")),
    _ask("partnership list", "", partnerships.partnerships),
    _ask("partnership list", "--programme example-partnership",
         lambda q: partnerships.partnerships(q, "example-partnership")),
    _ask("partnership show", "north", lambda q: partnerships.partnership(q, "north")),
    _ask("person list", "--in north", lambda q: people.people(q, place="north")),
    _ask("person list", "--trained peer-reviewer --forgotten",
         lambda q: people.people(q, trained="peer-reviewer", forgotten=True)),
    _ask("person show", BEN, lambda q: people.person(q, BEN)),
    _ask("cycle list", "", lambda q: cycle_list.cycles(q, cycle_list.Wanted())),
    _ask("cycle list", f"--involving {BEN} --running --limit 1",
         lambda q: cycle_list.cycles(q, cycle_list.Wanted(involving=BEN, running=True, limit=1))),
    _ask("cycle show", CYCLE, lambda q: cycle_show.cycle(q, CYCLE)),
    _ask("cycle show", f"{CYCLE} --history", lambda q: cycle_show.cycle(q, CYCLE, history=True)),
    _ask("cycle show", ROWAN, lambda q: cycle_show.cycle(q, ROWAN)),
    _ask("cycle next", CYCLE, lambda q: cycle_next.next_steps(q, CYCLE)),
    _ask("cycle next", ROWAN, lambda q: cycle_next.next_steps(q, ROWAN)),
    _ask("audit log", "--limit 5", lambda q: audit_log.log(q, audit_log.Wanted(limit=5))),
    _ask("audit log", f"{CYCLE} --by {LENA}", lambda q: audit_log.log(q, audit_log.Wanted(CYCLE, LENA))),
    _ask("audit log", "--after 10 --limit 3", lambda q: audit_log.log(q, audit_log.Wanted(after=10, limit=3))),
    _ask("audit replay", CYCLE, lambda q: audit_past.replayed(q, CYCLE, Moment(q.as_of, q.known_at)).data()),
    _ask("audit replay", "", lambda q: audit_past.all_replayed(q, Moment(q.as_of, q.known_at))),
    _ask("audit diff", f"{CYCLE} --from-position 35",
         lambda q: audit_past.difference(q, CYCLE, Moment(position=35), Moment(q.as_of, q.known_at)).data()),
    _ask("audit recheck", "--partnership north",
         lambda q: audit_recheck.rechecked(q, audit_recheck.Chosen(None, {"partnership": "north"}, None)).data()),
]  # fmt: skip


def build_world(shell: Shell) -> None:
    """North with a cycle that has begun; a second cluster, of which nobody in the first is told anything."""
    build(shell)
    shell.run("organisation", "add", "Rowan Example Primary", "--urn", "900009", "--handle", "rowan")
    shell.run("organisation", "add", "Larch Example Primary", "--urn", "900010", "--handle", "larch")
    shell.run("partnership", "add", "South Example Cluster", "--handle", "south")
    shell.run("partnership", "join", "south", "rowan", "larch", "--on", "2026-09-01")
    shell.run("person", "add", "Omar Example", "--email", OMAR, "--organisation", "rowan", "--role", "head",
              "--since", "2025-09-01")  # fmt: skip
    shell.run("cycle", "open", "rowan", "--year", "2026-27")
    shell.run("cycle", "do", CYCLE, "name_school_lead", "--set", f"school_lead={LENA}", "--as", LENA)
    shell.run("cycle", "do", CYCLE, "plan_visit", "--set", "planned_day=2026-10-12", "--as", PRIYA)
    shell.clock.set("2026-09-14")
    shell.run("cycle", "do", CYCLE, "start_self_evaluation", "--as", LENA)
    shell.run("cycle", "note", CYCLE, "Example of a note", "--as", LENA)
    for person in (BEN, CLEO):
        shell.run("cycle", "assign", CYCLE, "peer_reviewer", person, "--as", PRIYA)
    shell.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", BEN)
    shell.run("person", "delegate", LENA, "--to", DAN, "--until", "2026-12-18", "--reason", "away", "--as", LENA)
    shell.run("calendar", "import", "-", "--name", "terms", "--for", "hazel",
              input="kind,date,until,name\nclosed,2026-10-26,2026-10-30,Half term\n")  # fmt: skip
    shell.run("person", "add", "Gone Example", "--email", GONE, "--organisation", "cedar")
    shell.clock.moment = NOW
    gone = shell.json("person", "show", GONE)["person"]["id"]
    (shell.folder / "gone").write_text(gone)
    shell.run("person", "forget", gone, "--why", "request", "--yes")
    shell.clock.moment, shell.clock.tick = NOW, timedelta(0)


@contextmanager
def opened(shell: Shell) -> Iterator[Installation]:
    """The installation of a shell, at the moment of its clock."""
    clock = FixedClock(shell.clock.moment)
    with open_installation(Settings(store=shell.address), clock) as installation:
        yield installation


def id_of(installation: Installation, email: str) -> str:
    """The id of a person."""
    with asking(installation, None) as question:
        return question.find.person(email)


def answered(ask: Ask, installation: Installation, viewer: str | None, **times: Any) -> Any:
    """The answer of the function, as JSON has it."""
    with asking(installation, id_of(installation, viewer) if viewer else None, **times) as question:
        return as_json(ask.answer(question))
