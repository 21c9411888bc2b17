"""Deciding what stands beside the steps: evidence, notes, waivers, consent."""

from __future__ import annotations

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import AddEvidence, AddNote, Consent, WaiveRequirement
from reviewflow.cycle.deciding import Decided, only, refuse, said_by, setting_of, time_faults
from reviewflow.cycle.forms import read_form
from reviewflow.cycle.setting import Known, Setting
from reviewflow.cycle.standing_in import acts_as
from reviewflow.cycle.steps import about_faults
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Unsealed
from reviewflow.workflow.definition import FormField, Requirement

_LONG = FormField(type="long_text", optional=False)


def add_evidence(command: AddEvidence, known: Known) -> Decided:
    """Evidence of a kind the definition names, from someone it names, when and about what it names."""
    setting = setting_of(command, known)
    kinds = setting.definition.evidence_kinds()
    group = kinds.get(command.kind)
    if group is None:
        want = f"no such kind of evidence; the kinds are: {', '.join(kinds) or 'none'}"
        raise BadInput("evidence", [Fault("kind", repr(command.kind), want)])
    faults = about_faults(setting, group.about, command.about)
    text = _text(setting, "text", command.text, faults) if command.text is not None else None
    name = _text(setting, "file name", command.file_name, faults) if command.file_name is not None else None
    if command.text is None and command.file_digest is None:
        faults.append(Fault("evidence", "", "give a text, a file, or both"))
    if faults:
        raise BadInput(f"evidence {command.kind}", faults)
    actor, not_theirs = acts_as(setting, command.asked, group.by, only(setting, group.by, "add this evidence"))
    wanted, was = setting.definition.expand(group.within), setting.states_then()
    unmet = time_faults(command, setting)
    if not wanted & set(was):
        titles = {n: s.title for n, s in setting.definition.all_states().items()}
        possible = ", ".join(f"“{titles[s]}”" for s in titles if s in wanted)
        now = ", ".join(f"“{titles[s]}”" for s in was) or "no state"
        sentence = f"on {setting.day} the cycle was in {now}; this evidence can be added in {possible}"
        unmet.append(Unmet("wrong-state", sentence))
    unmet += not_theirs
    refuse(f"evidence {command.kind} of {setting.here.handle}", unmet)
    assert actor is not None
    return [(setting.here.stream, ev.EvidenceAdded(
        **said_by(command.asked, command.cause, actor, setting), kind=command.kind, about=command.about, text=text,
        file_name=name, file_digest=command.file_digest, file_size=command.file_size,
    ))]  # fmt: skip


def add_note(command: AddNote, known: Known) -> Decided:
    """A note from anyone who has a role here."""
    setting = setting_of(command, known)
    faults: list[Fault] = []
    text = _text(setting, "text", command.text, faults)
    if command.beside is not None and not 1 <= command.beside <= setting.here.version:
        want = f"expected the version of an event of this cycle, 1 to {setting.here.version}"
        faults.append(Fault("beside", str(command.beside), want))
    if faults:
        raise BadInput("note", faults)
    nobody = Unmet("not-permitted", "only people with a role in this cycle may write notes")
    actor, not_theirs = acts_as(setting, command.asked, ("anyone",), nobody)
    unmet = [*time_faults(command, setting), *not_theirs]
    refuse(f"a note on {setting.here.handle}", unmet)
    assert actor is not None
    assert text is not None
    common = said_by(command.asked, command.cause, actor, setting)
    return [(setting.here.stream, ev.NoteAdded(**common, text=text, beside=command.beside))]


def waive(command: WaiveRequirement, known: Known) -> Decided:
    """A requirement is marked as waived by someone the definition lets do that."""
    setting = setting_of(command, known)
    faults: list[Fault] = []
    requirement = _requirement(setting, command, faults)
    reason = _text(setting, "reason", command.reason, faults)
    is_role = command.of in setting.definition.roles
    if command.person is not None and not is_role:
        faults.append(Fault("person", repr(command.person), "only a requirement of a role is waived for a person"))
    if is_role and (command.person is None or known.person(command.person) is None):
        faults.append(Fault("person", repr(command.person or ""), "say for whom: a person of the registry"))
    if faults:
        raise BadInput("cycle waive", faults)
    assert requirement is not None
    who = requirement.waivable_by
    actor, not_theirs = acts_as(setting, command.asked, who, only(setting, who, f"waive {command.requirement}"))
    unmet = time_faults(command, setting)
    if not who:
        unmet.append(Unmet("not-waivable", f"the workflow lets nobody waive {command.requirement}"))
    else:
        unmet += not_theirs
    final = setting.definition.all_states()[setting.here.state]
    if final.final:
        unmet.append(Unmet("wrong-state", f"the cycle has ended: “{final.title}”"))
    refuse(f"waiving {command.requirement} of {setting.here.handle}", unmet)
    assert actor is not None
    assert reason is not None
    return [(setting.here.stream, ev.RequirementWaived(
        **said_by(command.asked, command.cause, actor, setting), of=command.of, requirement=command.requirement,
        person=command.person, reason=reason,
    ))]  # fmt: skip


def consent(command: Consent, known: Known) -> Decided:
    """Consent to show something, from the role whose consent the definition asks for; or its end."""
    setting = setting_of(command, known)
    asked_for = {what: v.consent_of for v in setting.definition.visible if v.consent_of for what in v.what}
    role = asked_for.get(command.what)
    if role is None:
        want = f"nothing that needs consent; these do: {', '.join(asked_for) or 'nothing in this workflow'}"
        raise BadInput("consent", [Fault("what", repr(command.what), want)])
    actor, not_theirs = acts_as(setting, command.asked, (role,), only(setting, (role,), "give or end this consent"))
    unmet = [*time_faults(command, setting), *not_theirs]
    earliest = setting.here.floors.get(("consent", command.what))
    if earliest is not None and setting.moment.before(earliest):
        unmet.append(Unmet("before-last-step", f"happened {setting.moment}, but it last changed on {earliest}"))
    refuse(f"consent to show {command.what} of {setting.here.handle}", unmet)
    assert actor is not None
    if setting.here.consented(command.what) is not command.withdraw:
        return []
    made = ev.ConsentWithdrawn if command.withdraw else ev.ConsentGiven
    common = said_by(command.asked, command.cause, actor, setting)
    return [(setting.here.stream, made(**common, what=command.what, consent_of=role))]


def _requirement(setting: Setting, command: WaiveRequirement, faults: list[Fault]) -> Requirement | None:
    definition = setting.definition
    step = definition.step(command.of)
    role = definition.roles.get(command.of)
    if step is None and role is None:
        faults.append(Fault("of", repr(command.of), f"no such step or role; steps: {', '.join(definition.steps())}"))
        return None
    found = step.requires if step else role.eligible if role else {}
    if command.requirement not in found:
        want = f"{command.of} has no such requirement; it has: {', '.join(found) or 'none'}"
        faults.append(Fault("requirement", repr(command.requirement), want))
    return found.get(command.requirement)


def _text(setting: Setting, where: str, given: str | None, faults: list[Fault]) -> Unsealed | None:
    values, found = read_form(setting.definition, {where: _LONG}, {where: given}, {})
    faults += found
    return values.get(where)
