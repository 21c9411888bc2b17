"""A cycle at one moment, to be read: where it is and since when, who takes part, what was said, what stands beside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from reviewflow.audit.beside import Beside
from reviewflow.audit.line import Detail, Waived, counted, detail_texts
from reviewflow.audit.naming import Names, quoted
from reviewflow.audit.plain_text import for_terminal
from reviewflow.audit.telling import Telling, acted_for, sayings_of
from reviewflow.audit.threads import Threads
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.cycle.state import Assignment, Cycle, Proposal, Said, Stay
from reviewflow.workflow.definition import Definition


class Section(NamedTuple):
    """A part of the summary under its title."""

    title: str
    items: tuple[Detail, ...]

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"title": self.title, "items": [item.data() for item in self.items]}


class Summary(NamedTuple):
    """The sections that have something in them, and how much of it is not shown to the viewer."""

    sections: tuple[Section, ...]
    hidden: int


class Row(NamedTuple):
    """One cycle in a table of many."""

    handle: str
    subject: str
    where: str
    year: str
    state: str
    since: str
    events: int


def cycle_row(cycle: Cycle, definition: Definition, names: Names, seeing: Seeing | None = None) -> Row:
    """One cycle as a row."""
    telling = Telling(definition, names, cycle.stream, (), seeing)
    where = names.partnership(cycle.partnership) if cycle.partnership else names.programme(cycle.programme)
    state = telling.titles.state(cycle.state) if telling.sees("status", "") else HIDDEN
    since = str(cycle.since) if telling.sees("dates", "") else HIDDEN
    return Row(cycle.handle, names.organisation(cycle.subject), where, cycle.year, state, since, cycle.version)


def state_lines(
    cycle: Cycle, definition: Definition, names: Names, seeing: Seeing | None = None, *, beside: Beside,
    on: date | None = None,
) -> Summary:  # fmt: skip
    """A cycle in sections. `on` is the day up to which the stay in the present state is counted.

    `beside`: what stands beside what, as its events say; a note beside something that is not told there is hidden.
    """
    absent = acted_for(cycle.stood_in)
    telling = Telling(definition, names, cycle.stream, sayings_of(cycle), seeing, absent=absent, beside=beside)
    threads = Threads(telling, cycle)
    status = telling.sees("status", "")
    sections = [
        Section("Cycle", tuple(_cycle(telling, cycle))),
        Section("States", tuple(_stays(telling, cycle, on)) if status else ()),
        Section("People", tuple(_people(telling, cycle))),
        *_waiting(telling, cycle),
        *_steps(telling, cycle, threads),
        Section("Evidence", tuple(_evidence(telling, cycle))),
        Section("Waived, not met", tuple(_waivers(telling, cycle)) if status else ()),
        Section("Deadlines moved", tuple(_deadlines(telling, cycle))),
        Section("Consent", tuple(_consents(telling, cycle)) if status else ()),
        Section("Notes", tuple(threads.notes())),
    ]
    return Summary(tuple(section for section in sections if section.items), telling.hidden)


def summary_texts(summary: Summary) -> list[str]:
    """The summary for a terminal."""
    texts: list[str] = []
    for section in summary.sections:
        texts += [for_terminal(section.title), *detail_texts(section.items, "  ")]
    return texts


def _cycle(telling: Telling, cycle: Cycle) -> Iterable[Detail]:
    names, titles = telling.names, telling.titles
    yield Detail("Handle", cycle.handle, "handle")
    yield Detail("Subject", names.organisation(cycle.subject), "subject")
    if cycle.partnership:
        yield Detail("Partnership", names.partnership(cycle.partnership), "partnership")
    yield Detail("Programme", names.programme(cycle.programme), "programme")
    yield Detail("Year", f"{cycle.year}, number {cycle.number}", "year")
    workflow = f"{telling.definition.title}, edition {cycle.edition} ({cycle.digest[:12]})"
    yield Detail("Workflow", workflow, "digest")
    by = cycle.opened_by
    yield Detail("Opened", f"{telling.day(cycle.opened, by)} by {telling.actor(by, 1)}", "opened")
    yield Detail("State", titles.state(cycle.state) if telling.sees("status", "") else telling.hide(), "state")
    yield Detail("Since", telling.day(cycle.since, ""), "since")
    if cycle.returns_to and telling.sees("status", ""):
        yield Detail("Goes back to", titles.state(cycle.returns_to), "returns_to")


def _stays(telling: Telling, cycle: Cycle, on: date | None) -> Iterable[Detail]:
    dated = telling.sees("dates", "")
    for number, stay in enumerate(cycle.stays, 1):
        text = telling.written(_stay(stay, on)) if dated else telling.hide()
        yield Detail(f"{number}. {telling.titles.state(stay.state)}", text, f"stays.{number}")


def _stay(stay: Stay, on: date | None) -> str:
    if stay.left is not None:
        return f"{stay.entered} to {stay.left}, {counted((stay.left.on - stay.entered.on).days, 'day')}"
    if on is None or on < stay.entered.on:
        return f"{stay.entered} until now"
    return f"{stay.entered} until now, {counted((on - stay.entered.on).days, 'day')} so far"


_STANDINGS = {"offered": "asked", "accepted": "takes part", "declined": "said no", "withdrawn": "no longer"}


def _people(telling: Telling, cycle: Cycle) -> Iterable[Detail]:
    roles = dict.fromkeys([*telling.definition.roles, *(role for role, _ in cycle.assignments)])
    for role in roles:
        found = [past[-1] for (name, _), past in cycle.assignments.items() if name == role]
        seen = [one for one in found if telling.sees_person(one.person, one.by)]
        for one in seen:
            yield Detail(telling.titles.role(role), _standing(telling, one), f"{role}.{one.person}")
        for _ in range(len(found) - len(seen)):
            telling.hide()


def _standing(telling: Telling, one: Assignment) -> str:
    person = telling.person(one.person, one.by)
    return f"{person}, {_STANDINGS[one.standing]} since {telling.day(one.happened, one.by)}"


def _waiting(telling: Telling, cycle: Cycle) -> Iterable[Section]:
    """What was proposed and is not yet signed by all."""
    for step, proposal in cycle.proposals.items():
        if telling.tells(ev.AgreementGiven, proposal.by, step=step):
            form = telling.form(step, proposal.values, proposal.version, proposal.by)
            title = f"{telling.titles.step(step)} (proposed)"
            yield Section(title, (Detail("Waits", _signatures(telling, step, proposal), "proposal"), *form))
        else:
            telling.hide()


def _signatures(telling: Telling, step: str, proposal: Proposal) -> str:
    found = telling.definition.step(step)
    waiting = [telling.titles.role(role) for role in (found.second if found else ()) if role not in proposal.signed]
    signed = [
        f"{telling.actor(by, (proposal.version, role))} ({telling.titles.role(role)})"
        for role, by in proposal.signed.items()
    ]
    who = f"proposed by {telling.actor(proposal.by, proposal.version)} {telling.day(proposal.happened, proposal.by)}"
    by = [f"signed by {', '.join(signed)}"] if signed else []
    return "; ".join([who, f"waits for {' and '.join(waiting)}", *by])


def _steps(telling: Telling, cycle: Cycle, threads: Threads) -> Iterable[Section]:
    shown: list[tuple[Said, int]] = []
    for step in dict.fromkeys(["opens", *telling.definition.steps(), *cycle.said]):
        takings = cycle.said.get(step, ())
        # Of each row that it is about, the last word; of the others too.
        for about, said in {one.about: one for one in takings}.items():
            if telling.tells_step(step, said.by):
                shown.append((said, sum(1 for one in takings if one.about == about)))
            else:
                telling.hide()
    threads.show(said for said, _ in shown)
    for said, number in shown:
        if not threads.answers(said):
            yield _step(telling, threads, said, number)


def _step(telling: Telling, threads: Threads, said: Said, number: int) -> Section:
    title = threads.title(said)
    beside = telling.beside.called(said.version)
    times = f"; done {number} times, this is the last" if number > 1 else ""
    done = Detail("Done", f"{threads.done(said)}{times}{f'; beside {beside}' if beside else ''}", "done")
    return Section(title, (done, *threads.contents(said), *threads.below(said.version)))


def _evidence(telling: Telling, cycle: Cycle) -> Iterable[Detail]:
    seen = [e for e in cycle.evidence if telling.tells(ev.EvidenceAdded, e.by, kind=e.kind)]
    for kind in dict.fromkeys([*telling.definition.evidence_kinds(), *(e.kind for e in seen)]):
        number = sum(1 for e in seen if e.kind == kind)
        if number:
            yield Detail(telling.titles.kind(kind), str(number), kind)
    for _ in range(len(cycle.evidence) - len(seen)):
        telling.hide()


def _waivers(telling: Telling, cycle: Cycle) -> Iterable[Detail]:
    for one in cycle.waivers:
        is_role = one.of in telling.definition.roles
        of = telling.titles.role(one.of) if is_role else telling.titles.step(one.of)
        whom = f" for {telling.person(one.person, one.by)}" if one.person else ""
        waived = Waived(one.requirement, telling.titles.requirement(one.of, one.requirement))
        yield Detail(f"{quoted(of)}{whom}", f"{waived}; by {telling.actor(one.by, one.version)}", str(one.version))


def _deadlines(telling: Telling, cycle: Cycle) -> Iterable[Detail]:
    for step, due in cycle.moved.items():
        yield Detail(
            telling.titles.step(step), telling.written(due) if telling.sees("dates", "") else telling.hide(), step
        )


def _consents(telling: Telling, cycle: Cycle) -> Iterable[Detail]:
    for what, past in cycle.consents.items():
        stands, happened, _ = past[-1]
        verb = "stands" if stands else "withdrawn"
        yield Detail(telling.titles.item(what), f"{verb} since {telling.day(happened, '')}", what)
