"""Deciding steps: opening a cycle, taking a transition, doing an act, signing what was proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import Agree, OpenCycles, TakeStep
from reviewflow.cycle.deciding import Decided, refuse, said_by, setting_of, time_faults
from reviewflow.cycle.forms import read_form
from reviewflow.cycle.judging import Attempt, Judged, split
from reviewflow.cycle.numbering import next_number
from reviewflow.cycle.setting import Known, Setting, local_day, programme_of
from reviewflow.cycle.standing_in import judge_attempt, role_in_which
from reviewflow.cycle.state import Proposal
from reviewflow.cycle.timing import judge_time
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Value, identify
from reviewflow.workflow.definition import Act, Definition, FormField, Step
from reviewflow.workflow.machine import fire, remembered

_YEAR = re.compile(r"[0-9]{4}(-[0-9]{2})?")


def take_step(command: TakeStep, known: Known) -> Decided:
    """A transition taken, an act recorded, or a proposal for others to sign."""
    setting = setting_of(command, known, command.step)
    step = find_step(setting.definition, command.step)
    values, faults = read_values(setting, command.step, command.values)
    faults += _about(setting, step, command.about)
    if faults:
        raise BadInput(f"the form of {command.step}", faults)
    asked = command.asked
    attempt = Attempt(setting, command.step, step, asked.by, values, behalf=asked.on_behalf_of)
    judged = judge_attempt(attempt)
    what = f"{command.step} of {setting.here.handle}"
    refuse(what, [*time_faults(command, setting), *(j.unmet for j in judged if j.status == "unmet")])
    role = role_in_which(setting, step.by, asked)
    assert role is not None
    common = said_by(asked, command.cause, role, setting)
    stream = setting.here.stream
    if step.second:
        return [(stream, ev.AgreementGiven(**common, step=command.step, values=values, about=command.about))]
    return [(stream, _taken(setting, command.step, step, common, judged, values=values, about=command.about))]


def agree(command: Agree, known: Known) -> Decided:
    """A second signature; with the last one the step is taken, judged again on that day."""
    setting = setting_of(command, known, command.step)
    step = find_step(setting.definition, command.step)
    cycle = setting.here
    what = f"agreeing to {command.step} of {cycle.handle}"
    proposal = cycle.proposals.get(command.step)
    if proposal is None:
        open_ones = ", ".join(cycle.proposals) or "nothing"
        refuse(
            what,
            [Unmet("nothing-proposed", f"nobody has proposed {command.step}; waiting for a signature: {open_ones}")],
        )
        raise AssertionError
    asked = command.asked
    attempt = Attempt(setting, command.step, step, asked.by, proposal.values, signing=True, behalf=asked.on_behalf_of)
    judged = judge_attempt(attempt)
    early = not proposal.happened.latest and setting.moment.before(proposal.happened)
    unmet = [Unmet("before-proposal", f"signed {setting.moment}, proposed {proposal.happened}")] if early else []
    unmet += [*time_faults(command, setting), *(j.unmet for j in judged if j.status == "unmet")]
    role = role_in_which(setting, tuple(r for r in step.second if r not in proposal.signed), asked)
    if not unmet and role is None:
        unmet.append(Unmet("signed-already", f"signed for already: {', '.join(proposal.signed)}"))
    refuse(what, unmet)
    assert role is not None
    common = said_by(asked, command.cause, role, setting)
    signature = ev.AgreementGiven(**common, step=command.step, proposal=proposal.version)
    if set(step.second) - {role, *proposal.signed}:
        return [(cycle.stream, signature)]
    return [(cycle.stream, signature), (cycle.stream, _concluded(setting, step, common, judged, proposal))]


def _concluded(
    setting: Setting, step: Step, common: dict[str, Any], judged: list[Judged], proposal: Proposal
) -> ev.CycleEvent:
    # The step is the proposer's; who signed stands in the agreement right before it.
    common = {**common, "by": proposal.by, "role": proposal.role, "on_behalf_of": proposal.on_behalf_of}
    return _taken(setting, proposal.step, step, common, judged, proposal=proposal)


def _taken(
    setting: Setting, name: str, step: Step, common: dict[str, Any], judged: list[Judged], *,
    values: Mapping[str, Value] | None = None, about: str | None = None, proposal: Proposal | None = None,
) -> ev.CycleEvent:  # fmt: skip
    met, waived, _ = split(judged)
    said: dict[str, Any] = {**common, "step": name, "values": dict(values or {}), "met": met, "waived": waived}
    if proposal is not None:
        said["proposal"] = proposal.version
    if isinstance(step, Act):
        return ev.ActRecorded(**said, about=about)
    cycle, definition = setting.here, setting.definition
    to = fire(definition, setting.digest, cycle.state, name, cycle.returns_to)
    assert to is not None
    booked = [p for role in step.books.people for p in cycle.assigned(role)] if step.books else []
    returns_to = remembered(definition, cycle.state, to, cycle.returns_to)
    return ev.TransitionTaken(**said, origin=cycle.state, to=to, returns_to=returns_to, booked=booked)


def open_cycles(command: OpenCycles, known: Known) -> Decided:
    """One cycle for each subject, or none at all: every subject's reasons are told."""
    digest, definition = published_edition(command, known)
    faults = list(opening_faults(command, known))
    if faults:
        raise BadInput("cycle open", faults)
    programme = programme_of(known, command.programme)
    now = local_day(command.asked.at, programme.time_zone)
    decided: Decided = []
    unmet: list[Unmet] = []
    for number, subject in enumerate(command.subjects):
        organisation = known.organisation(subject)
        assert organisation is not None
        setting = Setting(
            known, definition, digest, command.programme, command.partnership, subject,
            command.asked.happened or now, now, programme.backdating_days,
        )  # fmt: skip
        values, faults = read_values(setting, "opens", command.values)
        if faults:
            raise BadInput("the form for opening a cycle", faults)
        asked = command.asked
        attempt = Attempt(setting, "opens", definition.opens, asked.by, values, behalf=asked.on_behalf_of)
        judged = judge_attempt(attempt)
        failed = [*judge_time(command.asked, setting), *(j.unmet for j in judged if j.status == "unmet")]
        unmet += [u if len(command.subjects) == 1 else _of(organisation.name, u) for u in failed]
        if not failed:
            name = organisation.handle
            decided.append(_opened(command, setting, values, judged, identify(command.asked.id, number), name))
    refuse(f"opening {len(command.subjects)} cycle(s) of {command.workflow}", unmet)
    return decided


