"""What is known, read from one snapshot: folds of streams, cached by version, and a note of every key read.

A decision asks here; whatever it asked for is checked again when its events are appended. What earlier commands of
the same batch decided is known too, though nothing of it is stored yet: `take`. With `as_of` and `known_at` the same
questions are answered for another moment, without any cache.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from reviewflow.cycle import fold as cycles
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event, Recorded, Unsealed, decode
from reviewflow.ports import Record, Snapshot, Staged
from reviewflow.registry import calendars, organisations, partnerships, people, programmes, workflows
from reviewflow.registry.events import PersonChanged, PersonRegistered, WorkflowPublished
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.digest import load

T = TypeVar("T")


class _Kind(NamedTuple, Generic[T]):
    """How streams of one kind become what they say."""

    fold: Callable[..., T | None]
    evolve: Callable[[T | None, Recorded], T]


_PERSON = _Kind(people.fold_person, people.evolve_person)
_ORGANISATION = _Kind(organisations.fold_organisation, organisations.evolve_organisation)
_PARTNERSHIP = _Kind(partnerships.fold_partnership, partnerships.evolve_partnership)
_PROGRAMME = _Kind(programmes.fold_programme, programmes.evolve_programme)
_CALENDAR = _Kind(calendars.fold_calendars, calendars.evolve_calendars)
_WORKFLOW = _Kind(workflows.fold_workflow, workflows.evolve_workflow)
_CYCLE = _Kind(cycles.fold, cycles.evolve)

_KINDS: dict[str, _Kind[Any]] = {
    "person": _PERSON, "organisation": _ORGANISATION, "partnership": _PARTNERSHIP, "programme": _PROGRAMME,
    "calendar": _CALENDAR, "workflow": _WORKFLOW, "cycle": _CYCLE,
}  # fmt: skip


class Directory(Protocol):
    """Looks up what the log cannot be asked for, because it is sealed there."""

    def by_email(self, keyed: str) -> str | None:
        """The id of the person whose address has this keyed hash."""


class Kept:
    """Folded streams of one life of the store, by stream and version; the least used are dropped. For all threads."""

    def __init__(self, most: int) -> None:
        """`most` streams are kept."""
        self.most = most
        self._kept: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, stream: str) -> tuple[int, Any]:
        """Version and fold of a stream; (0, None) if not kept."""
        with self._lock:  # what one thread finds another may drop before it is moved
            found = self._kept.get(stream)
            if found is None:
                return 0, None
            self._kept.move_to_end(stream)
            return found

    def put(self, stream: str, version: int, folded: Any) -> None:
        """Keep a fold."""
        with self._lock:
            self._kept[stream] = (version, folded)
            self._kept.move_to_end(stream)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)


class Folds:
    """What this process keeps from one command to the next: folded streams above all."""

    def __init__(self, most: int = 4096) -> None:
        """`most` streams are kept."""
        self.most = most
        self._now = (0, Kept(most))
        self.definitions: dict[str, Definition] = {}
        self._asked: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = Lock()

    def of(self, life: int) -> Kept:
        """Those of one life of the store (`Snapshot.life`): in another a stream may have other events at a version."""
        now, kept = self._now
        if life == now:
            return kept
        kept = Kept(self.most)
        if life > now:
            self._now = (life, kept)
        return kept

    def asked_before(self, cause: str) -> tuple[str, ...]:
        """What such a command read the last time: a guess at what it will read, to fetch it in one question."""
        return self._asked.get(cause, ())

    def remember(self, cause: str, keys: Iterable[str]) -> None:
        """Remember what a command read."""
        with self._lock:
            self._asked[cause] = tuple(keys)
            self._asked.move_to_end(cause)
            if len(self._asked) > self.most:
                self._asked.popitem(last=False)


def recorded(record: Record) -> Recorded:
    """A stored record as an event with its place."""
    event = decode(record.topic, record.body, record.position)
    return Recorded(record.position, record.recorded_at, record.stream, record.version, event)


class Knowing:
    """Implements `cycle.setting.Known` over one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        folds: Folds,
        email_key: Callable[[str], str],
        directory: Directory | None = None,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> None:
        """`email_key` gives the keyed hash under which the directory keeps an address."""
        self.snapshot, self.folds = snapshot, folds
        self.life = snapshot.life()
        self._kept = folds.of(self.life)
        self.email_key, self.directory = email_key, directory
        self.as_of, self.known_at = as_of, known_at
        self.reads: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._seen: dict[str, Any] = {}
        self._unstored: dict[str, list[Recorded]] = {}
        self._touched: dict[str, list[str]] = {}
        self._addresses: dict[str, str] = {}
        self.permitted: dict[Any, tuple[people.Person, set[str]]] = {}
        """Who was let through by the permission table, as they were then, in which roles; kept by whoever asks it."""

    @property
    def present(self) -> bool:
        """Whether this is about now, as now known."""
        return self.as_of is None and self.known_at is None

    def person(self, id: str) -> people.Person | None:  # noqa: A002 - the port's word
        """A person of the registry."""
        return self._fold(f"person-{id}", _PERSON)

    def organisation(self, id: str) -> organisations.Organisation | None:  # noqa: A002
        """An organisation."""
        return self._fold(f"organisation-{id}", _ORGANISATION)

    def partnership(self, id: str) -> partnerships.Partnership | None:  # noqa: A002
        """A partnership."""
        return self._fold(f"partnership-{id}", _PARTNERSHIP)

    def programme(self, id: str) -> programmes.Programme | None:  # noqa: A002
        """A programme."""
        return self._fold(f"programme-{id}", _PROGRAMME)

    def calendar(self, owner: str) -> calendars.Calendars | None:
        """What an owner published."""
        return self._fold(f"calendar-{owner}", _CALENDAR)

    def workflow(self, name: str) -> workflows.Published | None:
        """The published editions of a workflow."""
        return self._fold(f"workflow-{name}", _WORKFLOW)

    def cycle(self, cycle_id: str) -> Cycle | None:
        """A cycle."""
        return self._fold(f"cycle-{cycle_id}", _CYCLE)

    def cycle_records(self, cycle_id: str) -> list[Recorded]:
        """The events of a cycle, as known at the moment asked about."""
        return self.records(f"cycle-{cycle_id}")

    def records(self, stream: str) -> list[Recorded]:
        """The events of any stream, as known at the moment asked about."""
        self._note([stream])
        return self._records(stream)

    def stored(self, stream: str) -> list[Recorded]:
        """The events of a stream that are stored, and nothing noted as read."""
        return [recorded(r) for r in self.snapshot.stream(stream)]

    def by_identity(self, scheme: str, value: str) -> list[str]:
        """Organisations that have or had an identity."""
        return [s.removeprefix("organisation-") for s in self.touching(f"identity:{scheme}:{value}")]

    def by_handle(self, handle: str) -> list[str]:
        """Streams with a handle."""
        return self.touching(f"handle:{handle}")

    def touching(self, set_name: str) -> list[str]:
        """Streams whose events touched a named set."""
        self._note([set_name])
        found = self.snapshot.touching(set_name) if self.reads[set_name] else []
        more = self._touched.get(set_name)
        return sorted({*found, *more}) if more else found

    def touches(self, set_name: str) -> int:
        """How many events touched a named set."""
        self._note([set_name])
        return self.reads[set_name] + len(self._touched.get(set_name, ()))

    def email_owner(self, email: str) -> str | None:
        """The person with an address."""
        self._note(["people"])
        keyed = self._keyed(email)
        for person, address in self._addresses.items():
            if address == keyed:
                return person
        found = self.directory.by_email(keyed) if self.directory else None
        return None if found in self._addresses else found  # they have another address by now

    def _keyed(self, email: str) -> str:
        return self.email_key(email.strip().casefold())

    def definition(self, digest: str) -> Definition:
        """The definition of a published digest. It never changes, so nothing is noted as read."""
        kept = self.folds.definitions.get(digest)
        if kept is None:
            document = self._document(digest)
            if document is None:
                raise LookupError(f"no definition with digest {digest[:12]} is published here")
            kept = self.folds.definitions[digest] = load(document, digest)
        return kept

    def _document(self, digest: str) -> dict[str, Any] | None:
        for stream in (*self.snapshot.touching("workflows"), *self._touched.get("workflows", ())):
            for one in (*self.stored(stream), *self._unstored.get(stream, ())):
                if isinstance(one.event, WorkflowPublished) and one.event.digest == digest:
                    return one.event.document
        return None

    def preload(self, keys: Iterable[str]) -> None:
        """Fetch versions that will probably be asked for, in one question; only asking notes them as read."""
        missing = [key for key in keys if key not in self._heads]
        if missing:
            self._heads.update(self.snapshot.heads(missing))

    def head(self, stream: str) -> int:
        """The version of a stream; noted as read."""
        if stream not in self.reads:
            self._note([stream])
        unstored = self._unstored.get(stream)
        return unstored[-1].version if unstored else self.reads[stream]

    def keep(self, cycle: Cycle) -> Cycle:
        """Keep a cycle as it was stored just now, so that the next command need not read it again."""
        self._kept.put(cycle.stream, cycle.version, cycle)
        return cycle

    def take(self, staged: Sequence[Staged], placed: Sequence[Recorded], decided: Iterable[Event]) -> None:
        """From now on these events are known as well, though not stored; `decided` are the same before sealing."""
        for one, place, event in zip(staged, placed, decided, strict=True):
            stream = one.stream
            if one.after is not None:
                self._seen[stream] = one.after
            elif stream in self._seen:
                self._seen[stream] = self.evolve(self._seen[stream], place)
            self._unstored.setdefault(stream, []).append(place)
            for key in dict.fromkeys(one.touches):
                self._touched.setdefault(key, []).append(stream)
            if isinstance(event, PersonRegistered | PersonChanged) and isinstance(event.email, Unsealed):
                self._addresses[stream.removeprefix("person-")] = self._keyed(event.email.text)

    def evolve(self, before: Any, one: Recorded, more: Iterable[Recorded] = ()) -> Any:
        """What a stream is after one more event; `more` are events before it that nobody was told of yet."""
        kind, _, _ = one.stream.partition("-")
        if kind != "cycle":
            return _KINDS[kind].evolve(before, one)

        def earlier() -> Iterable[Recorded]:
            known = (*self._records(one.stream), *more)
            return [r for r in known if r.stream == one.stream and r.version < one.version]

        return cycles.evolve(before, one, earlier)

    def _note(self, keys: list[str]) -> None:
        missing = [key for key in keys if key not in self.reads]
        if missing:
            self.preload(missing)
            for key in missing:
                self.reads[key] = self._heads[key]

    def _records(self, stream: str) -> list[Recorded]:
        records = self.snapshot.stream(stream) if self.reads.get(stream) != 0 else []
        if self.known_at is not None:
            records = [r for r in records if r.recorded_at <= self.known_at]
        return [*map(recorded, records), *self._unstored.get(stream, ())]

    def _fold(self, stream: str, kind: _Kind[T]) -> T | None:
        folded: T | None
        if stream in self._seen:
            folded = self._seen[stream]
            return folded
        if not self.present:
            folded = self._past(stream, kind)
        else:
            self._note([stream])
            version, folded = self._kept.get(stream)
            head = self.reads[stream]
            if version != head:
                folded = self._catch_up(stream, version if version < head else 0, folded, kind)
                self._kept.put(stream, head, folded)
            for one in self._unstored.get(stream, ()):
                folded = self.evolve(folded, one)
        self._seen[stream] = folded
        return folded

    def _catch_up(self, stream: str, version: int, folded: T | None, kind: _Kind[T]) -> T | None:
        """The fold brought forward from the version it was kept at; 0 means from the beginning."""
        if not version:
            return kind.fold([recorded(r) for r in self.snapshot.stream(stream)])
        for record in self.snapshot.stream(stream, version):
            folded = self.evolve(folded, recorded(record))
        return folded

    def _past(self, stream: str, kind: _Kind[T]) -> T | None:
        if stream.startswith("cycle-"):
            return kind.fold(self._records(stream), as_of=self.as_of)
        # The registry's folds are dated themselves: their questions take the day.
        return kind.fold(self._records(stream))
