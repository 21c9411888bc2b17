"""A question being answered: who asks, about which day and moment, and what is known. No rules, no printing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from reviewflow.asking.in_names import MayName, in_names
from reviewflow.asking.naming import Resolver
from reviewflow.audit.naming import AS_RECORDED, Writing
from reviewflow.calling import Called
from reviewflow.cycle.setting import local_day
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened
from reviewflow.knowing import Knowing
from reviewflow.registry.permissions import allowed
from reviewflow.registry.scopes import ANYWHERE, Scope

if TYPE_CHECKING:
    from reviewflow.wiring import Installation


@dataclass(frozen=True, slots=True)
class Question:
    """What a door holds while it answers. `known` is of the day and moment asked about; the rest is of now.

    `viewer`: who asks, by id; None is the operator, from whom nothing is hidden. No door but the command line has
    one: whoever comes through another is somebody.
    """

    installation: Installation
    known: Knowing
    now: Knowing
    find: Resolver
    called: Called
    viewer: str | None
    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def past(self) -> bool:
        """Whether another day or moment than now is asked about."""
        return self.as_of is not None or self.known_at is not None

    def there(self, kind: str, one: str) -> Any:
        """Something as it was at the day and moment asked about; `BadInput` if it was not known then."""
        found = getattr(self.known, kind)(one)
        if found is None:
            want = f"it was not known at {self.known_at}; ask about a later moment"
            raise BadInput(kind, [Fault(kind, self.called.label(kind, one), want)])
        return found

    def day(self, programme: str | None = None) -> date:
        """The day asked about: as said, else today in a programme's time zone."""
        return self.as_of or today(self.installation, self.known, programme).on

    def only_programme(self) -> str | None:
        """The only programme there is: whose day it is, where no other is in question."""
        found = self.find.all("programme")
        return found[0] if len(found) == 1 else None

    def names_in(self, sentence: str, may_name: MayName) -> str:
        """A sentence with names for ids; of people only those who may be named."""
        return in_names(sentence, self.called, may_name)

    def may(self, question: str, scope: Scope = ANYWHERE) -> None:
        """Raise `Refused` unless the viewer may ask this about that; whether they may is a matter of today."""
        self.installation.engine.may_ask(self.now, question, self.viewer, scope)

    def allowed(self, question: str, scope: Scope) -> bool:
        """The same as an answer: for one row of many."""
        return allowed(question, self.installation.engine.standing(self.now, self.viewer, scope))


@contextmanager
def asking(
    installation: Installation, viewer: str | None, *, as_of: date | None = None, known_at: datetime | None = None,
    command_line: bool = False, writing: Writing = AS_RECORDED,
) -> Iterator[Question]:  # fmt: skip
    """Answer questions of `viewer` (an id) in one snapshot; about another day or moment if asked.

    On the command line whoever types can open the store: what is typed may mean anybody. Through another door it
    means people of whom the viewer may be told, and others by their whole id or address alone. `writing`: how the
    door writes days and rows.
    """
    with ExitStack() as stack:
        now = stack.enter_context(installation.engine.knowing())
        called = Called(now, installation.vault, writing)
        find = resolver(installation, now, called, viewer, command_line=command_line)
        known = now
        if as_of or known_at:
            known = stack.enter_context(installation.engine.knowing(as_of=as_of, known_at=known_at))
        yield Question(installation, known, now, find, called, viewer, as_of, known_at)


def resolver(
    installation: Installation, now: Knowing, called: Called, viewer: str | None, *, command_line: bool = False
) -> Resolver:
    """What finds ids for what somebody typed."""
    reading = installation.store.reading
    if viewer is None or command_line:
        return Resolver(now, called, reading, command_line=command_line)

    def may(question: str, scope: Scope = ANYWHERE) -> bool:
        return allowed(question, installation.engine.standing(now, viewer, scope))

    def told(person: str) -> bool:
        return may("person show", Scope("person", person))

    return Resolver(now, called, reading, told=told, by_name=may("person list"))


def today(installation: Installation, known: Knowing, programme: str | None = None) -> Happened:
    """This day and minute in a programme's time zone; UTC without one."""
    found = known.programme(programme) if programme else None
    return local_day(installation.clock.now(), found.time_zone if found else "UTC")
