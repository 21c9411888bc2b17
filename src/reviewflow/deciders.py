"""Which decider answers a command, after the permission table had its say.

Loaded with the first command: whoever only asks questions does not wait for the code that decides.
"""

from __future__ import annotations

import dataclasses
from datetime import date

from reviewflow.cycle import decide as cycle_decider
from reviewflow.events import Command, Event
from reviewflow.knowing import Knowing
from reviewflow.registry import decide as registry_decider
from reviewflow.registry import permissions
from reviewflow.registry.commands import RegistryCommand, SetUpInstallation
from reviewflow.registry.scopes import ANYWHERE, roles_for


def decide(command: Command, known: Knowing, today: date) -> list[tuple[str, Event]]:
    """Events with their streams; raises `Refused` or `BadInput`."""
    if isinstance(command, SetUpInstallation):
        # Nobody is registered yet: whoever can make the store may name its first administrator.
        roles = {permissions.OPERATOR}
    else:
        scope = command.scope if isinstance(command, RegistryCommand) else ANYWHERE
        roles = roles_for(known.person(command.asked.by), scope, known, today)
    permissions.check(command.name, roles)
    if cycle_decider.decides(command):
        return cycle_decider.decide(command, known)
    assert isinstance(command, RegistryCommand)
    # History says in which role somebody acted: the one that the permission table let them act in.
    role = next(role for role in permissions.who_may(command.name) if role in roles)
    asked = dataclasses.replace(command.asked, role=role)
    return registry_decider.decide(dataclasses.replace(command, asked=asked), known)


def made_by_itself(command: Command) -> bool:
    """Whether the command makes the very person who acts: the first administrator is nobody before."""
    return isinstance(command, SetUpInstallation)
