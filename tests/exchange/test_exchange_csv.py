"""CSV as spreadsheets write it: what its rows say, and every way in which a file is no such thing."""

import io

import pytest

from exchange.files import cells, read, read_bytes, refusal
from reviewflow.errors import BadInput
from reviewflow.exchange import open_rows
from reviewflow.exchange.limits import LARGEST_CELL, MOST_CELLS
from reviewflow.exchange.lines import DECIDED_ON


def test_a_row_says_its_cells_under_their_columns(tmp_path):
    assert cells(tmp_path, "case, step ,when\nhazel,visit,2026-03-01\nhazel,,\n") == [
        {"case": "hazel", "step": "visit", "when": "2026-03-01"},
        {"case": "hazel", "step": "", "when": ""},
    ]


def test_the_header_and_the_format_are_known_before_the_first_row(tmp_path):
    path = tmp_path / "log.xes"  # the content says what it is, not the name
    path.write_text("case,step\nhazel,visit\n")
    with open_rows(path) as rows:
        assert (rows.format, rows.header) == ("csv", ("case", "step"))
        assert dict(next(rows).cells) == {"case": "hazel", "step": "visit"}
        assert list(rows) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_header_s(tmp_path, delimiter):
    header, row = ["case", '"a,;\tb;;"', "c"], ["1,2", "3;4", '"5\t6"']
    quoted = [f'"{cell.strip(chr(34))}"' for cell in row]
    data = f"{delimiter.join(header)}\n{delimiter.join(quoted)}\n"
    assert cells(tmp_path, data) == [{"case": "1,2", "a,;\tb;;": "3;4", "c": "5\t6"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_those_of_a_spreadsheet_whatever_ends_a_line(tmp_path, end):
    lines = ["case,note", 'a,"two', 'lines"', "", ",", " ,", "b,1", "c"]
    first, second, third = read_bytes(tmp_path, end.join(lines))
    assert (first.number, first.place, first.cells["note"]) == (1, "row 2", f"two{end}lines")
    assert (second.number, second.place) == (2, "row 6")
    assert (third.number, third.place) == (3, "row 7")
    (fault,) = third.faults
    assert (fault.where, fault.got, fault.want) == ("row 7", "1 cells", "expected 2, as in the header")


def test_only_line_ends_end_a_line(tmp_path):
    odd = "a\x0bb\x0cc\x1cd\x85e\u2028f"
    assert cells(tmp_path, f"case,note\n1,{odd}\n") == [{"case": "1", "note": odd}]


def test_rows_with_other_numbers_of_cells_are_faults_and_end_nothing(tmp_path):
    rows = read_bytes(tmp_path, "a,b\n1\n1,2\n1,2,3\n")
    assert [[fault.got for fault in row.faults] for row in rows] == [["1 cells"], [], ["3 cells"]]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("case\nZoë\n".encode(), "Zoë"),
        ("\ufeffcase\nZoë\n".encode(), "Zoë"),
        ("case\nZoë €\n".encode("cp1252"), "Zoë €"),
    ],
)
def test_utf_8_and_windows_1252_are_read(tmp_path, data, text):
    assert cells(tmp_path, data) == [{"case": text}]


