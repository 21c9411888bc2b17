"""An import of many rows while it is being decided: every row's commands, each after the ones before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from reviewflow.events import Kept
from reviewflow.registry import permissions
from reviewflow.registry.ahead import Ahead
from reviewflow.registry.asking import happened, today
from reviewflow.registry.commands import (
    BeginMembership,
    ChangePerson,
    EndMembership,
    EndRole,
    GiveRole,
    ImportPeople,
    RecordTraining,
    RegisterPerson,
    RegistryCommand,
)
from reviewflow.registry.decide_partnerships import begin_membership, end_membership
from reviewflow.registry.decide_people import change_person, end_role, give_role, record_training, register_person
from reviewflow.registry.decided import Events
from reviewflow.registry.known import Known
from reviewflow.registry.people_sheet import PersonRow
from reviewflow.registry.scopes import Scope, roles_for

_DECISIONS: Final[dict[type[RegistryCommand], Callable[[Any, Known], Events]]] = {
    BeginMembership: begin_membership,
    EndMembership: end_membership,
    RegisterPerson: register_person,
    ChangePerson: change_person,
    GiveRole: give_role,
    EndRole: end_role,
    RecordTraining: record_training,
}


class Bulk:
    """One import being decided: what is known by now, and what came of the rows so far."""

    def __init__(self, command: ImportPeople, known: Known) -> None:
        """`known` is the registry before the first row."""
        self.command, self.known = command, Ahead(known, command.asked.at)
        self.events: Events = []
        self.day = happened(command, today(command.asked, known)).on
        """The day this happens, where a row does not say."""
        self.called: dict[str, tuple[PersonRow, str]] = {}
        """Person -> the row that gave their name, and the name."""
        self.elsewhere: dict[str, str] = {}
        """Id in another store -> id here."""
        self.places: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}
        """What was typed for a place, and of which kinds it might be -> kind and id. No row makes a place."""
        self.spoiled = set(command.spoiled)
        """Addresses and ids of people whose own row is not taken."""
        self._given = 0

    def do(self, one: RegistryCommand, stream: str | None = None) -> bool:
        """Decide one command as if it had been given alone; whether it changes anything. `stream`: where its events go.

        Raises `Refused` or `BadInput`, as the command itself would.
        """
        held = self.may(one)
        role = next(role for role in permissions.who_may(one.name) if role in held)
        self._given += 1
        asked = replace(one.asked, id=f"{self.command.asked.id}.{self._given}", role=role)
        found = _DECISIONS[type(one)](replace(one, asked=asked), self.known)
        # What caused them is the import: the same command id again is answered with all of them.
        events = [(stream or s, event.model_copy(update={"cause": self.command.cause})) for s, event in found]
        self.known.take(events)
        self.events += events
        return bool(events)

    def may(self, one: RegistryCommand) -> set[str]:
        """The roles in which whoever acts may give this command; raises `Refused` if there is none."""
        held = self.roles(one.scope)
        permissions.check(one.name, held)
        return held

    def same(self, one: RegistryCommand, person: str) -> None:
        """The command would change nothing. Whoever may not see the person is not told so unless they may give it."""
        if not self.sees(person):
            self.may(one)

    def roles(self, scope: Scope) -> set[str]:
        """The roles of whoever acts that matter here."""
        asked = self.command.asked
        return roles_for(self.known.person(asked.by), scope, self.known, asked.at.date())

    def sees(self, person: str) -> bool:
        """Whether whoever acts may be told what is known of a person."""
        return permissions.allowed("person show", self.roles(Scope("person", person)))

    def opened(self, kept: Kept | None) -> str:
        """A name or an address; empty where there is none."""
        return self.command.opened(kept) if kept else ""
