"""How large a file is, told before it is read: never fewer rows than it has."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.sheets.packed import told_rows, told_size
from reviewflow.sheets.reading import read_sheets
from reviewflow.sheets.writing import Leaf, write_workbook


def workbook(rows):
    return write_workbook([Leaf("People", ["name", "email"], rows, [10, 10], {})])


@pytest.mark.parametrize("number", [0, 1, 7, 300])
def test_rows_of_a_workbook(number):
    data = workbook([[f"N{n}", "x"] for n in range(number)])
    [sheet] = read_sheets(data, "x.xlsx")
    rows, columns = told_rows(data)
    assert rows >= len(sheet.rows) == number + 1
    assert 1 <= columns <= 2
    assert told_size(data) > len(data)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5), min_size=1, max_size=4)))
def test_rows_of_a_table(rows):
    data = "name,email\n" + "".join(",".join(f'"{c.replace(chr(34), chr(39))}"' for c in row) + "\n" for row in rows)
    [sheet] = read_sheets(data.encode(), "x.csv")
    lines, columns = told_rows(data.encode())
    assert lines >= len(sheet.rows)
    assert columns >= max(len(row) for _, row in sheet.rows)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_very_many_rows_are_told_whatever_ends_them(end):
    assert told_rows(b"x" + end * 200_000)[0] > 200_000


def test_what_is_no_archive_is_for_its_reader_to_say():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xml", b"<row>" * 5)
    whole = out.getvalue()
    assert told_rows(whole)[0] == 5
    assert told_size(whole) == 25
    for broken in (b"PK\x03\x04", whole[:-10], b"PK"):
        assert told_size(broken) == 0
        assert told_rows(broken) == (0, 0)
    assert told_rows(b"") == (1, 1)
