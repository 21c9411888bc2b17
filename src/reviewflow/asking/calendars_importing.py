"""Publishing a calendar: a file of days becomes a command, and what it changes against the one of that name."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final, NamedTuple, cast

from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.registry.bank_holidays import NATIONS, Days, read_bank_holidays, read_days
from reviewflow.registry.commands import PublishCalendar
from reviewflow.registry.events import INSTALLATION, ScopeKind

BANK_HOLIDAYS: Final = "gov-uk-bank-holidays"
TABLE: Final = "table"


class Places(NamedTuple):
    """What a door calls what is typed beside the file: faults are told there."""

    owner: str = "owner"
    nation: str = "nation"


_PLACES: Final = Places()


def importing(
    question: Question, asked: Asked, data: bytes, *, owner: str | None = None, name: str | None = None,
    nation: str | None = None, what: str = "the file", places: Places = _PLACES,
) -> PublishCalendar:  # fmt: skip
    """The command. The format is told by how the file begins: GOV.UK's bank-holidays.json, or a table as CSV.

    `owner`: an organisation, a partnership or a programme as typed; without it, everybody. `nation`: which bank
    holidays of the file; without it, the programme's. `BadInput` with every fault of the file.
    """
    whole = owner in (None, INSTALLATION)
    kind, target = (INSTALLATION, INSTALLATION) if whole else question.find.place(str(owner), places.owner)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        of = nation or _nation(question, target)
        if of not in NATIONS:
            got = repr(of) if of else "nothing"
            raise BadInput("bank holidays", [Fault(places.nation, got, f"expected one of {', '.join(NATIONS)}")])
        days, source, called = Days(read_bank_holidays(data, of, what), {}), BANK_HOLIDAYS, f"bank-holidays-{of}"
    else:
        days, source, called = read_days(data, what), TABLE, "days"
    return PublishCalendar(
        asked=asked, calendar=name or called, owner=target, owner_kind=cast("ScopeKind", kind), closed=days.closed,
        named=days.named, source=source,
    )  # fmt: skip


def _nation(question: Question, owner: str) -> str | None:
    programme = question.now.programme(owner)
    return programme.nation if programme else None


def summary(command: PublishCalendar) -> dict[str, Any]:
    """What is published, in short."""
    return {
        "calendar": command.calendar,
        "owner": command.owner,
        "closed": len(command.closed),
        "named": sorted(command.named),
    }


def report(question: Question, command: PublishCalendar) -> dict[str, Any]:
    """All its days, and which come and go against the calendar of that name that is there; `before`: its source.

    The digest of `before` tells whether it is still the one that was looked at.
    """
    published = question.now.calendar(command.owner)
    there = published.published.get(command.calendar) if published else None
    before = _days(there.closed, there.named) if there else set()
    after = _days(command.closed, command.named)
    return {
        **summary(command),
        "source": command.source,
        "before": {"source": there.source, "published": there.happened.on, "digest": _digest(before)}
        if there
        else None,
        "days": _told(after),
        "new": _told(after - before),
        "gone": _told(before - after),
    }


def _days(closed: Any, named: Any) -> set[tuple[Any, str, str]]:
    return {
        *((one.on, "closed", one.name) for one in closed),
        *((day, "named", name) for name, days in named.items() for day in days),
    }


def _digest(days: set[tuple[Any, str, str]]) -> str:
    """The same for the same days, and no other."""
    return sha256(repr(sorted(days)).encode()).hexdigest()


def _told(days: set[tuple[Any, str, str]]) -> list[dict[str, Any]]:
    return [{"on": on, "kind": kind, "name": name} for on, kind, name in sorted(days)]
