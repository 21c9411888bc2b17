"""Bank holidays as published, and tables of days."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.errors import BadInput
from reviewflow.registry.bank_holidays import NATIONS, read_bank_holidays, read_days, readable
from reviewflow.registry.events import ClosedDay

KEY = "common.nations.england-and-wales_slug"


def document(*entries: object):
    return json.dumps({"title": "x", "divisions": {KEY: {"slug": "s", "title": "t", "2026": list(entries)}}}).encode()


def entry(title="bank_holidays.new_year", on="01/01/2026", notes=""):
    return {"title": title, "date": on, "notes": notes, "bunting": True}


def faults(read, *args: object):
    with pytest.raises(BadInput) as caught:
        read(*args, "days")
    return [(f.where, f.got) for f in caught.value.faults]


def test_names_are_made_readable():
    assert readable("bank_holidays.new_year") == "New Year's Day"
    assert readable("bank_holidays.day_of_invention") == "Day of invention"
    assert readable("Summer bank holiday") == "Summer bank holiday"


def test_holidays_are_read_in_order_with_substitute_days_marked():
    data = document(entry("bank_holidays.boxing_day", "28/12/2026", "common.substitute_day"), entry(), entry())
    assert read_bank_holidays(data, "england-and-wales", "x") == (
        ClosedDay(on=date(2026, 1, 1), name="New Year's Day"),
        ClosedDay(on=date(2026, 12, 28), name="Boxing Day (substitute day)"),
    )


def test_the_shape_of_the_published_feed_is_read_too():
    events = [{"title": "New Year’s Day", "date": "2026-01-01", "notes": "Substitute day", "bunting": True}]  # noqa: RUF001
    data = json.dumps({"scotland": {"division": "scotland", "events": events}}).encode()
    assert read_bank_holidays(data, "scotland", "x") == (
        ClosedDay(on=date(2026, 1, 1), name="New Year’s Day (substitute day)"),  # noqa: RUF001
    )


@pytest.mark.parametrize(
    ("data", "nation", "expected"),
    [
        (document(entry()), "wales", [("nation", "'wales'")]),
        (document(entry()), "scotland", [("divisions", f"'{KEY}'")]),
        (document(), "england-and-wales", [("england-and-wales", "no days")]),
        (b"[1]", "scotland", [("", "list")]),
        (b"{}", "scotland", [("divisions", "none")]),
        (b"", "scotland", [("", "an empty file")]),
        (
            document(entry(on="31/02/2026"), entry(title=""), entry(on=None), "x", entry(title="a\u202eb")),
            "england-and-wales",
            [
                (f"{KEY}, 2026, entry 1, date", "'31/02/2026'"),
                (f"{KEY}, 2026, entry 2, title", "nothing"),
                (f"{KEY}, 2026, entry 3, date", "'None'"),
                (f"{KEY}, 2026, entry 4, title", "'None'"),
                (f"{KEY}, 2026, entry 4, date", "'None'"),
                (f"{KEY}, 2026, entry 5, title", r"'a\u202eb'"),
            ],
        ),
    ],
)
def test_every_fault_is_told_with_its_place(data, nation, expected):
    assert faults(read_bank_holidays, data, nation) == expected


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b"\xff\x00"])
def test_what_is_no_json_is_said(data):
    assert faults(read_bank_holidays, data, "scotland")


def test_a_table_of_days_closes_spells_and_names_days():
    data = (
        b"Kind,Date,Until,Name\n"
        b"closed,2026-10-26,2026-10-28,Half term\n"
        b"closed,25/12/2026,,Christmas Day\n"
        b"named,2027-07-20,,end_of_year\n"
        b"named,2026-07-21,,end_of_year\n"
    )
    days = read_days(data, "x")
    assert [d.on.isoformat() for d in days.closed] == ["2026-10-26", "2026-10-27", "2026-10-28", "2026-12-25"]
    assert days.named == {"end_of_year": (date(2026, 7, 21), date(2027, 7, 20))}
    assert read_days(b"kind,date,name\nclosed,2026-01-01,New Year", "x").closed[0].name == "New Year"


def test_every_fault_of_a_table_of_days_is_told():
    data = (
        b"kind,date,until,name\n"
        b"closed,2026-02-31,,x\n"
        b"closed,2026-02-01,soon,\n"
        b"closed,2026-02-02,2026-02-01,x\n"
        b"closed,2026-02-02,2028-02-01,x\n"
        b"named,2026-02-02,2026-02-03,End of term\n"
        b"holiday,2026-02-02,,x\n"
        b"closed,2026-02-02\n"
    )
    assert sorted(faults(read_days, data)) == [
        ("row 2, column date", "'2026-02-31'"),
        ("row 3, column name", "nothing"),
        ("row 3, column until", "'soon'"),
        ("row 4, column until", "'2026-02-01'"),
        ("row 5, column until", "'2028-02-01'"),
        ("row 6, column name", "'End of term'"),
        ("row 6, column until", "'2026-02-03'"),
        ("row 7, column kind", "'holiday'"),
        ("row 8", "2 cells"),
    ]
    assert faults(read_days, b"day,name\n2026-01-01,x\n") == [("header", "'day', 'name'")]
    assert faults(read_days, b"kind,date,name\n") == [("", "no rows")]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 365))
def test_a_spell_has_every_day_from_first_to_last(first, more):
    last = date.fromordinal(first.toordinal() + more)
    days = read_days(f"kind,date,until,name\nclosed,{first},{last},x".encode(), "x").closed
    assert (len(days), days[0].on, days[-1].on) == (more + 1, first, last)


@pytest.mark.real_data
@pytest.mark.parametrize(("nation", "count"), list(zip(NATIONS, (83, 94, 103), strict=True)))
def test_the_real_bank_holidays_of_each_nation(real_data, nation, count):
    days = read_bank_holidays((real_data / "calendar" / "bank-holidays.json").read_bytes(), nation, "x")
    assert len(days) == count
    names = {day.name for day in days}
    assert "New Year's Day" in names
    assert not any("_" in name or "." in name for name in names - {"St. "})
