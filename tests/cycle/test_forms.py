"""Reading forms: what is taken, and every fault of what is not, all at once and each with its place."""

import math
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.world import spp
from reviewflow.cycle.forms import MOST_ITEMS, read_form
from reviewflow.events import Unsealed
from reviewflow.workflow.definition import FormField

DEFINITION = spp().definition  # for its lists: mode, theme, progress


def read(entered, earlier=None, **fields: Any):
    """What is read of a form with these fields: values, and the faults as (place, got, want)."""
    made = {name: FormField.model_validate(field) for name, field in fields.items()}
    values, faults = read_form(DEFINITION, made, entered, earlier or {})
    return values, [(f.where, f.got, f.want) for f in faults]


def value(field, given, **earlier: Any):
    """The value of a single field that must have no fault."""
    values, faults = read({"f": given}, earlier, f=field)
    assert faults == []
    return values["f"]


def faults(field, given, **earlier: Any):
    """The places of the faults of a single field; nothing is read of it."""
    values, found = read({"f": given}, earlier, f=field)
    assert found, f"{given!r} was read as {values}"
    assert values == {} or isinstance(given, list | dict)
    return [where for where, _, _ in found]


INT, NUMBER, BOOL, DATE = {"type": "int"}, {"type": "number"}, {"type": "bool"}, {"type": "date"}
TEXT, LONG, PLAIN = {"type": "text"}, {"type": "long_text"}, {"type": "text", "plain": True}
MODE = {"type": "choice", "of": "mode"}


@pytest.mark.parametrize(
    ("field", "given", "meant"),
    [
        (TEXT, "  Rowan  ", Unsealed("Rowan")),
        (PLAIN, "Rowan", "Rowan"),
        (LONG, "one\r\ntwo\tthree", Unsealed("one\ntwo\tthree")),
        (TEXT, "e\u0301cole", Unsealed("école")),
        (TEXT, "👩‍🏫 🎉", Unsealed("👩‍🏫 🎉")),
        (TEXT, "Z̸a̶l̵g̷o̵", Unsealed("Z̸a̶l̵g̷o̵")),
        (TEXT, "זה טקסט", Unsealed("זה טקסט")),
        (TEXT, "'; DROP TABLE records; --", Unsealed("'; DROP TABLE records; --")),
        (TEXT, "\u200fمدرسة\u200e", Unsealed("\u200fمدرسة\u200e")),
        (INT, 7, 7), (INT, "7", 7), (INT, " -7 ", -7), (INT, "007", 7), (INT, 2**53 - 1, 2**53 - 1),
        (NUMBER, 7, 7.0), (NUMBER, "0.5", 0.5), (NUMBER, "1e3", 1000.0), (NUMBER, ".5", 0.5),
        (BOOL, True, True), (BOOL, "Yes", True), (BOOL, "0", False), (BOOL, 1, True), (BOOL, "FALSE", False),
        (DATE, "2024-02-29", "2024-02-29"), (DATE, date(2026, 3, 14), "2026-03-14"),
        (DATE, " 2026-03-14 ", "2026-03-14"),
        (MODE, " onsite ", "onsite"), ({"type": "choice", "of": ["a", "b"]}, "b", "b"),
        ({"type": "person"}, " p1 ", "p1"), ({"type": "organisation"}, "o1", "o1"),
        ({"type": "list", "of": "text"}, ["a", "b"], [Unsealed("a"), Unsealed("b")]),
        ({"type": "list", "of": "text", "plain": True}, ["a", "a"], ["a", "a"]),
        ({"type": "list", "of": "text"}, "alone", [Unsealed("alone")]),
        ({"type": "list", "of": "mode"}, ["virtual", "onsite"], ["virtual", "onsite"]),
        ({"type": "list", "of": "int", "min": 2, "max": 2}, ["1", 1000], [1, 1000]),
        ({"type": "list", "of": "date"}, ["2026-01-01"], ["2026-01-01"]),
    ],
)  # fmt: skip
def test_what_is_taken(field, given, meant):
    found = value(field, given)
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize("given", [5, True, ["a"], {"a": 1}, 2.5, date(2026, 1, 1)])
@pytest.mark.parametrize("field", [TEXT, LONG, MODE, {"type": "person"}], ids=lambda f: f["type"])
def test_only_text_is_a_text(field, given):
    assert faults(field, given) == ["f"]


