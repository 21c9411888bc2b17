"""What a person typed, as the id that is meant: an id, a unique beginning of one, a handle, an address, a name.

Where it could mean several things nothing is guessed: the error lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from reviewflow.cli.calling import Called
from reviewflow.errors import BadInput, Fault
from reviewflow.knowing import Knowing
from reviewflow.registry.names import shown, tidy

ID: Final = re.compile(r"[a-z2-7]{16}", re.ASCII)
_BEGINNING: Final = re.compile(r"[a-z2-7]{4,15}", re.ASCII)
_IDENTITY: Final = re.compile(r"([a-z][a-z0-9-]*):(\S+)", re.ASCII)
_MOST_LISTED: Final = 10

SETS: Final = {
    "person": "people", "partnership": "partnerships", "programme": "programmes",
    "cycle": "cycles", "organisation": "organisations",
}  # fmt: skip
"""Kind -> the set that all streams of it touch."""


class Found(NamedTuple):
    """One thing that a text can mean."""

    id: str
    label: str

    def __str__(self) -> str:
        return f"{self.label} ({self.id})"


class Beginnings(Protocol):
    """Finds ids by how they begin, and organisations by name: what the log's sets cannot tell quickly."""

    def beginning(self, kind: str, start: str) -> list[str]:
        """Ids of a kind that begin like this."""

    def named(self, kind: str, name: str) -> list[str]:
        """Ids of a kind with this public name."""


class Resolver:
    """Finds the id that is meant, over what is known now: a handle means today what it always meant."""

    def __init__(self, known: Knowing, called: Called, beginnings: Beginnings) -> None:
        """`called` opens the names of people, `beginnings` finds what has no handle."""
        self.known, self.called, self.beginnings = known, called, beginnings

    def person(self, typed: str, where: str = "person") -> str:
        """The id of a person."""
        return self._one("person", typed, where)

    def organisation(self, typed: str, where: str = "organisation") -> str:
        """The id of an organisation."""
        return self._one("organisation", typed, where)

    def partnership(self, typed: str, where: str = "partnership") -> str:
        """The id of a partnership."""
        return self._one("partnership", typed, where)

    def programme(self, typed: str, where: str = "programme") -> str:
        """The id of a programme."""
        return self._one("programme", typed, where)

    def cycle(self, typed: str, where: str = "cycle") -> str:
        """The id of a cycle."""
        return self._one("cycle", typed, where)

    def place(self, typed: str, where: str = "in") -> tuple[str, str]:
        """Kind and id of an organisation, a partnership or a programme."""
        kinds = ("organisation", "partnership", "programme")
        found = {kind: self.look(kind, typed) for kind in kinds}
        hits = [(kind, one) for kind in kinds for one in found[kind]]
        if len(hits) == 1:
            return hits[0][0], hits[0][1].id
        raise self._unclear("organisation, partnership or programme", typed, where, [one for _, one in hits], "organisation")

    def _one(self, kind: str, typed: str, where: str) -> str:
        found = self.look(kind, typed)
        if len(found) == 1:
            return found[0].id
        raise self._unclear(kind, typed, where, found, kind)

    def _unclear(self, what: str, typed: str, where: str, found: list[Found], kind: str) -> BadInput:
        if found:
            shown_ones = "; ".join(str(one) for one in found[:_MOST_LISTED])
            more = f" and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
            return BadInput(what, [Fault(where, shown(typed), f"this could be {len(found)}: {shown_ones}{more}; give the id")])
        want = f"no such {what}; see: reviewflow {kind} list"
        if 0 < len(typed) < 4 and ID.fullmatch(typed.ljust(16, "a")):  # noqa: PLR2004 - the shortest beginning
            want += " (the beginning of an id needs 4 characters)"
        return BadInput(what, [Fault(where, shown(typed), want)])

    def look(self, kind: str, typed: str) -> list[Found]:
        """Everything of a kind that a text can mean: an id or handle alone if it is one, else all that fits."""
        typed = typed.strip()
        exact = self._exact(kind, typed)
        if exact:
            return [Found(exact, self.called.label(kind, exact))]
        found = dict.fromkeys(self._fitting(kind, typed))
        return [Found(one, self.called.label(kind, one)) for one in found]

    def _exact(self, kind: str, typed: str) -> str | None:
        if ID.fullmatch(typed) and self._exists(kind, typed):
            return typed
        if kind != "person":
            ours = [s for s in self.known.by_handle(typed) if s.startswith(f"{kind}-")] if _is_word(typed) else []
            if len(ours) == 1:
                return ours[0].removeprefix(f"{kind}-")
        return None

    def _fitting(self, kind: str, typed: str) -> Iterator[str]:
        if kind == "organisation":
            if typed.isascii() and typed.isdigit():
                yield from self.known.by_identity("urn", typed)
            elif identity := _IDENTITY.fullmatch(typed):
                yield from self.known.by_identity(identity[1], identity[2])
        if kind == "person" and "@" in typed:
            owner = self.known.email_owner(typed) if self.called.vault.readable and _is_text(typed) else None
            if owner:
                yield owner
        if _BEGINNING.fullmatch(typed):
            yield from self.beginnings.beginning(kind, typed)
        if typed and kind == "person":
            wanted = tidy(typed).casefold()
            yield from (one for one in self.all("person") if tidy(self.called.person(one)).casefold() == wanted)
        elif typed and kind != "cycle":
            yield from self.beginnings.named(kind, tidy(typed))

    def all(self, kind: str) -> list[str]:
        """The ids of everything of a kind."""
        return [stream.removeprefix(f"{kind}-") for stream in self.known.touching(SETS[kind])]

    def _exists(self, kind: str, one: str) -> bool:
        return getattr(self.known, kind)(one) is not None


def _is_word(typed: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,120}", typed, re.ASCII) is not None


def _is_text(typed: str) -> bool:
    try:
        typed.encode()
    except UnicodeEncodeError:
        return False
    return True
