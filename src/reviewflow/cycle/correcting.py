"""Deciding corrections: what events should have said, several at once. The result must be a possible history."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import CorrectEvents, Correction
from reviewflow.cycle.deciding import Decided, refuse, said_by, setting_of
from reviewflow.cycle.facts import Facts
from reviewflow.cycle.history import History, as_known, mend
from reviewflow.cycle.mending import may_mend, order_faults, people_of
from reviewflow.cycle.setting import Known, Setting
from reviewflow.cycle.steps import about_faults, read_fields
from reviewflow.cycle.timing import judge_backdating
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Event, Happened, Recorded, Unsealed, Value, is_sealed
from reviewflow.workflow.rules import compiled, judge

_Change = tuple[Correction, dict[str, Any]]
"""What was asked for, and what the event of the correction says."""
_HAS_FORM = (ev.CycleOpened, ev.TransitionTaken, ev.ActRecorded, ev.AgreementGiven)


def correct(command: CorrectEvents, known: Known) -> Decided:
    """What events should have said; nothing if they say it already."""
    setting = setting_of(command, known)
    records = known.cycle_records(setting.here.id)
    history = as_known(records)
    told = {one.version: one for one in history.told}
    faults: list[Fault] = []
    if not command.corrections:
        faults.append(Fault("event", "", "say which event is corrected, and how"))
    wanted = list(_wanted(command.corrections, told, history, faults))
    events = [(of, _corrected(setting, told[of.version], of, faults)) for of in wanted]
    if faults:
        raise BadInput("cycle correct", faults)
    changing = _in_steps([(of, event) for of, event in events if event], told)
    about = [told[of.version].event for of, _ in changing]
    actor, unmet = may_mend(command, setting, about)
    for of, _ in changing:
        unmet += _time_faults(command, setting, of, told[of.version].event)
    if changing:
        unmet += _form_faults(setting, told, changing)
    what = f"correcting {setting.here.handle}"
    common = said_by(command.asked, command.cause, actor or "", setting)
    reason = Unsealed((command.asked.reason or "").strip())
    made = [ev.EventCorrected(**common, **event, corrects=of.version, reason=reason) for of, event in changing]
    if not unmet:
        unmet += order_faults(setting, records, made)
    refuse(what, unmet)
    return [(setting.here.stream, event) for event in made]


def _wanted(
    corrections: Iterable[Correction], told: Mapping[int, Recorded], history: History, faults: list[Fault]
) -> Iterator[Correction]:
    """Each correction with the event that it is really about."""
    seen: set[int] = set()
    for one in corrections:
        where = f"event {one.version}"
        if one.version in seen:
            faults.append(Fault(where, "", "expected each event once"))
        seen.add(one.version)
        if one.version not in told:
            undone = history.undone.get(one.version)
            last = history.last.version if history.last else 0
            want = f"it was undone by event {undone}" if undone else f"no event of this cycle: it has 1 to {last}"
            if undone is None and 1 <= one.version <= last:
                want = "a correction or an undo is not corrected: correct the event again"
            faults.append(Fault(where, "", want))
            continue
        proposal = getattr(told[one.version].event, "proposal", None)
        if (one.values or one.about is not None) and proposal is not None:
            # With a second signature the values stand in the proposal.
            yield Correction(proposal, None, one.values, one.about)
            if one.happened is not None:
                yield Correction(one.version, one.happened)
        else:
            yield one


def _in_steps(changing: list[_Change], told: Mapping[int, Recorded]) -> list[_Change]:
    """The corrections in an order in which no single one breaks what the others give together.

    First what moves back in time, the first of it first; then what moves forward, the last of it first.
    """

    def place(change: _Change) -> tuple[bool, int]:
        of, _ = change
        later = of.happened is not None and told[of.version].event.happened.before(of.happened)
        return later, -of.version if later else of.version

    return sorted(changing, key=place)


def _says_already(known: Happened, said: Happened) -> bool:
    """A day without a time agrees with the same day at a time."""
    return known.model_copy(update={"at": None}) == said or known == said


def _corrected(setting: Setting, target: Recorded, of: Correction, faults: list[Fault]) -> dict[str, Any]:
    """What the event of a correction says; empty if it would change nothing."""
    event, where = target.event, f"event {of.version}"
    said: dict[str, Any] = {}
    # What counts is what was said: a "by" day that the order moved is still the day that was given.
    if of.happened is not None and not _says_already(event.happened, of.happened):
        said["occurred"] = of.happened
    if of.values:
        if not isinstance(event, _HAS_FORM):
            faults.append(Fault(where, event.topic, "this event has no form; undo it, and record it again"))
            return said
        step = "opens" if isinstance(event, ev.CycleOpened) else event.step
        fields = setting.definition.fields(step)
        entered = {name: value for name, value in of.values.items() if name in fields}
        known = ", ".join(fields) or "it has none"
        faults += [
            Fault(f"{where}: {name}", "", f"no such field; the fields are: {known}")
            for name in of.values if name not in fields
        ]  # fmt: skip
        values, wrong = read_fields(setting, {name: fields[name] for name in entered}, entered)
        faults += [dataclasses.replace(fault, where=f"{where}: {fault.where}") for fault in wrong]
        old = event.values
        said["values"] = {name: value for name, value in values.items() if old.get(name) != value}
        said["emptied"] = [name for name in entered if name not in values and name in old]
    if of.about is not None:
        act = setting.definition.acts.get(getattr(event, "step", ""))
        group = setting.definition.evidence_kinds().get(getattr(event, "kind", ""))
        place = act.about if act else group.about if group else None
        faults += [dataclasses.replace(f, where=f"{where}: about") for f in about_faults(setting, place, of.about)]
        if getattr(event, "about", None) != of.about:
            said["about"] = of.about
    said = {name: value for name, value in said.items() if value not in ({}, [])}
    if said and ("occurred" in said or "values" in said or "emptied" in said):
        said["people"] = sorted(people_of(setting, [event]))
    return said


def _time_faults(command: CorrectEvents, setting: Setting, of: Correction, event: Event) -> list[Unmet]:
    """A new day is not in the future, and not further back than one may say today."""
    moment = of.happened
    if moment is None:
        return []
    if setting.now.before(moment):
        return [Unmet("in-the-future", f"event {of.version} happened {moment}, but it is {setting.now} now")]
    if moment.on < setting.earliest and moment.before(event.happened):
        found = judge_backdating(command.asked, setting, moment.on)
        return [unmet for unmet in found if unmet.code != "no-reason"]
    return []


def _form_faults(setting: Setting, told: Mapping[int, Recorded], changing: list[_Change]) -> Iterator[Unmet]:
    """The rules of a form that ask about nothing but the form hold for what it should have said, too."""
    for of, said in changing:
        event = told[of.version].event
        if not ("values" in said or "emptied" in said) or not isinstance(event, _HAS_FORM):
            continue
        name = "opens" if isinstance(event, ev.CycleOpened) else event.step
        step = setting.definition.opens if name == "opens" else setting.definition.step(name)
        if step is None:
            continue
        mended = mend(event, **{part: said[part] for part in ("occurred", "values", "emptied") if part in said})
        values: Mapping[str, Value] = getattr(mended, "values", {})
        at = dataclasses.replace(setting, moment=Happened(on=mended.happened.on, at=mended.happened.at))
        facts = Facts(at, actor=event.by, step=name, values=values)
        for requirement_name, requirement in step.requires.items():
            rule = compiled(setting.definition, setting.digest, name, requirement.rule)
            if not rule.names or not all(fact.startswith("form.") for fact in rule.names):
                continue
            if any(is_sealed(values.get(fact.split(".")[1])) and fact.count(".") == 1 for fact in rule.names):
                continue  # what was sealed before cannot be read by a rule any more
            if requirement_name in getattr(event, "waived", ()) or judge(rule, facts) is True:
                continue
            yield Unmet(requirement_name, f"event {of.version}: {requirement.otherwise}", source=requirement.source)