def test_the_encoding_is_decided_at_the_beginning_and_kept(tmp_path):
    filler = b"case\n" + b"x" * 99 + b"\n"
    long = filler + (b"y" * 99 + b"\n") * (DECIDED_ON // 100 + 700)
    rows, fault = refusal(tmp_path, long + b"z\nZo\xeb\n")
    assert fault.where == f"row {long.count(10) + 2}, which begins on line {long.count(10) + 2}"
    assert fault.got == "the byte 0xeb"
    assert len(rows) == long.count(10)  # the header less, the z more
    early = b"Zo\xeb\n"
    assert cells(tmp_path, filler + early + long[len(filler) :] + "é\n".encode())[-1] == {"case": "Ã©"}
    cut = "é" * DECIDED_ON  # a character across the end of what decides
    assert read_bytes(tmp_path, f"case\nx{cut[:1000]}\n" + f"{cut[:1000]}\n" * 600)[0].cells["case"] == "x" + cut[:1000]


def test_a_byte_of_neither_encoding_is_refused(tmp_path):
    rows, fault = refusal(tmp_path, b"case\na\nb\x81\n")
    assert (fault.where, fault.got, len(rows)) == ("row 3, which begins on line 3", "the byte 0x81", 1)


@pytest.mark.parametrize(
    ("data", "where", "got"),
    [
        (b"case\na\nb\0\n", "row 3, which begins on line 3", "a NUL byte"),
        (b'case\na\n"b\n\n\n', "row 3, which begins on line 3", "unexpected end of data"),
        (b'case\n"a"b\n', "row 2, which begins on line 2", "expected after"),
        (b"\n\na\n", "row 1", "an empty line"),
        (b",,\na,b,c\n", "row 1", "an empty line"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_place(tmp_path, data, where, got):
    _, fault = refusal(tmp_path, data)
    assert fault.where == where
    assert got in fault.got


def test_all_columns_without_a_name_or_with_the_same_are_named(tmp_path):
    path = tmp_path / "given"
    path.write_text("a,,b, a,b ,a,\n1,2,3,4,5,6,7\n")
    with pytest.raises(BadInput) as refused:
        read(path)
    assert [(fault.where, fault.got) for fault in refused.value.faults] == [
        ("row 1, column 2", "no name"),
        ("row 1, column 7", "no name"),
        ("row 1", "column 'a' more than once"),
        ("row 1", "column 'b' more than once"),
    ]


def test_long_cells_and_wide_headers_are_refused_at_their_limits(tmp_path):
    assert len(cells(tmp_path, f"case\n{'x' * LARGEST_CELL}\n")[0]["case"]) == LARGEST_CELL
    rows, fault = refusal(tmp_path, f"case\na\n{'x' * (LARGEST_CELL + 1)}\n")
    assert (fault.where, len(rows)) == ("row 3, which begins on line 3", 1)
    assert "at most 1,048,576 characters" in fault.want
    wide = ",".join(f"c{n}" for n in range(MOST_CELLS))
    assert len(cells(tmp_path, f"{wide}\n{wide}\n")[0]) == MOST_CELLS
    _, fault = refusal(tmp_path, f"{wide},more\n")
    assert fault.got == f"{MOST_CELLS + 1:,} columns"


@pytest.mark.parametrize("endless", ["x,", '"\n",', "x"])
def test_a_row_without_end_is_refused(tmp_path, monkeypatch, endless):
    monkeypatch.setattr("reviewflow.exchange.lines.LARGEST_EVENT", 200_000)
    monkeypatch.setattr("reviewflow.exchange.lines.DECIDED_ON", 1)
    told = []
    rows, fault = refusal(tmp_path, f"case\na\n{endless * 500_000}", progress=lambda *now: told.append(now))
    assert (fault.where, len(rows)) == ("row 3, which begins on line 3", 1)
    assert "200,000 characters" in fault.got
    assert told[-1][0] <= 300_000  # not to the end of the file


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"", "an empty file"),
        (b" \r\n\t", "an empty file"),
        (b"\xef\xbb\xbf", "an empty file"),
        (b"PK\x03\x04....", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd"),
        ("case,step\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_other_files_are_told_for_what_they_are(tmp_path, data, got):
    rows, fault = refusal(tmp_path, data)
    assert got in fault.got
    assert rows == []


def test_a_file_that_is_not_there_is_bad_input(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path, "nul\0"):
        with pytest.raises(BadInput, match="can be read"):
            read(path)


def test_standard_input_is_read_as_any_file(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"case\nhazel\n")))
    assert [dict(row.cells) for row in read("-")] == [{"case": "hazel"}]


def test_what_looks_like_a_formula_is_a_text_and_keeps_its_apostrophe_unless_asked(tmp_path):
    data = "'=case,step\n'=1,'tis\n=1,-2\n''-1,'\n"
    assert [list(row.values()) for row in cells(tmp_path, data)] == [["'=1", "'tis"], ["=1", "-2"], ["''-1", "'"]]
    bare = cells(tmp_path, data, unquoted=True)
    assert list(bare[0]) == ["=case", "step"]
    assert [list(row.values()) for row in bare] == [["=1", "'tis"], ["=1", "-2"], ["'-1", "'"]]


def test_many_rows_are_no_row_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("reviewflow.exchange.lines.LARGEST_EVENT", 200_000)
    assert len(cells(tmp_path, "case\n" + f"{'x' * 999}\n" * 1000)) == 1000