def opening_faults(command: OpenCycles, known: Known) -> Iterator[Fault]:
    """What is wrong with where and for whom cycles are to be opened."""
    if not _YEAR.fullmatch(command.year):
        yield Fault("year", repr(command.year), "expected a year as in 2026 or 2026-27")
    partnership = known.partnership(command.partnership) if command.partnership else None
    if command.partnership and partnership is None:
        yield Fault("partnership", repr(command.partnership), "no such partnership; see: partnership list")
    elif partnership is not None and partnership.programme != command.programme:
        # Its lead has authority there, and not under the policy of another programme.
        yield Fault("partnership", repr(command.partnership), f"belongs to the programme {partnership.programme}")
    if not command.subjects:
        yield Fault("subject", "", "expected one subject at least")
    for number, subject in enumerate(command.subjects):
        if known.organisation(subject) is None:
            yield Fault("subject", repr(subject), "no such organisation; see: organisation list")
        elif subject in command.subjects[:number]:
            yield Fault("subject", repr(subject), "expected each subject once")


def _of(name: str, unmet: Unmet) -> Unmet:
    return Unmet(unmet.code, f"{name}: {unmet.sentence}", unmet.who, unmet.by_when, unmet.waivable_by, unmet.source)


def published_edition(command: OpenCycles, known: Known) -> tuple[str, Definition]:
    """Digest and definition of the workflow that is to be opened."""
    published = known.workflow(command.workflow)
    if published is None:
        want = "no such workflow is published here; see: workflow list, workflow publish"
        raise BadInput("workflow", [Fault("workflow", repr(command.workflow), want)])
    digest = command.digest or published.latest.digest
    if published.document(digest) is None:
        want = f"{command.workflow} has no such edition; see: workflow show {command.workflow}"
        raise BadInput("workflow", [Fault("edition", repr(command.digest), want)])
    return digest, known.definition(digest)