@pytest.mark.parametrize("bad", ["\x00", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2066", "\ud800", "\r"], ids=ascii)
@pytest.mark.parametrize("field", [TEXT, LONG], ids=lambda f: f["type"])
def test_control_characters_and_overrides_of_direction_are_told_and_not_repeated(field, bad):
    values, [(where, got, want)] = read({"f": f"a{bad}b"}, f=field)
    assert values == {}
    assert where == "f"
    assert got.isascii()
    assert got.isprintable()
    assert "control characters" in want


def test_lines_and_tabs_are_for_long_texts():
    assert faults(TEXT, "one\ntwo") == ["f"]
    assert faults(TEXT, "one\ttwo") == ["f"]


@pytest.mark.parametrize(
    ("field", "longest"), [(TEXT, 1000), (LONG, 50_000), ({"type": "text", "max": 3}, 3)], ids=["text", "long", "max"]
)
def test_a_text_has_a_longest(field, longest):
    assert value(field, "x" * longest).length == longest
    assert faults(field, "x" * (longest + 1)) == ["f"]


def test_a_text_may_have_a_shortest():
    assert faults({"type": "text", "min": 3}, "xx") == ["f"]
    assert value({"type": "text", "min": 3}, "xxx") == Unsealed("xxx")


@pytest.mark.parametrize(
    "given",
    ["", "1.0", 1.0, "1e3", "0x10", "1_000", "\uff11\uff12", "\u0663", "one", "1 000", "--1", "9" * 5000, 2**53,
     -(2**53),
     True, "nan", [], {}, None],
)  # fmt: skip
def test_what_is_no_whole_number(given):
    assert faults(INT, given) == ["f"]


@pytest.mark.parametrize(
    "given",
    [math.nan, math.inf, -math.inf, "nan", "NaN", "inf", "Infinity", "1e999", 1e300, "1_0.5", "1,5", "0x1p3", "½",
     False, "9" * 5000],
)  # fmt: skip
def test_what_is_no_number(given):
    assert faults(NUMBER, given) == ["f"]


@pytest.mark.parametrize("field", [INT, NUMBER, BOOL, TEXT, MODE], ids=lambda f: f["type"])
def test_a_number_that_python_cannot_write_out_is_told_like_any_other(field):
    for huge in (10**5000, [10**5000]):
        _, found = read({"f": huge}, f=field)
        assert [where for where, _, _ in found] == ["f"]


@pytest.mark.parametrize(("given", "fits"), [(0, False), (1, True), (500, True), (501, False), ("501", False)])
def test_a_number_stays_within_its_bounds(given, fits):
    field = {"type": "int", "min": 1, "max": 500}
    if fits:
        assert value(field, given) == given
    else:
        assert faults(field, given) == ["f"]


def test_bounds_of_zero_are_bounds():
    assert faults({"type": "int", "max": 0}, 1) == ["f"]
    assert faults({"type": "int", "min": 0}, -1) == ["f"]


@pytest.mark.parametrize("given", ["maybe", 2, -1, 0.0, 1.0, "yes no", [], ["yes"], {"a": True}])
def test_what_is_neither_yes_nor_no(given):
    assert faults(BOOL, given) == ["f"]


@pytest.mark.parametrize(
    "given",
    ["2026-02-31", "2026-13-01", "2025-02-29", "0000-01-01", "2026-3-1", "01/03/2026", "20260301", "2026-W10-1",
     "2026-03-0\u0661", "2026-03-01T10:00", "today", 20260301, True, datetime(2026, 3, 1, 12, 0), ["2026-03-01"]],  # noqa: DTZ001
)  # fmt: skip
def test_what_is_no_date(given):
    assert faults(DATE, given) == ["f"]


@pytest.mark.parametrize("given", ["0026-11-10", "1899-12-31", "2200-01-01", "9999-12-31", date.max, date.min])
def test_a_date_that_is_a_slip_of_the_pen(given):
    values, [(_, _, want)] = read({"f": given}, f=DATE)
    assert values == {}
    assert "between 1900-01-01 and 2199-12-31" in want


@pytest.mark.parametrize("given", ["by-pigeon", "Onsite", "onsite,virtual", "", " ", ["onsite"]])
def test_what_is_no_choice(given):
    assert faults(MODE, given) == ["f"]


def test_a_fault_says_what_may_be_chosen():
    _, [(_, got, want)] = read({"f": "by-pigeon"}, f=MODE)
    assert got == "'by-pigeon'"
    assert want == "expected one of: onsite, virtual, hybrid"


@pytest.mark.parametrize("given", [None, "", "   ", "\t\n", [], {}])
@pytest.mark.parametrize("kind", ["text", "long_text", "int", "bool", "date", "person"])
def test_nothing_given_is_a_fault_only_where_something_must_be(kind, given):
    assert faults({"type": kind}, given) == ["f"]
    assert read({"f": given}, f={"type": kind, "optional": True}) == ({}, [])


def test_a_field_that_is_not_there_is_as_if_nothing_was_given():
    assert read({}, f=TEXT)[1] == [("f", "", "must be given: a short text")]
    assert read({}, f={**TEXT, "optional": True}) == ({}, [])


def test_no_and_zero_are_something():
    assert value(BOOL, given=False) is False
    assert value(INT, 0) == 0


def test_all_faults_at_once_each_with_its_place():
    values, found = read(
        {
            "day": "2026-02-31", "count": "many", "mode": "by-pigeon", "colour": "red", "name": "a\x00",
            "parts": [{"what": ""}, {"what": "fine", "due": "soon", "owner": "x"}, "no row"][:2],
            "areas": ["a", "", "c\u202e"],
        },
        day=DATE, count=INT, mode=MODE, name=TEXT, missing=TEXT,
        parts={"type": "rows", "columns": {"what": TEXT, "due": {**DATE, "optional": True}}},
        areas={"type": "list", "of": "text"},
    )  # fmt: skip
    assert {where for where, _, _ in found} == {
        "colour", "day", "count", "mode", "name", "missing", "parts[1].what", "parts[2].due", "parts[2].owner",
        "areas[2]", "areas[3]",
    }  # fmt: skip
    assert set(values) == {"parts"}


def test_a_long_value_is_cut_in_its_fault():
    _, [(_, got, _)] = read({"f": "x" * 10_000}, f=INT)
    assert len(got) == 80
    assert got.endswith("...")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([], ["f"]), (["a"], ["f"]), (["a", "b", "c", "d"], ["f"]), (["a", ""], ["f[2]"]), (["a", " \t"], ["f[2]"]),
        (["a", None], ["f[2]"]), (["a", 5], ["f[2]"]), ([["a"], "b"], ["f[1]"]), ({"a": "b"}, ["f"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_list_of_texts(given, wrong):
    assert faults({"type": "list", "of": "text", "min": 2, "max": 3}, given) == wrong


def test_a_list_without_bounds_has_some():
    field = {"type": "list", "of": "int"}
    assert len(value(field, list(range(MOST_ITEMS)))) == MOST_ITEMS
    assert faults(field, list(range(MOST_ITEMS + 1))) == ["f"]


def test_a_list_that_may_be_empty():
    assert read({"f": []}, f={"type": "list", "of": "text", "min": 0}) == ({}, [])


@pytest.mark.parametrize("of", ["mode", "person", "organisation"])
def test_each_value_stands_once_however_it_was_written(of):
    assert faults({"type": "list", "of": of}, ["onsite", " onsite"]) == ["f"]


def test_the_bounds_of_a_list_are_not_those_of_its_items():
    assert value({"type": "list", "of": "int", "min": 1, "max": 2}, [900]) == [900]
    assert value({"type": "list", "of": "text", "max": 1}, ["longer than one"]) == [Unsealed("longer than one")]


ROWS = {"type": "rows", "min": 1, "max": 3, "columns": {"what": TEXT, "due": {**DATE, "optional": True}}}


def test_rows_get_an_id_each_if_they_have_none():
    rows = value(ROWS, [{"what": "Read"}, {"id": "a-2", "what": "Write", "due": "2026-03-01"}])
    assert rows == [
        {"id": "r1", "what": Unsealed("Read")}, {"id": "a-2", "what": Unsealed("Write"), "due": "2026-03-01"},
    ]  # fmt: skip


def test_rows_from_a_command_line_are_named_by_their_key():
    rows = value(ROWS, {"1": {"what": "Read"}, "a1": {"what": "Write"}})
    assert [row["id"] for row in rows] == ["r1", "a1"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([], ["f"]),
        ("Read", ["f"]),
        (7, ["f"]),
        (["Read"], ["f"]),
        ({"1": "Read"}, ["f"]),
        ([{"what": "a"}] * 4, ["f"]),
        ([{}], ["f[1].what"]),
        ([{"what": "a", "colour": "red"}], ["f[1].colour"]),
        ([{"id": "R1", "what": "a"}], ["f[1].id"]),
        ([{"id": "r1\n", "what": "a"}], ["f[1].id"]),
        ([{"id": "x" * 33, "what": "a"}], ["f[1].id"]),
        ([{"id": "-a", "what": "a"}], ["f[1].id"]),
        ([{"id": "é", "what": "a"}], ["f[1].id"]),
        ([{"id": "a", "what": "a"}, {"id": "a", "what": "b"}], ["f[2].id"]),
        ([{"id": "r2", "what": "a"}, {"what": "b"}], ["f[2].id"]),
        ([{"what": {"box": "x", "commit": "y", "length": 1}}], ["f[1].what"]),
    ],
    ids=str,
)
def test_what_is_no_row(given, wrong):
    assert faults(ROWS, given) == wrong


def test_the_fault_of_something_that_is_no_row_says_what_was_got():
    _, [(_, got, want)] = read({"f": {"1": "Read"}}, f=ROWS)
    assert got == "{'1': 'Read'}"
    assert want == "expected rows with what, due (1 to 3)"


OVER = {
    "type": "rows",
    "over": "agree_plan.actions",
    "columns": {"outcome": {"type": "choice", "of": "action_outcome"}},
}


def test_rows_over_earlier_rows_name_them():
    earlier = {"agree_plan.actions": ["r1", "a2"]}
    given = [{"id": "a2", "outcome": "met"}, {"id": "r1", "outcome": "dropped"}]
    assert value(OVER, given, **earlier) == given
    assert faults(OVER, [{"id": "r9", "outcome": "met"}], **earlier) == ["f[1].id"]
    assert faults(OVER, [{"id": "r1", "outcome": "met"}] * 2, **earlier) == ["f[2].id"]


def test_nothing_can_be_over_rows_that_were_never_said():
    _, [(_, _, want)] = read({"f": [{"id": "r1", "outcome": "met"}]}, f=OVER)
    assert want == "expected one of: nothing was said there yet"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("id"), inner, max_size=3),
    max_leaves=8,
)
EVERY = {
    "text": TEXT, "long": LONG, "plain": PLAIN, "int": INT, "number": NUMBER, "bool": BOOL, "date": DATE, "mode": MODE,
    "person": {"type": "person"}, "texts": {"type": "list", "of": "text"}, "modes": {"type": "list", "of": "mode"},
    "rows": ROWS, "over": OVER,
}  # fmt: skip


@given(st.dictionaries(st.sampled_from([*EVERY, "other"]), ANYTHING))
def test_whatever_is_entered_is_read_or_told(entered):
    """Never a traceback; and whatever was read is what JSON holds, or a text still to be sealed."""
    values, found = read(entered, **EVERY)
    assert all(where and want for where, _, want in found)
    assert all(len(got) <= 80 or where not in EVERY for where, got, _ in found)
    for read_value in values.values():
        _check_stored(read_value)


def _check_stored(cell):
    if isinstance(cell, list):
        for one in cell:
            _check_stored(one)
    elif isinstance(cell, dict):
        assert isinstance(cell["id"], str)
        for one in cell.values():
            _check_stored(one)
    elif isinstance(cell, float):
        assert math.isfinite(cell)
    else:
        assert isinstance(cell, str | int | bool | Unsealed)


@given(st.lists(st.dictionaries(st.sampled_from(["what", "due", "id"]), st.text(max_size=40), max_size=3), max_size=4))
def test_rows_that_were_read_have_ids_of_their_own(rows):
    values, found = read({"f": rows}, f=ROWS)
    if not found:
        ids = [row["id"] for row in values["f"]]
        assert len(set(ids)) == len(ids)
