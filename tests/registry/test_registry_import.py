"""Registers of schools: reading, importing, importing again, and everything hostile a file may hold."""

import csv
import io
import unicodedata
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.invented import TODAY, Registry
from reviewflow.errors import BadInput
from reviewflow.registry import commands as c
from reviewflow.registry import events as e
from reviewflow.registry.events import Identity
from reviewflow.registry.registers import read_organisations

DATA = Path(__file__).parent / "data"
PUPIL_PREMIUM = (DATA / "pupil_premium.csv").read_bytes()
GIAS = (DATA / "gias.csv").read_bytes()


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def file_of(rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def changed(data, row, column, value):
    """The file with one cell changed; row 1 is the header."""
    rows = rows_of(data)
    rows[row - 1][rows[0].index(column)] = value
    return file_of(rows)


def faults(data, *, skip_bad=False):
    with pytest.raises(BadInput) as caught:
        read_organisations(data, "invented.csv", skip_bad=skip_bad)
    return [(f.where, f.got, f.want) for f in caught.value.faults]


def imported(registry, data):
    decided = registry.explain(c.ImportOrganisations, rows=read_organisations(data, "invented.csv").rows)
    registry.write(decided)
    return decided


@pytest.fixture
def registry():
    return Registry()


def test_the_pupil_premium_register_is_read_plain():
    reading = read_organisations(PUPIL_PREMIUM, "invented.csv")
    assert (reading.format, reading.total, reading.faults) == ("pupil-premium", 4, ())
    row = reading.rows[0]
    assert (row.row, row.kind, row.name, row.urn, row.place) == (
        2,
        "school",
        "Hazel Invented Primary School",
        "900001",
        "Inventshire",
    )
    assert row.identities == (Identity(scheme="urn", value="900001"), Identity(scheme="laestab", value="9991001"))
    assert row.details == {
        "la_code": "999", "la": "Inventshire", "type": "Community school", "constituency": "Invented North",
        "pupils": "60.5", "pupils_primary": "60.5", "pupils_secondary": "0",
    }  # fmt: skip


def test_the_wide_register_is_read_with_closed_schools_and_iso_dates():
    reading = read_organisations(GIAS, "invented.csv")
    hazel, oak, academy, college = reading.rows
    assert reading.format == "gias"
    assert "opened" not in hazel.details, "1 January 1900 stands for: not known"
    assert hazel.identities[-1] == Identity(scheme="ukprn", value="19000001")
    assert (oak.name, oak.details["status"], oak.details["opened"], oak.details["closed"]) == (
        "Oak Invented Infant School", "Closed", "1975-09-01", "2012-08-31",
    )  # fmt: skip
    assert academy.details["trust"] == "INVENTED LEARNING TRUST"
    assert college.kind == "college"


def test_columns_about_people_are_never_read():
    rows = rows_of(GIAS)
    rows = [[*rows[0], "HeadFirstName", "HeadLastName", "TelephoneNum"],
            *([*row, "Nobody", "Realperson", "01632 960000"] for row in rows[1:])]  # fmt: skip
    reading = read_organisations(file_of(rows), "invented.csv")
    assert len(reading.rows) == 4
    assert "Realperson" not in str(reading)
    assert "Headteacher" not in str(reading)
    assert "960000" not in str(reading)


def test_an_import_registers_and_importing_again_changes_nothing(registry):
    first = imported(registry, PUPIL_PREMIUM)
    assert [note.outcome for note in first.noted] == ["registered"] * 4
    assert [note.row for note in first.noted] == [2, 3, 4, 5]
    [hazel] = registry.by_identity("urn", "900001")
    assert registry.organisation(hazel).handle == "hazel-invented-primary-school"
    assert registry.log[0].event.source == "pupil-premium"
    second = imported(registry, PUPIL_PREMIUM)
    assert second.events == []
    assert [note.outcome for note in second.noted] == ["unchanged"] * 4


def test_handles_of_the_same_name_tell_the_place_whatever_the_order(registry):
    imported(registry, PUPIL_PREMIUM)
    backwards = Registry()
    rows = rows_of(PUPIL_PREMIUM)
    imported(backwards, file_of([rows[0], *reversed(rows[1:])]))
    for world in (registry, backwards):
        handles = {urn: world.organisation(world.by_identity("urn", urn)[0]).handle for urn in ("900002", "900004")}
        assert handles == {
            "900002": "st-imagines-cofe-primary-school-inventshire",
            "900004": "st-imagines-cofe-primary-school-madeupshire",
        }


def test_a_changed_row_tells_only_what_changed_and_the_handle_stays(registry):
    imported(registry, PUPIL_PREMIUM)
    data = changed(PUPIL_PREMIUM, 2, "School Name", "Hazel Renamed School")
    data = changed(data, 2, "Number of pupils on roll (7)", "70")
    data = changed(data, 2, "Parliamentary Constituency", "")
    data = changed(data, 2, "LAEstab", "9992001")
    decided = imported(registry, data)
    [(stream, event)] = decided.events
    assert event == e.OrganisationChanged(
        **{name: getattr(event, name) for name in ("by", "role", "entered_by", "door", "happened", "cause")},
        name="Hazel Renamed School", details={"pupils": "70"}, removed=("constituency",),
        identities=(Identity(scheme="laestab", value="9992001"),), source="pupil-premium",
    )  # fmt: skip
    assert decided.noted[0].reason == "name, pupils, constituency (removed), identities"
    organisation = registry.organisation(stream.removeprefix("organisation-"))
    assert organisation.handle == "hazel-invented-primary-school"
    assert "constituency" not in organisation.details
    assert organisation.identity("laestab") == "9992001"
    assert imported(registry, data).events == []


def test_what_another_register_told_is_not_removed(registry):
    imported(registry, PUPIL_PREMIUM)
    imported(registry, GIAS)
    [hazel] = registry.by_identity("urn", "900001")
    details = registry.organisation(hazel).details
    assert (details["constituency"], details["town"], details["pupils"]) == ("Invented North", "Inventon", "60")


def test_a_row_under_a_former_number_is_left_alone(registry):
    hazel = registry.school(
        "Hazel Academy",
        identities=(Identity(scheme="urn", value="900001"), Identity(scheme="urn", value="900101", since=TODAY)),
    )
    decided = imported(registry, PUPIL_PREMIUM)
    assert decided.noted[0].outcome == "former"
    assert "now 900101" in decided.noted[0].reason
    assert registry.organisation(hazel).name == "Hazel Academy"
    assert len(decided.events) == 3


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (b"\xef\xbb\xbf", "0 columns"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        ("URN,Name\n1,x".encode("utf-16"), "UTF-16"),
        (b"URN,Name\n1,\x00x", "a NUL byte"),
        (b"URN,Na\x81me\xff\n", "0x81"),
        (b"\x89\x00\x01", "a NUL byte"),
    ],
)
def test_what_is_no_text_is_said(data, got):
    [fault, *_] = faults(data)
    assert got in fault[1] or got in fault[2] or fault[1] == "an empty line"


