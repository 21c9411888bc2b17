"""The words one would type for a command, made from the very command that the demo gives: they cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from reviewflow.cycle import commands as cy
from reviewflow.events import Command
from reviewflow.registry import commands as reg

_BANK_HOLIDAYS: Final = "bank-holidays-"

Called = Callable[[str], str]
"""The handle or address of an id; of anything else the same again."""


def typed(command: Command, called: Called, file: str | None = None) -> list[str]:
    """The command line; `file` is what a file that it reads is called."""
    asked = command.asked
    words = ["reviewflow", *command.name.split(), *_cycle(command, called, file)]
    words += [*_registry(command, called, file), *_people(command, called)]
    if asked.happened is not None:
        words += ["--on", str(asked.happened.on)]
    if asked.reason:
        words += ["--reason", asked.reason]
    if isinstance(asked.entered_by, str) and asked.entered_by != asked.by:
        words.insert(0, f"REVIEWFLOW_ACTOR={called(asked.entered_by)}")
    if not isinstance(command, reg.SetUpInstallation):
        words += ["--as", called(asked.by)]
    return words


def _cycle(command: Command, called: Called, file: str | None) -> list[str]:
    match command:
        case cy.OpenCycles():
            return ["--partnership", called(command.partnership or ""), "--year", command.year]
        case cy.TakeStep():
            about = ["--about", command.about] if command.about else []
            sets = [word for pair in _pairs("", command.values) for word in ("--set", f"{pair[0]}={called(pair[1])}")]
            return [called(command.cycle), command.step, *about, *sets]
        case cy.Agree():
            return [called(command.cycle), command.step]
        case cy.AcceptAssignment():
            return [called(command.cycle), command.role]
        case cy.WithdrawAssignment() if command.person == command.asked.by:
            return [called(command.cycle), command.role]
        case cy.AboutAssignment():
            return [called(command.cycle), command.role, called(command.person)]
        case cy.AddEvidence():
            options = {"--about": command.about, "--text": command.text, "--file": file}
            return [called(command.cycle), command.kind, *_given(options)]
        case cy.WaiveRequirement():
            options = {"--person": called(command.person) if command.person else None, "--reason": command.reason}
            return [called(command.cycle), command.of, command.requirement, *_given(options)]
        case _:
            return []


def _registry(command: Command, called: Called, file: str | None) -> list[str]:
    match command:
        case reg.SetUpProgramme():
            options = {"--handle": command.handle, "--workflow": command.workflow, "--nation": command.nation}
            return [command.programme_name, *_given(options)]
        case reg.PublishWorkflow():
            return [command.workflow]
        case reg.PublishCalendar():
            nation = command.calendar.removeprefix(_BANK_HOLIDAYS)
            if nation != command.calendar:
                return [file or "-", "--nation", nation]
            return [file or "-", "--name", command.calendar, "--for", called(command.owner)]
        case reg.FormPartnership():
            return [command.partnership_name, *_given({"--handle": command.handle})]
        case reg.RegisterOrganisation():
            urn = next((one.value for one in command.identities if one.scheme == "urn"), None)
            return [command.organisation_name, *_given({"--handle": command.handle, "--urn": urn})]
        case reg.BeginMembership() | reg.EndMembership():
            return [called(command.partnership), called(command.organisation)]
        case _:
            return []


def _people(command: Command, called: Called) -> list[str]:
    match command:
        case reg.SetUpInstallation():
            return _given({"--admin": command.admin_name, "--email": command.email})
        case reg.RegisterPerson():
            place = called(command.organisation) if command.organisation else None
            options = {"--email": command.email, "--organisation": place, "--role": command.held}
            return [command.person_name, *_given(options)]
        case reg.GiveRole():
            return [called(command.person), command.held, "--in", called(command.held_in)]
        case reg.RecordTraining():
            days = {"--completed": str(command.completed), "--valid-until": str(command.valid_until)}
            return [called(command.person), command.course, *_given(days)]
        case reg.ForgetPerson():
            return [called(command.person), "--yes"]
        case _:
            return []


def _given(options: Mapping[str, str | None]) -> list[str]:
    return [word for name, value in options.items() if value is not None for word in (name, value)]


def _pairs(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields as `--set` takes them: a list as the same field again, rows by their number or id."""
    for name, value in values.items():
        place = f"{prefix}{name}"
        for number, one in enumerate(value if isinstance(value, list) else [value], 1):
            if isinstance(one, Mapping):
                row = str(one.get("id", number))
                yield from _pairs(f"{place}.{row}.", {k: v for k, v in one.items() if k != "id"})
            else:
                yield place, str(one)
