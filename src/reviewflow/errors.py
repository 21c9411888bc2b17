"""What can go wrong, split by whose fault it is. Data first; the sentence is made from the data.

The core knows no exit code and no HTTP status: the doors map these classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class ReviewflowError(Exception):
    """The root of every error that a door is expected to show to a person."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """One requirement that is not met: why not, who can meet it, by when, who may waive it."""

    code: str
    sentence: str
    who: tuple[str, ...] = ()
    by_when: str | None = None
    waivable_by: tuple[str, ...] = ()
    source: str | None = None

    def __str__(self) -> str:
        parts = [f"{self.sentence} [{self.code}]"]
        if self.who:
            parts.append(f"can be met by: {', '.join(self.who)}")
        if self.by_when:
            parts.append(f"by {self.by_when}")
        if self.waivable_by:
            parts.append(f"may be waived by: {', '.join(self.waivable_by)}")
        return "; ".join(parts)


class Refused(ReviewflowError):
    """The answer is no, and nothing changed: every unmet requirement, not only the first."""

    def __init__(self, what: str, unmet: Iterable[Unmet]) -> None:
        """`what` names what was asked, as in "schedule_visit of hazel-2026-1"."""
        self.what = what
        self.unmet = tuple(unmet)
        super().__init__(what, self.unmet)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the unmet requirements, in the order they were found."""
        return tuple(u.code for u in self.unmet)

    def __str__(self) -> str:
        return "\n".join([f"{self.what}: refused", *(f"  - {u}" for u in self.unmet)])


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was given: where, what was got, what was expected."""

    where: str
    got: str
    want: str

    def __str__(self) -> str:
        got = f"got {self.got}; " if self.got else ""
        return f"{self.where}: {got}{self.want}" if self.where else f"{got}{self.want}"


_UNHELD = re.compile("[\0\ud800-\udfff]")


def unheld(where: str, text: str) -> Fault | None:
    """The fault of a text that no database holds: half of a surrogate pair, or U+0000. None for any other.

    A byte that is no UTF-8 comes from a command line or an environment as half of a pair (PEP 383).
    """
    found = _UNHELD.search(text)
    if found is None:
        return None
    place = f"as character {found.start() + 1}"
    match ord(found[0]):
        case 0:
            return Fault(where, f"U+0000 {place}", "want a text without it")
        case half if 0xDC80 <= half <= 0xDCFF:  # noqa: PLR2004 - the halves that stand for bytes
            return Fault(where, f"the byte 0x{half - 0xDC00:02X} {place}", "want UTF-8")
        case half:
            return Fault(where, f"U+{half:04X} {place}", "want whole characters; this is half of a surrogate pair")


class BadInput(ReviewflowError):
    """What was given cannot be read as what it should be: every fault with its place."""

    def __init__(self, what: str, faults: Iterable[Fault]) -> None:
        """`what` names the thing read, as in "the form of schedule_visit" or a file's name."""
        self.what = what
        self.faults = tuple(faults)
        super().__init__(what, self.faults)

    def __str__(self) -> str:
        return "\n".join([f"{self.what}:", *(f"  - {f}" for f in self.faults)])


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """One fault of a workflow definition; line and column count from 1 (0: no place known)."""

    line: int
    column: int
    path: str
    got: str
    want: str

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line else ""
        path = f"{self.path}: " if self.path else ""
        got = f"got {self.got}; " if self.got else ""
        return f"{place}{path}{got}{self.want}"


class BadDefinition(ReviewflowError):
    """A workflow definition is wrong: its author's to mend. Every fault, in the order of the file."""

    def __init__(self, name: str, faults: Sequence[DefinitionFault]) -> None:
        """`name` is the file or the workflow."""
        self.name = name
        self.faults = tuple(faults)
        super().__init__(name, self.faults)

    def __str__(self) -> str:
        return "\n".join(f"{self.name}:{f}" for f in self.faults) or self.name


class StreamMoved(ReviewflowError):
    """Somebody else was first: what the decision had read has changed. Nobody's fault; try again."""

    def __init__(self, moved: dict[str, tuple[int, int]] | None = None) -> None:
        """`moved`: key -> (version that was read, version that is there now)."""
        self.moved = dict(moved or {})
        super().__init__(self.moved)

    def __str__(self) -> str:
        keys = ", ".join(f"{k} (read at {r}, now {n})" for k, (r, n) in sorted(self.moved.items()))
        told = "somebody else changed this meanwhile, nothing was written; look again and retry"
        return f"{told}: {keys}" if keys else told


class ImpossibleHistory(ReviewflowError):
    """An event that cannot follow what stands before it: tampering, or a bug of ours."""

    def __init__(self, stream: str, version: int, why: str) -> None:
        """The place in the log, and why the event cannot stand there."""
        self.stream, self.version, self.why = stream, version, why
        super().__init__(stream, version, why)

    def __str__(self) -> str:
        return f"impossible history: {self.stream} version {self.version}: {self.why}"


class IntegrityBroken(ReviewflowError):
    """Stored bytes are not what they were: names the first position that differs."""

    def __init__(self, position: int, why: str) -> None:
        """`position` counts from 1; `why` says what differs."""
        self.position, self.why = position, why
        super().__init__(position, why)

    def __str__(self) -> str:
        return f"integrity broken at position {self.position}: {self.why}"


class StoreUnreachable(ReviewflowError):
    """The store or the vault cannot be opened, read or written."""

    def __init__(self, what: str, why: str, remedy: str = "") -> None:
        """`what` is the store, `why` the cause, `remedy` what to do about it."""
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(what, why, remedy)

    def __str__(self) -> str:
        return f"{self.what}: {self.why}" + (f"; {self.remedy}" if self.remedy else "")


class StoreMoved(StoreUnreachable):
    """The store was moved elsewhere (`store copy`): it is not to be waited for, and nothing goes on here."""


class ConnectionLost(StoreUnreachable):
    """The connection broke while something was under way: it may or may not have been done.

    A command is safe to try again under the same id: it is done once, and answered the same.
    """
