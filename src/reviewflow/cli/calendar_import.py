"""Reading a file of days and publishing it."""

from __future__ import annotations

from typing import Final, cast

from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count
from reviewflow.cli.request import Action, acting_on
from reviewflow.cli.values import called, read_bytes
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.bank_holidays import NATIONS, Days, read_bank_holidays, read_days
from reviewflow.registry.commands import PublishCalendar
from reviewflow.registry.events import INSTALLATION, ScopeKind

BANK_HOLIDAYS: Final = "gov-uk-bank-holidays"
TABLE: Final = "table"


def importing(file: str, owner: str | None, name: str | None, nation: str | None, how: Acting) -> None:
    """The format is told by how the file begins."""
    with acting_on(how) as action:
        kind, target = (
            ("installation", INSTALLATION) if owner in (None, INSTALLATION) else action.find.place(str(owner), "--for")
        )
        data = read_bytes(file)
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            of = nation or _nation(action, target)
            days, source = Days(read_bank_holidays(data, of, called(file)), {}), BANK_HOLIDAYS
            name = name or f"bank-holidays-{of}"
        else:
            days, source = read_days(data, called(file)), TABLE
            name = name or "days"
        done = action.do(PublishCalendar(
            asked=action.asked, calendar=name, owner=target, owner_kind=cast("ScopeKind", kind), closed=days.closed,
            named=days.named, source=source,
        ))  # fmt: skip
        line = (
            f"Calendar {name} of {action.called.named(target)}: {count(len(days.closed), 'closed day')}, "
            f"{count(len(days.named), 'named day')}."
        )
        data_ = {"calendar": name, "owner": target, "closed": len(days.closed), "named": sorted(days.named)}
        action.done(done, data_, line)


def _nation(action: Action, owner: str) -> str:
    programme = action.known.programme(owner)
    found = programme.nation if programme else None
    if found is None:
        raise BadInput("bank holidays", [Fault("--nation", "nothing", f"expected one of {', '.join(NATIONS)}")])
    return found
