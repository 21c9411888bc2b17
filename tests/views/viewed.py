"""A log with views, filled with events directly: no engine, no vault, and a sealing that tests can look through."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from kit.clock import FixedClock
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import evolve
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event, Happened, Recorded, Sealed, encode
from reviewflow.ports import Append, Record, Staged
from reviewflow.registry import events as reg
from reviewflow.store.memory import MemoryStore
from reviewflow.views.assembled import Views, all_views
from reviewflow.workflow.definition import Definition

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
DAY = date(2026, 9, 7)
DIGEST = "d" * 64

DEFINITION = Definition.model_validate(
    {
        "workflow": "invented-review",
        "title": "An invented review",
        "edition": "1",
        "subject": "organisation",
        "roles": {
            "head": {"title": "Head", "held_in": "subject"},
            "partnership_lead": {"title": "Lead", "held_in": "partnership"},
            "administrator": {"title": "Administrator", "held_in": "programme"},
            "reviewer": {"title": "Reviewer", "assigned": "0..3", "offered_by": ("partnership_lead",)},
        },
        "stages": {"work": {"title": "Work", "states": {
            "drafting": {"title": "Drafting", "initial": True}, "reviewing": {"title": "Reviewing"},
        }}},
        "states": {"done": {"title": "Done", "final": True}, "paused": {"title": "Paused", "side": True}},
        "forms": {"opening": {
            "leader": {"type": "person", "optional": True}, "motto": {"type": "text", "plain": True},
        }},
        "opens": {"title": "Open", "to": "work.drafting", "by": ("partnership_lead",), "form": "opening"},
        "transitions": {
            "start": {"title": "Start", "from": "work.drafting", "to": "work.reviewing",
                      "by": ("head", "opens.leader")},
            "finish": {"title": "Finish", "from": "work.reviewing", "to": "done", "by": ("partnership_lead",),
                       "with": ("head",)},
            "pause": {"title": "Pause", "from": "active", "to": "paused", "by": ("administrator",)},
            "resume": {"title": "Resume", "from": "paused", "to": "return", "by": ("administrator",)},
        },
        "acts": {
            "look": {"title": "Look", "in": "work.reviewing", "by": ("reviewer", "opens.motto"),
                     "due": ({"days": 5, "from_day_of": "start"}, {"days": 9, "from_day_of": "start"})},
            "speak": {"title": "Speak", "in": "paused", "by": ("anyone",), "due": {"days": 5, "from_day_of": "pause"}},
        },
    }
)  # fmt: skip


def definitions(digest: str) -> Definition:
    assert digest == DIGEST
    return DEFINITION


class Sealing:
    """Boxes that do not show the text, as real ones; opened by whoever has this object."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._salts = count()

    def __call__(self, text: str) -> Sealed:
        box = hashlib.sha256(f"{next(self._salts)} {text}".encode()).hexdigest()
        self.texts[box] = text
        return Sealed(box=box, commit="c" * 64, length=len(text))

    def keyed(self, address: str) -> str:
        return hashlib.sha256(f"a key of the vault {address.strip().casefold()}".encode()).hexdigest()

    def address_keys(self, _: Record, event: Event) -> str | None:
        assert isinstance(event, reg.PersonRegistered | reg.PersonChanged)
        return self.keyed(self.texts[event.email.box]) if isinstance(event.email, Sealed) else None


