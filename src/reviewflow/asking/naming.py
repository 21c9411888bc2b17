"""What a person typed, as the id that is meant: an id, a unique beginning of one, a handle, an address, a name.

Where it could mean several things nothing is guessed: the error lists them, and nobody in it whom whoever asks may
not be told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from reviewflow.asking.in_names import MayName, anybody
from reviewflow.calling import Called
from reviewflow.errors import BadInput, Fault
from reviewflow.events import is_id
from reviewflow.knowing import Knowing
from reviewflow.registry.names import shown, tidy

if TYPE_CHECKING:
    # The views and SQLAlchemy are loaded only for what the log alone does not tell.
    from reviewflow.views.finding import Kind

SHORTEST: Final = 4
"""Fewer characters are no beginning: too easily they mean something else tomorrow."""
_MOST_LISTED: Final = 10

SETS: Final[dict[Kind, str]] = {
    "person": "people", "partnership": "partnerships", "programme": "programmes", "cycle": "cycles",
}  # fmt: skip
"""Kind -> the set that all streams of it touch."""


class Found(NamedTuple):
    """One thing that a text can mean."""

    id: str
    label: str

    def __str__(self) -> str:
        return f"{self.label} ({self.id})"


class Resolver:
    """Finds the id that is meant, over what is known now: a handle means today what it always meant."""

    def __init__(
        self, known: Knowing, called: Called, reading: Callable[[], AbstractContextManager[Any]], *,
        command_line: bool = False, told: MayName = anybody, by_name: bool = True,
    ) -> None:  # fmt: skip
        """`called` opens the names of people; `reading` opens a connection for questions to views.

        `command_line`: errors speak of its options and commands. `told`: of which people whoever asks may be told;
        others are found by a whole id or address alone. `by_name`: whether people are found by their names, for which
        everybody's is opened.
        """
        self.known, self.called, self.reading = known, called, reading
        self.command_line, self.told, self.by_name = command_line, told, by_name

    def over(self, known: Knowing, called: Called) -> Resolver:
        """The same over another knowledge of now."""
        return Resolver(
            known, called, self.reading, command_line=self.command_line, told=self.told, by_name=self.by_name
        )

    def option(self, name: str) -> str:
        """How errors call something that may be given beside a question: `person`, or `--person`."""
        return f"--{name}" if self.command_line else name

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

    def programme_or_only(self, typed: str | None, where: str | None = None) -> str:
        """The id of a programme; where nothing was typed, the only one there is."""
        where = where or self.option("programme")
        if typed is not None:
            return self.programme(typed, where)
        found = self.all("programme")
        if len(found) == 1:
            return found[0]
        listed = "; ".join(str(Found(one, self.called.programme(one))) for one in found[:_MOST_LISTED])
        first = f"set one up first{self._see('programme add', ': ')}"
        want = f"say which programme: there are {len(found)}: {listed}" if found else first
        raise BadInput("programme", [Fault(where, "nothing", want)])

    def cycle(self, typed: str, where: str = "cycle") -> str:
        """The id of a cycle."""
        return self._one("cycle", typed, where)

    def place(self, typed: str, where: str = "in") -> tuple[str, str]:
        """Kind and id of an organisation, a partnership or a programme."""
        kinds: tuple[Kind, ...] = ("organisation", "partnership", "programme")
        hits = self._hits(kinds, typed)
        if len(hits) == 1:
            return hits[0][0], hits[0][1].id
        raise self._unclear(
            "organisation, partnership or programme", typed, where, [one for _, one in hits], "organisation"
        )

    def anyone(self, typed: str, where: str = "other") -> str:
        """The id of a person or an organisation."""
        found = [one for _, one in self._hits(("person", "organisation"), typed)]
        if len(found) == 1:
            return found[0].id
        raise self._unclear("person or organisation", typed, where, found, "person")

    def anything(self, typed: str, where: str) -> tuple[Kind, str]:
        """Kind and id of whatever this is."""
        kinds: tuple[Kind, ...] = ("cycle", "organisation", "partnership", "programme", "person")
        hits = self._hits(kinds, typed)
        if len(hits) == 1:
            return hits[0][0], hits[0][1].id
        what = "cycle, person, organisation, partnership or programme"
        raise self._unclear(what, typed, where, [one for _, one in hits], "cycle")

    def _hits(self, kinds: Sequence[Kind], typed: str) -> list[tuple[Kind, Found]]:
        """Everything of these kinds that a text can mean; a whole id or handle means nothing else."""
        if _is_text(typed):
            for kind in kinds:
                whole = self._whole(kind, typed.strip().lower())
                if whole is not None:
                    return [(kind, Found(whole, self.called.label(kind, whole)))]
        return [(kind, one) for kind in kinds for one in self.look(kind, typed)]

    def _one(self, kind: Kind, typed: str, where: str) -> str:
        found = self.look(kind, typed)
        if len(found) == 1:
            return found[0].id
        raise self._unclear(kind, typed, where, found, kind)

    def _unclear(self, what: str, typed: str, where: str, found: list[Found], kind: str) -> BadInput:
        if found:
            shown_ones = "; ".join(str(one) for one in found[:_MOST_LISTED])
            more = f" and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
            return BadInput(
                what, [Fault(where, shown(typed), f"this could be {len(found)}: {shown_ones}{more}; give the id")]
            )
        want = f"no such {what}{self._see(f'{kind} list')}"
        if 0 < len(typed.strip()) < SHORTEST:
            want += f" (the beginning of an id or handle needs {SHORTEST} characters)"
        if "person" in what and not self.called.vault.readable:
            want += " (the master key is not at hand, so names and addresses cannot be looked up: give the id)"
        return BadInput(what, [Fault(where, shown(typed), want)])

    def _see(self, command: str, begin: str = "; see: ") -> str:
        return f"{begin}reviewflow {command}" if self.command_line else ""

    def look(self, kind: Kind, typed: str) -> list[Found]:
        """Everything of a kind that a text can mean; one if it is certain."""
        typed = typed.strip()
        if not typed or not _is_text(typed):
            return []
        whole = self._whole(kind, typed.lower())
        if whole is not None:
            return [Found(whole, self.called.label(kind, whole))]
        from reviewflow.views.finding import find

        with self.reading() as connection:
            found = find(connection, kind, typed, _MOST_LISTED + 1)
        certain = len(found) == 1 and self._is_whole(kind, found[0], typed)
        if not certain:
            beginnings = [one for one in found if kind != "person" or self.told(one)] if len(typed) >= SHORTEST else []
            found = list(dict.fromkeys([*beginnings, *self._named(kind, typed)]))
        return [Found(one, self.called.label(kind, one)) for one in found]

    def _whole(self, kind: Kind, lower: str) -> str | None:
        """The one whose whole id or handle this is, as the log itself knows it; None if that is not certain."""
        if is_id(lower) and getattr(self.known, kind)(lower) is not None:
            return lower
        if kind == "person":
            return None
        begin = f"{kind}-"
        found = [one.removeprefix(begin) for one in self.known.by_handle(lower) if one.startswith(begin)]
        return found[0] if len(found) == 1 else None

    def _is_whole(self, kind: Kind, one: str, typed: str) -> bool:
        """Whether this is the whole id, handle or identity, and not only how it begins."""
        lower = typed.lower()
        folded = getattr(self.known, kind)(one)
        if lower in (one, getattr(folded, "handle", None)):
            return True
        return kind == "organisation" and not one.startswith(lower) and not folded.handle.startswith(lower)

    def _named(self, kind: Kind, typed: str) -> Iterator[str]:
        """Those whose address or name this is."""
        wanted = tidy(typed).casefold()
        match kind:
            case "person":
                owner = self.known.email_owner(typed) if "@" in typed and self.called.vault.readable else None
                if owner:
                    yield owner
                    return  # an address is one person's: no need to open everybody's name
                if not self.by_name:
                    return
                from reviewflow.views.people import list_people

                with self.reading() as connection:
                    everyone = list_people(connection)
                for row in everyone:
                    same = row.name is not None and tidy(self.called.kept(row.name)).casefold() == wanted
                    if same and self.told(row.id):
                        yield row.id
            case "organisation":
                from reviewflow.views.organisations import list_organisations

                with self.reading() as connection:
                    alike = list_organisations(connection, name=typed)
                yield from (row.id for row in alike if row.name.casefold() == wanted)
            case "partnership" | "programme":
                for one in self.all(kind):
                    if self.called.label(kind, one).casefold() == wanted:
                        yield one

    def all(self, kind: Kind) -> list[str]:
        """The ids of all people, partnerships, programmes or cycles."""
        return [stream.removeprefix(f"{kind}-") for stream in self.known.touching(SETS[kind])]


def _is_text(typed: str) -> bool:
    try:
        typed.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in typed