def test_windows_text_is_read_like_utf_8_with_or_without_a_mark():
    data = changed(PUPIL_PREMIUM, 2, "School Name", "École Invented Zoë €")
    text = data.decode()
    readings = [read_organisations(text.encode(name), "x").rows for name in ("utf-8", "utf-8-sig", "cp1252")]
    assert readings[0] == readings[1] == readings[2]
    assert readings[0][0].name == "École Invented Zoë €"


def test_line_ends_do_not_matter():
    expected = read_organisations(PUPIL_PREMIUM, "x").rows
    for end in (b"\r\n", b"\r"):
        assert read_organisations(PUPIL_PREMIUM.replace(b"\n", end), "x").rows == expected
    assert read_organisations(PUPIL_PREMIUM + b"\n\n,,,,,,,,,,,,,,,,,,\n", "x").rows == expected


def test_a_wrong_header_says_what_is_missing_for_the_closest_format_first():
    data = PUPIL_PREMIUM.replace(b"LAEstab", b"LA-Estab")
    first, second = faults(data)
    assert first[2] == "for pupil-premium (the pupil premium register of schools) these columns are missing: 'LAEstab'"
    assert second[2].startswith("for gias (all establishments of Get Information about Schools)")
    assert "'EstablishmentName'" in second[2]
    assert len(faults(b"a;b;c\n1;2;3\n")) == 2


