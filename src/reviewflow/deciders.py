"""Which decider answers a command, after the permission table had its say.

Loaded with the first command: whoever only asks questions does not wait for the code that decides.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from reviewflow.cycle import decide as cycle_decider
from reviewflow.cycle.commands import AdoptCycle, CycleCommand, OpenCycles
from reviewflow.cycle.events import numbered_among
from reviewflow.cycle.numbering import handles_ahead
from reviewflow.errors import Refused, Unmet
from reviewflow.events import Command, Event, identify
from reviewflow.knowing import Knowing
from reviewflow.registry import decide as registry_decider
from reviewflow.registry import permissions
from reviewflow.registry.commands import RegisterOrganisation, RegistryCommand, SetUpInstallation
from reviewflow.registry.handles import candidates
from reviewflow.registry.scopes import ANYWHERE, Scope, roles_for


def decide(command: Command, known: Knowing, today: date) -> list[tuple[str, Event]]:
    """Events with their streams; raises `Refused` or `BadInput`."""
    if isinstance(command, SetUpInstallation):
        # Nobody is registered yet: whoever can make the store may name its first administrator.
        roles = {permissions.OPERATOR}
        permissions.check(command.name, roles)
    elif isinstance(command, RegistryCommand):
        roles = _checked(command, command.scope, known, today)
    else:
        roles = _checked(command, ANYWHERE, known, today)
    if command.asked.on_behalf_of is not None and not cycle_decider.for_another(command):
        sentence = "nobody does this for another: it is for the person themselves, or for whoever has the role"
        raise Refused(command.name, [Unmet("not-for-another", sentence)])
    if cycle_decider.decides(command):
        return cycle_decider.decide(command, known)
    assert isinstance(command, RegistryCommand)
    # History says in which role somebody acted: the one that the permission table let them act in.
    role = next(role for role in permissions.who_may(command.name) if role in roles)
    asked = dataclasses.replace(command.asked, role=role)
    return registry_decider.decide(dataclasses.replace(command, asked=asked), known)


def _checked(command: Command, scope: Scope, known: Knowing, today: date) -> set[str]:
    """The roles that count, let through by the table; worked out once for each person of a batch where no place counts.

    What a command is about is told apart from the person: a batch that changes the person asks again.
    """
    person = known.person(command.asked.by)
    key = (command.name, command.asked.by, today)
    if scope == ANYWHERE and person is not None:
        before, roles = known.permitted.get(key, (None, set()))
        if before is person:
            return roles
    roles = roles_for(person, scope, known, today)
    permissions.check(command.name, roles)
    if scope == ANYWHERE and person is not None:
        known.permitted[key] = person, roles
    return roles


def likely_reads(command: Command) -> Iterator[str]:
    """Keys that deciding a command will ask for, so that those of many are fetched in few questions."""
    asked = command.asked
    yield f"person-{asked.by}"
    if isinstance(asked.entered_by, str):
        yield f"person-{asked.entered_by}"
    if isinstance(command, CycleCommand):
        yield f"cycle-{command.cycle}"
    elif isinstance(command, OpenCycles | AdoptCycle):
        for number, subject in enumerate(_subjects(command)):
            yield f"cycle-{identify(asked.id, number)}"
            yield f"organisation-{subject}"
            yield numbered_among(subject, command.year)
    elif isinstance(command, RegisterOrganisation):
        yield f"organisation-{identify(asked.id)}"
        yield from (f"identity:{one.scheme}:{one.value}" for one in command.identities)
        yield f"handle:{command.handle or candidates(command.organisation_name)[0]}"


def likely_handles(commands: Iterable[Command], known: Knowing) -> Iterator[str]:
    """The same for the handles of cycles about to begin, which follow from what the others say."""
    begun = Counter(
        (subject, command.year)
        for command in commands
        if isinstance(command, OpenCycles | AdoptCycle)
        for subject in _subjects(command)
    )
    for (subject, year), cycles in begun.items():
        organisation = known.organisation(subject)
        if organisation is not None:
            yield from handles_ahead(known, subject, organisation.handle, year, cycles)


def _subjects(command: OpenCycles | AdoptCycle) -> tuple[str, ...]:
    return command.subjects if isinstance(command, OpenCycles) else (command.subject,)


def made_by_itself(command: Command) -> bool:
    """Whether the command makes the very person who acts: the first administrator is nobody before."""
    return isinstance(command, SetUpInstallation)