class Log:
    """What happened, appended to a store whose views follow."""

    def __init__(self, make_store: Any = MemoryStore) -> None:
        self.seal = Sealing()
        self.views: Views = all_views(definitions, self.seal.address_keys)
        self.clock = FixedClock(NOON)
        self.store = make_store(self.clock, self.views.synchronous)
        self.cycles: dict[str, Cycle] = {}
        self.past: dict[str, list[Recorded]] = {}
        self.versions: dict[str, int] = {}
        self.staged: list[Staged] = []

    def said(self, on: date | str = DAY) -> dict[str, Any]:
        on = date.fromisoformat(on) if isinstance(on, str) else on
        return {
            "by": "ada", "role": "administrator", "entered_by": "ada", "door": "cli", "happened": Happened(on=on),
            "cause": "a test",
        }  # fmt: skip

    def stage(self, stream: str, kind: type[Event], on: date | str = DAY, /, **fields: Any) -> Staged:
        """An event that will be appended with the others by `commit`."""
        event = kind(**self.said(on), **fields)
        version = self.versions.get(stream, 0) + 1
        after = None
        if isinstance(event, ev.CycleEvent):
            place = Recorded(0, NOON, stream, version, event)
            earlier = self.past.setdefault(stream, [])
            after = self.cycles[stream] = evolve(self.cycles.get(stream), place, lambda: earlier)
            earlier.append(place)
        self.versions[stream] = version
        staged = Staged(stream, version, event.topic, encode(event), event, event.touches(), after)
        self.staged.append(staged)
        return staged

    def commit(self) -> list[Record]:
        """Append what was staged, all or nothing."""
        staged, self.staged = self.staged, []
        return self.store.append(Append(staged, None, {}))

    def say(self, stream: str, kind: type[Event], on: date | str = DAY, /, **fields: Any) -> Record:
        self.stage(stream, kind, on, **fields)
        return self.commit()[-1]

    def ask(self, question: Any, *args: Any, **more: Any) -> Any:
        with self.store.reading() as connection:
            return question(connection, *args, **more)

    def position(self) -> int:
        with self.store.snapshot() as snapshot:
            return snapshot.position()

    def rows(self, table: Any) -> list[tuple[Any, ...]]:
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table.name: self.rows(table) for view in self.views.synchronous for table in view.tables}

    def programme(self, id_: str = "invented", **fields: Any) -> None:
        named = {"name": f"Programme {id_}", "handle": id_, "time_zone": "Europe/London"}
        self.say(f"programme-{id_}", reg.ProgrammeSetUp, **(named | fields))

    def school(self, id_: str, name: str | None = None, **fields: Any) -> None:
        given = {
            "kind": "school",
            "name": name or f"{id_.title()} School",
            "handle": f"{id_}-handle",
            "source": "entered",
        }
        self.say(f"organisation-{id_}", reg.OrganisationRegistered, **(given | fields))

    def partnership(self, id_: str, members: Iterable[str] = (), programme: str = "invented") -> None:
        named = {"name": f"Partnership {id_}", "handle": f"{id_}-handle", "programme": programme}
        self.say(f"partnership-{id_}", reg.PartnershipFormed, **named)
        for member in members:
            self.say(f"partnership-{id_}", reg.MembershipBegan, organisation=member)

    def person(self, id_: str, email: str | None = None) -> None:
        sealed = self.seal(email) if email else None
        self.say(f"person-{id_}", reg.PersonRegistered, person_name=self.seal(f"{id_.title()} Madeup"), email=sealed)

    def role(
        self, person: str, held: str, scope: str, kind: str, since: str = "2025-09-01", until: str | None = None
    ) -> None:
        self.say(
            f"person-{person}", reg.RoleGiven, grant=f"{person}-{held}-{scope}-{since}", held=held, scope=scope,
            scope_kind=kind, since=date.fromisoformat(since), until=date.fromisoformat(until) if until else None,
        )  # fmt: skip

    def forget(self, person: str, on: str = "2026-09-07") -> None:
        self.say(f"person-{person}", reg.PersonForgotten, on, reason="request")

    def opening(self, subject: str = "hazel", **fields: Any) -> dict[str, Any]:
        return {
            "workflow": "invented-review", "edition": "1", "digest": DIGEST, "to": "work.drafting",
            "programme": "invented", "partnership": "river", "subject": subject, "year": "2026-27", "number": 1,
            "handle": f"{subject}-2026-1",
        } | fields  # fmt: skip

    def open(self, id_: str = "one", subject: str = "hazel", on: str = "2026-09-07", **fields: Any) -> None:
        self.say(f"cycle-{id_}", ev.CycleOpened, on, **self.opening(subject, **fields))

    def take(self, step: str, origin: str, to: str, id_: str = "one", on: str = "2026-09-07", **fields: Any) -> None:
        self.say(f"cycle-{id_}", ev.TransitionTaken, on, step=step, origin=origin, to=to, **fields)

    def start(self, id_: str = "one", on: str = "2026-09-07") -> None:
        self.take("start", "work.drafting", "work.reviewing", id_, on)

    def offer(self, person: str, id_: str = "one", on: str = "2026-09-07") -> None:
        self.say(f"cycle-{id_}", ev.AssignmentOffered, on, assigned="reviewer", person=person)

    def accept(self, person: str, id_: str = "one", on: str = "2026-09-07") -> None:
        self.say(f"cycle-{id_}", ev.AssignmentAccepted, on, assigned="reviewer", person=person)