def test_footnotes_blanks_and_letter_case_of_headers_do_not_matter():
    data = PUPIL_PREMIUM.replace(b"pupils on roll (7)", b"Pupils  on Roll (3) (9)").replace(
        b"School Name", b" school name "
    )
    assert len(read_organisations(data, "x").rows) == 4


def test_a_file_of_links_is_recognised_as_such():
    [(where, got, want)] = faults((DATA / "links.csv").read_bytes())
    assert (where, got) == ("header", "a file of links")
    assert "as links" in want


def test_a_header_twice_is_refused():
    rows = rows_of(PUPIL_PREMIUM)
    twice = file_of([[*row, row[0]] for row in rows])
    assert faults(twice) == [("header", "column 'URN' more than once", "expected each once")]
    alike = file_of([[*rows[0], "urn (1)"], *([*row, row[0]] for row in rows[1:])])
    assert faults(alike) == [("header", "column 'URN' more than once", "expected each once")]


def test_an_unclosed_quote_names_the_row_where_it_began():
    data = PUPIL_PREMIUM.replace(b"Birch Fabricated", b'"Birch Fabricated')
    [(where, _, want)] = faults(data)
    assert where == "row 4, which begins on line 4"
    assert "unclosed quote" in want
    assert faults(data, skip_bad=True), "from there on nothing can be trusted"


def test_a_cell_without_end_is_refused_quickly():
    assert "row 1" in faults(b"URN," + b"x" * 10_000_000)[0][0]
    assert "row 4" in faults(PUPIL_PREMIUM.replace(b"Birch Fabricated", b"B" * 10_000_000))[0][0]


HOSTILE = [
    ("URN", "", "nothing"), ("URN", "90000x", "'90000x'"), ("URN", "900001.0", "'900001.0'"),
    ("URN", "9.0E+05", "'9.0E+05'"),
    ("URN", "-900001", "'-900001'"), ("URN", "٩٠٠٠٠١", "'٩٠٠٠٠١'"), ("URN", "012345", "'012345'"),
    ("URN", "9" * 80, "'" + "9" * 60 + "…'"),
    ("LAEstab", "999-1001", "'999-1001'"), ("LA", "99", "'99'"),
    ("School Name", "", "nothing"), ("School Name", " \u200d ", r"' \u200d '"),
    ("School Name", "Hazel\nSchool", r"'Hazel\u000aSchool'"),
    ("School Name", "Hazel\x1b[31m", r"'Hazel\u001b[31m'"),
    ("School Name", "Hazel\u202eloohcS", r"'Hazel\u202eloohcS'"),
    ("School Name", "H\u2066azel\u2069", r"'H\u2066azel\u2069'"), ("School Name", "x" * 201, "'" + "x" * 60 + "…'"),
    ("Local Authority", "Invent\tshire", r"'Invent\u0009shire'"), ("Number of pupils on roll (7)", "many", "'many'"),
    ("Number of pupils on roll (7)", "-1", "'-1'"), ("Number of pupils on roll (7)", "1e3", "'1e3'"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "got"), HOSTILE)
def test_a_bad_cell_is_told_with_row_column_value_and_reason_and_nothing_is_taken(column, value, got):
    data = changed(PUPIL_PREMIUM, 3, column, value)
    [(where, said, want)] = faults(data)
    plain = column.partition(" (")[0]
    assert (where, said) == (f"row 3, column {plain}", got)
    assert want.startswith("expected ")
    assert [row.row for row in read_organisations(data, "x", skip_bad=True).rows] == [2, 4, 5]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+Hazel",
        "-Hazel",
        "@Hazel",
        '=HYPERLINK("http://example.org")',
        "St. Zoë's",
        "Hazel 🌳 School",
        "Ĺ̶̿u Invented",
        'O\'Invented, "The"',
    ],
)
def test_odd_names_are_names_and_stay_as_they_are(registry, name):
    imported(registry, changed(PUPIL_PREMIUM, 2, "School Name", name))
    [hazel] = registry.by_identity("urn", "900001")
    assert registry.organisation(hazel).name == unicodedata.normalize("NFC", name)
    assert registry.organisation(hazel).handle


def test_names_are_kept_in_one_spelling():
    decomposed = changed(PUPIL_PREMIUM, 2, "School Name", "E\u0301cole\u00a0 Invented")
    assert read_organisations(decomposed, "x").rows[0].name == "\u00c9cole Invented"


