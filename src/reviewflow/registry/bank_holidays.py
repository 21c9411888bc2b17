"""Bank holidays as GOV.UK publishes them, and a plain table of days for everything else a calendar holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.events import ClosedDay
from reviewflow.registry.names import objection_to_name, shown, tidy
from reviewflow.registry.reading import decode, in_row_order, plain_header, read_table

NATIONS: Final = ("england-and-wales", "scotland", "northern-ireland")

_TITLES: Final = {
    "2nd_january": "2 January",
    "battle_boyne": "Battle of the Boyne (Orangemen's Day)",
    "boxing_day": "Boxing Day",
    "christmas": "Christmas Day",
    "early_may": "Early May bank holiday",
    "early_may_ve": "Early May bank holiday (VE day)",
    "easter_monday": "Easter Monday",
    "good_friday": "Good Friday",
    "kings_coronation": "Bank holiday for the coronation of King Charles III",
    "late_august": "Summer bank holiday",
    "new_year": "New Year's Day",
    "queen_platinum": "Platinum Jubilee bank holiday",
    "queens_bank_holiday": "Bank Holiday for the State Funeral of Queen Elizabeth II",
    "spring": "Spring bank holiday",
    "st_andrew": "St Andrew's Day",
    "st_patrick": "St Patrick's Day",
    "summer": "Summer bank holiday",
    "world_cup": "World Cup bank holiday",
}
_DAY: Final = "expected a day that exists, as yyyy-mm-dd or dd/mm/yyyy"
_LONGEST_SPELL: Final = 366
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


def readable(title: str) -> str:
    """A message key as words; a title that is words already stays."""
    key = title.rpartition(".")[2] if re.fullmatch(r"[a-z0-9_.]+", title) else ""
    return _TITLES.get(key) or (key.replace("_", " ").capitalize() if key else title)


def read_bank_holidays(data: bytes, nation: str, what: str) -> tuple[ClosedDay, ...]:
    """The bank holidays of a nation. Every fault of the file is listed."""
    if nation not in NATIONS:
        raise BadInput(what, [Fault("nation", shown(nation), f"expected one of {', '.join(NATIONS)}")])
    try:
        document = json.loads(decode(data, what))
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, json.JSONDecodeError) else "nested too deep, or a number too long"
        raise BadInput(what, [Fault("", f"no JSON: {why}", "expected bank-holidays.json")]) from None
    faults: list[Fault] = []
    days = [day for where, entry in _entries(document, nation, what) if (day := _holiday(where, entry, faults))]
    if not days and not faults:
        faults.append(Fault(nation, "no days", "expected at least one"))
    if faults:
        raise BadInput(what, faults)
    return tuple(sorted(set(days), key=lambda day: (day.on, day.name)))


def _entries(document: Any, nation: str, what: str) -> Iterator[tuple[str, Any]]:
    """Each holiday with its place, in either of the two shapes that are published."""
    divisions = document.get("divisions", document) if isinstance(document, dict) else None
    if not isinstance(divisions, dict):
        raise BadInput(what, [Fault("", type(document).__name__, "expected an object with divisions")])
    found = [(key, d) for key, d in divisions.items() if nation in key and isinstance(d, dict)]
    if len(found) != 1:
        keys = ", ".join(shown(key) for key in divisions) or "none"
        raise BadInput(what, [Fault("divisions", keys, f"expected one for {nation}")])
    key, division = found[0]
    for year, entries in division.items():
        if isinstance(entries, list):
            for n, entry in enumerate(entries, 1):
                yield f"{key}, {year}, entry {n}", entry


def _holiday(where: str, entry: Any, faults: list[Fault]) -> ClosedDay | None:
    title, on = (entry.get("title"), entry.get("date")) if isinstance(entry, dict) else (None, None)
    name = tidy(readable(title)) if isinstance(title, str) else ""
    wrong = objection_to_name(name)
    if wrong:
        faults.append(Fault(f"{where}, title", shown(str(title)), f"expected {wrong}"))
    day = _day(on) if isinstance(on, str) else None
    if day is None:
        faults.append(Fault(f"{where}, date", shown(str(on)), _DAY))
    if wrong or day is None:
        return None
    notes = entry.get("notes")
    substitute = isinstance(notes, str) and "substitute" in notes.casefold()
    return ClosedDay(on=day, name=f"{name} (substitute day)" if substitute else name)


def _day(text: str) -> date | None:
    british = re.fullmatch(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", text, re.ASCII)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text, re.ASCII)
    try:
        if british:
            return date(int(british[3]), int(british[2]), int(british[1]))
        return date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else None
    except ValueError:
        return None


class Days(NamedTuple):
    """What a table of days held: closed days, and named days in order."""

    closed: tuple[ClosedDay, ...]
    named: dict[str, tuple[date, ...]]


def read_days(data: bytes, what: str) -> Days:
    """A table with the columns `kind` (closed or named), `date`, `until` (may be left out), `name`.

    A row with `until` closes every day of a spell. Every fault is listed with row, column and value.
    """
    table = read_table(data, what)
    header = [plain_header(h) for h in table.header]
    if missing := [c for c in ("kind", "date", "name") if c not in header]:
        want = f"missing: {', '.join(missing)}; expected kind, date, until, name"
        raise BadInput(what, [Fault("header", ", ".join(shown(h) for h in table.header), want)])
    faults = list(table.faults)
    closed: set[ClosedDay] = set()
    named: dict[str, set[date]] = {}
    for number, cells in table.rows:
        row = dict(zip(header, (tidy(cell) for cell in cells), strict=True))
        spell = _spell(f"row {number}", row, faults)
        if row["kind"] == "closed":
            if wrong := objection_to_name(row["name"]):
                faults.append(Fault(f"row {number}, column name", shown(row["name"]), f"expected {wrong}"))
            else:
                closed.update(ClosedDay(on=day, name=row["name"]) for day in spell)
        elif row["kind"] == "named":
            if not _NAME.fullmatch(row["name"]):
                want = "expected a name such as end_of_year: small letters, digits, underscores"
                faults.append(Fault(f"row {number}, column name", shown(row["name"]), want))
            if row.get("until"):
                want = "expected nothing: a name is one day's"
                faults.append(Fault(f"row {number}, column until", shown(row["until"]), want))
            named.setdefault(row["name"], set()).update(spell)
        else:
            faults.append(Fault(f"row {number}, column kind", shown(row["kind"]), "expected closed or named"))
    if not table.rows and not faults:
        faults.append(Fault("", "no rows", "expected at least one"))
    if faults:
        raise BadInput(what, in_row_order(faults))
    in_order = tuple(sorted(closed, key=lambda day: (day.on, day.name)))
    return Days(in_order, {name: tuple(sorted(days)) for name, days in named.items()})


def _spell(where: str, row: dict[str, str], faults: list[Fault]) -> list[date]:
    first = _day(row["date"])
    last = _day(row["until"]) if row.get("until") else first
    if first is None:
        faults.append(Fault(f"{where}, column date", shown(row["date"]), _DAY))
    if row.get("until") and last is None:
        faults.append(Fault(f"{where}, column until", shown(row["until"]), _DAY))
    if first is None or last is None:
        return []
    count = (last - first).days + 1
    if not 1 <= count <= _LONGEST_SPELL:
        want = f"expected a day from {first} on, at most {_LONGEST_SPELL} days"
        faults.append(Fault(f"{where}, column until", shown(row["until"]), want))
        return []
    return [first + timedelta(days=n) for n in range(count)]
