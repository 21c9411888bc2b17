"""Sheets of people as rows: recognised by their columns in any order, and every fault told with its cell."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.errors import BadInput
from reviewflow.registry.cells import BadCell
from reviewflow.registry.people_cells import code, day, words
from reviewflow.registry.people_reading import MOST_ROWS, read_people
from reviewflow.registry.people_sheet import KINDS, NOTES, NOTES_HEADER, MembershipRow, PersonRow, RoleRow, TrainingRow
from reviewflow.registry.sheet import Broken, Merged, Sheet

ZARA = "zara@invented.example"


def sheet(*rows: Any, name="People", **more: Any):
    """The rows as a sheet, numbered from 1; an empty row only counts."""
    return Sheet(f"sheet {name}", name, [(n, list(row)) for n, row in enumerate(rows, 1) if any(row)], **more)


def read(*sheets: Any, **more: Any):
    return read_people(sheets, "invented.xlsx", **more)


def values(row):
    return tuple(row)[1:]


def faults(*sheets: Any, **more: Any):
    return [(f.where, f.got, f.want) for f in read(*sheets, **more).faults]


def stopped(*sheets: Any, **more: Any):
    with pytest.raises(BadInput) as caught:
        read(*sheets, **more)
    return [str(f) for f in caught.value.faults]


def test_each_kind_is_known_by_its_columns_in_any_order_and_spelling():
    found = read(
        sheet(["Role", " E-MAIL ", "From", "Organisation", "NAME"],
              ["head", ZARA, date(2026, 9, 1), "hazel", "Zara  Invented"], name="one"),
        sheet(["Held in", "until", "person", "ROLE", "from"],
              ["north", None, ZARA, "partnership_lead", date(2026, 9, 1)], name="two"),
        sheet(["Valid_until", "Course", "Person", "Completed"],
              [date(2028, 5, 31), "peer-reviewer", ZARA, date(2026, 6, 1)], name="three"),
        sheet(["School", "Partnership", "From"], [900001.0, "north", None], name="four"),
    )  # fmt: skip
    assert [one.kind for one in found.sheets] == ["People", "Roles", "Training", "Memberships"]
    assert [(type(row), values(row)) for row in found.rows] == [
        (PersonRow, ("Zara Invented", ZARA, "hazel", "head", date(2026, 9, 1), "")),
        (RoleRow, (ZARA, "partnership_lead", "north", date(2026, 9, 1), None)),
        (TrainingRow, (ZARA, "peer-reviewer", date(2026, 6, 1), date(2028, 5, 31))),
        (MembershipRow, ("900001", "north", None, None)),
    ]
    assert not found.faults
    assert not found.notes


def test_what_is_missing_is_said_for_the_kind_that_comes_closest():
    assert faults(sheet(["person", "course", "finished"], name="x")) == [
        ("sheet x", "'person | course | finished'", "for Training these columns are missing: completed")
    ]
    assert len(faults(sheet(["budget"], name="x"))) == 4


def test_the_name_of_a_sheet_says_what_it_should_have_been():
    assert faults(sheet(["name", "mail"], ["Zara Invented", ZARA])) == [
        ("sheet People", "'name | mail'", "for People these columns are missing: email")
    ]


def test_a_sheet_that_is_none_of_them_is_named_and_not_read():
    found = read(sheet(["name", "email"], ["Zara Invented", ZARA]), sheet(["budget"], [12], name="Money"))
    assert len(found.rows) == 1
    (note,) = found.notes
    assert note.startswith("sheet Money was not read: ")
    assert faults(sheet(["budget"], [12], name="Money"), only=["money"])


def test_the_notes_of_a_template_are_passed_over():
    found = read(sheet(["name", "email"]), sheet(NOTES_HEADER, ["People", "name"], name=NOTES))
    assert (found.rows, found.notes, found.faults) == ((), (), ())


def test_a_sheet_that_could_be_two_kinds_is_none_unless_its_name_says():
    columns, row = ["name", "email", "role", "held in"], ["Zara Invented", ZARA, "head", "hazel"]
    assert "this could be People or Roles" in faults(sheet(columns, row, name="x"))[0][2]
    assert isinstance(read(sheet(columns, row, name="Roles")).rows[0], RoleRow)


def test_columns_that_are_not_read_are_named():
    found = read(sheet(["name", "email", "Phone", None], ["Zara Invented", ZARA, "12345", "x"]))
    assert found.notes == ("sheet People: not read, no column of People: 'Phone'",)
    assert "12345" not in repr(found.rows)


def test_a_column_twice_is_a_fault():
    assert faults(sheet(["name", "email", "E-Mail"], ["Zara Invented", ZARA, ZARA])) == [
        ("sheet People, row 1", "column 'email' in B1 and C1", "expected it once")
    ]


def test_a_title_above_and_empty_rows_between_do_not_matter():
    found = read(sheet(["Our people"], [], ["name", "email"], [], [" ", "\u00a0"], ["Zara Invented", ZARA], []))
    assert [row.place.row for row in found.rows] == [6]
    assert found.rows[0].place.cell("email") == "sheet People, cell B6"
    assert found.notes[0] == "sheet People: above the header, not read: row 1"


def test_a_second_header_row_is_never_a_person():
    header = ["name", "email", "from", "organisation"]
    assert [f[0] for f in faults(sheet(header, header, ["Zara Invented", ZARA]))] == ["sheet People, cell C2"]


def test_merged_cells_are_a_fault_where_they_are_read():
    rows = (["Title"], ["name", "email", "note"], ["Zara Invented", ZARA], ["Yan Invented", "yan@invented.example"])
    title, below, beside = Merged(1, 1, 1, 3), Merged(3, 1, 4, 1), Merged(3, 3, 4, 3)
    assert faults(sheet(*rows, merged=(title, beside))) == []
    assert faults(sheet(*rows, merged=(below,)))[0][0] == "sheet People, cells A3:A4"


def test_all_faults_of_all_sheets_are_told_with_their_cells():
    found = faults(
        sheet(["name", "email", "from", "organisation"], [True, ZARA, "soon", "hazel"], ["", "", "", "hazel"],
              ["Yan Invented", Broken("the error #N/A"), None, None]),
        sheet(["person", "course", "completed", "valid until"], [ZARA, None, date(2026, 6, 1), date(2026, 5, 1)],
              [ZARA, "x", date(2026, 6, 1), date(2026, 5, 1)], name="Training"),
    )  # fmt: skip
    assert found == [
        ("sheet People, cell A2", "'TRUE'", "expected text, not true or false"),
        ("sheet People, cell C2", "'soon'", "expected a date as in 2026-09-01"),
        ("sheet People, cell B3", "nothing",
         "expected an e-mail address, or an id: by a name alone nobody can be told from others"),
        ("sheet People, cell B4", "'the error #N/A'", "expected text, not the error #N/A"),
        ("sheet Training, cell B2", "nothing", "expected something here: the course's short name"),
        ("sheet Training, cell D3", "2026-05-01", "expected a day not before 2026-06-01"),
    ]  # fmt: skip


def test_those_whose_own_row_is_bad_are_remembered():
    found = read(sheet(["name", "email", "from"], [1.5, "Zara@Invented.example", None]))
    assert found.spoiled == {ZARA}


def test_hidden_sheets_are_not_read_unless_they_are_named():
    hidden = sheet(["name", "email"], ["Zara Invented", ZARA], name="Old", hidden=True)
    found = read(sheet(["name", "email"], ["Yan Invented", "yan@invented.example"]), hidden)
    assert [row.name for row in found.rows] == ["Yan Invented"]
    assert found.notes == ("sheet Old is hidden and was not read",)
    assert [row.name for row in read(hidden, only=["OLD"]).rows] == ["Zara Invented"]
    assert "there are: Old" in stopped(hidden, only=["New"])[0]


def test_nothing_at_all_says_what_there_could_be():
    assert "People (name, email); Roles (person, role, held in)" in stopped(sheet())[0]


def test_too_many_rows_are_refused():
    many = [["name", "email"], *([ZARA, ZARA] for _ in range(MOST_ROWS + 1))]
    assert "100,001 rows; expected at most 100,000" in stopped(sheet(*many))[0]


@pytest.mark.parametrize(
    ("cell", "order", "want"),
    [
        (date(2026, 9, 1), None, date(2026, 9, 1)),
        (datetime(2026, 9, 1, 23, 59), None, date(2026, 9, 1)),  # noqa: DTZ001 - as a spreadsheet has it
        ("2026-09-01", None, date(2026, 9, 1)),
        (" 2026-09-01\u00a0", "dmy", date(2026, 9, 1)),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("3.4.2026", "dmy", date(2026, 4, 3)),
        (None, None, None),
        ("", None, None),
    ],
)
def test_dates_are_read_as_they_are_said_to_be(cell, order, want):
    assert day(cell, order) == want


@pytest.mark.parametrize(
    ("cell", "order", "want"),
    [
        ("03/04/2026", None, "say with --dates"),
        ("25/12/2026", None, "say with --dates"),
        ("03/04/2026", "iso", "a date as in 2026-09-01"),
        ("25/12/2026", "mdy", "a day that exists, read as mdy"),
        ("03/04/26", "dmy", "a date as in 2026-09-01"),
        ("03/04.2026", "dmy", "a date as in 2026-09-01"),
        ("2026-02-30", None, "a day that exists"),
        ("0206-09-01", None, "a year from 1900 to 2199"),
        (46266.0, None, "a date, not a number"),
        (time(9, 30), None, "a date, not a time"),
        (timedelta(days=2), None, "a date, not a length of time"),
        (True, None, "a date, not true or false"),
        (Broken("the error #N/A"), None, "a date, not the error #N/A"),
        ("\u0663/\u0664/2026", "dmy", "a date as in 2026-09-01"),
    ],
)
def test_no_date_is_guessed(cell, order, want):
    with pytest.raises(BadCell) as caught:
        day(cell, order)
    assert want in caught.value.want


@pytest.mark.parametrize(("cell", "want"), [(900001.0, "900001"), (900001, "900001"), ("900001.0", "900001"),
                                            (" 0900001 ", "0900001"), ("hazel", "hazel"), (None, "")])  # fmt: skip
def test_a_number_that_is_a_name_is_read_whole(cell, want):
    assert code(cell) == want


@pytest.mark.parametrize("cell", [1.5, float("nan"), float("inf"), 1e15, True, date(2026, 9, 1)])
def test_a_number_that_is_no_name_is_a_fault(cell):
    with pytest.raises(BadCell):
        code(cell)


@pytest.mark.parametrize("cell", ["x" * 501, "a\u202eb", "a\x07b", 12.0, date(2026, 9, 1)])
def test_text_that_hides_something_or_is_none_is_a_fault(cell):
    with pytest.raises(BadCell):
        words(cell)


def test_text_on_two_lines_is_one_line():
    assert words(" Zara\u00a0 \nInvented\t") == "Zara Invented"


CELLS = st.one_of(
    st.none(), st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.dates(), st.times(),
    st.timedeltas(), st.just(Broken("the error #N/A")), st.sampled_from([c.header for k in KINDS for c in k.columns]),
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=6), max_size=6), st.sampled_from(["People", "Roles", "x"]))
def test_whatever_the_cells_hold_it_is_read_or_a_fault(rows, name):
    kind = next((k for k in KINDS if k.name == name), KINDS[2])
    header = [column.header for column in kind.columns]
    found = read(sheet(header, *rows, name=name))
    told = {f.where.rpartition(" ")[2].lstrip("ABCDEF") for f in found.faults}
    assert sum(one.rows for one in found.sheets) == len(found.rows) + len(told)