@pytest.mark.parametrize(
    "value", ["31-02-2020", "2020-01-31", "1-1-2020", "00-01-2020", "31-12-0000", "31/12/2020", "soon"]
)
def test_a_day_that_does_not_exist_is_no_date(value):
    [(where, got, _)] = faults(changed(GIAS, 3, "CloseDate", value))
    assert (where, got) == ("row 3, column CloseDate", f"'{value}'")


def test_a_number_twice_makes_all_its_rows_bad_for_none_is_known_to_be_right():
    data = changed(PUPIL_PREMIUM, 4, "URN", "900001")
    assert [(where, want) for where, _, want in faults(data)] == [
        ("row 2, column URN", "expected once; it is in rows 2, 4"),
        ("row 4, column URN", "expected once; it is in rows 2, 4"),
    ]
    assert [row.row for row in read_organisations(data, "x", skip_bad=True).rows] == [3, 5]


def test_a_row_with_other_cells_than_the_header_is_told():
    rows = rows_of(PUPIL_PREMIUM)
    rows[2] = rows[2][:-1]
    rows[3] = [*rows[3], "more"]
    data = file_of(rows)
    assert [(where, got) for where, got, _ in faults(data)] == [("row 3", "18 cells"), ("row 4", "20 cells")]
    reading = read_organisations(data, "x", skip_bad=True)
    assert len(reading.rows) + len(reading.faults) == reading.total == 4


def test_all_faults_of_a_file_are_told_in_the_order_of_its_rows():
    data = changed(PUPIL_PREMIUM, 4, "URN", "x")
    data = changed(data, 4, "School Name", "")
    data = changed(data, 2, "LA", "x")
    assert [where for where, _, _ in faults(data)] == [
        "row 2, column LA",
        "row 4, column URN",
        "row 4, column School Name",
    ]


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_said_to_be_wrong(data):
    for whole in (data, PUPIL_PREMIUM + data):
        with suppress(BadInput):
            assert read_organisations(whole, "x").total >= 0


@given(st.data())
def test_a_register_imported_twice_changes_nothing_the_second_time(data):
    count = data.draw(st.integers(1, 6))
    rows = rows_of(PUPIL_PREMIUM)
    names = st.sampled_from(["Oak School", "Elm School", "Oak School Ely", "👩‍🏫", "=A1"])
    made = [[*(c for c in rows[1])] for _ in range(count)]
    for n, row in enumerate(made):
        row[0], row[3], row[5] = f"91000{n}", data.draw(st.sampled_from(["Ely", "", "Elm"])), data.draw(names)
    registry = Registry()
    imported(registry, file_of([rows[0], *made]))
    handles = [r.event.handle for r in registry.log]
    assert len(set(handles)) == count
    with registry.nothing_happens():
        imported(registry, file_of([rows[0], *reversed(made)]))


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "count", "format_"),
    [
        ("pupil-premium-2019-2020_855_925_881.csv", 1194, "pupil-premium"),
        ("gias_850_936_20220420_sample.csv", 1096, "gias"),
    ],
)
def test_the_real_registers_are_taken_whole_and_only_once(real_data, registry, name, count, format_):
    data = (real_data / "schools" / name).read_bytes()
    reading = read_organisations(data, name)
    assert (len(reading.rows), reading.format) == (count, format_)
    decided = registry.explain(c.ImportOrganisations, rows=reading.rows)
    assert len(decided.events) == count
    assert len({event.handle for _, event in decided.events}) == count
    assert max(len(event.handle) for _, event in decided.events) < 80
    registry.write(decided)
    again = registry.explain(c.ImportOrganisations, rows=reading.rows)
    assert again.events == []
    assert {note.outcome for note in again.noted} == {"unchanged"}


@pytest.mark.real_data
def test_real_closed_schools_come_with_their_status(real_data):
    rows = read_organisations((real_data / "schools" / "gias_850_936_20220420_sample.csv").read_bytes(), "gias").rows
    closed = [row for row in rows if row.details["status"] == "Closed"]
    assert len(closed) == 368
    assert all(
        date.fromisoformat(row.details["closed"]) <= date(2022, 4, 20) for row in closed if "closed" in row.details
    )