def _opened(
    command: OpenCycles, setting: Setting, values: dict[str, Value], judged: list[Judged], cycle_id: str, name: str
) -> tuple[str, ev.CycleOpened]:
    definition, asked = setting.definition, command.asked
    role = role_in_which(setting, definition.opens.by, asked)
    assert role is not None
    number, handle = next_number(setting.known, setting.subject, name, command.year)
    met, waived, _ = split(judged)
    return f"cycle-{cycle_id}", ev.CycleOpened(
        **said_by(asked, command.cause, role, setting), workflow=definition.workflow, edition=definition.edition,
        digest=setting.digest, to=definition.opens.to, programme=setting.programme, partnership=setting.partnership,
        subject=setting.subject, year=command.year, number=number, handle=handle, values=values, met=met, waived=waived,
    )  # fmt: skip


def find_step(definition: Definition, name: str) -> Step:
    """A transition or act by its name."""
    step = definition.transitions.get(name) or definition.acts.get(name)
    if step is None:
        known = ", ".join(definition.steps())
        raise BadInput("step", [Fault("step", repr(name), f"{definition.workflow} has no such step; it has: {known}")])
    return step


def read_values(setting: Setting, step: str, entered: Mapping[str, Any]) -> tuple[dict[str, Value], list[Fault]]:
    """The form of a step as entered, with people and organisations looked up."""
    return read_fields(setting, setting.definition.fields(step), entered)


def read_fields(
    setting: Setting, fields: Mapping[str, FormField], entered: Mapping[str, Any]
) -> tuple[dict[str, Value], list[Fault]]:
    """Some fields of a form as entered."""
    if not (fields or entered):
        return {}, []
    earlier = {field.over: setting.rows(field.over) for field in fields.values() if field.over}
    values, faults = read_form(setting.definition, fields, entered, earlier)
    for kind, place, value in _named(fields, values):
        look_up = setting.known.person if kind == "person" else setting.known.organisation
        if look_up(value) is None:
            faults.append(Fault(place, repr(value), f"no such {kind}; see: {kind} list"))
    return values, faults


def _named(fields: Mapping[str, FormField], values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    """Everyone and everything that a form names by id: what kind, where, and the id, which is stored in the clear."""
    kinds = ("person", "organisation")
    for name, field in fields.items():
        value = values.get(name)
        if value is None:
            continue
        if field.type in kinds:
            yield field.type, name, value
        elif field.type == "list" and field.of in kinds:
            yield from ((str(field.of), f"{name}[{n}]", one) for n, one in enumerate(value, 1))
        elif field.type == "rows":
            for n, row in enumerate(value, 1):
                yield from ((kind, f"{name}[{n}].{where}", one) for kind, where, one in _named(field.columns, row))


def _about(setting: Setting, step: Step, about: str | None) -> list[Fault]:
    place = step.about if isinstance(step, Act) else None
    return about_faults(setting, place, about)


def about_faults(setting: Setting, place: str | None, about: str | None) -> list[Fault]:
    """Whether `about` names one of the rows that it must name."""
    if place is None:
        return [Fault("about", repr(about), "this is not about a row")] if about is not None else []
    rows = setting.rows(place)
    if about in rows:
        return []
    want = f"must name a row of {place}: {', '.join(rows) or 'none was given yet'}"
    return [Fault("about", repr(about) if about is not None else "", want)]
