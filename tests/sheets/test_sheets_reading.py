"""Files as sheets: what a spreadsheet keeps in a cell, where it stands, and what is no spreadsheet at all."""

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from reviewflow.errors import BadInput
from reviewflow.registry.sheet import Broken, Merged, address
from reviewflow.sheets import packed as archive
from reviewflow.sheets.reading import LARGEST, read_sheets
from sheets.books import book, open_document, repacked, with_sheet

OLD = (Path(__file__).parent / "data" / "invented.xls").read_bytes()
PEOPLE = [["name", "email"], ["Zara Invented", "zara@invented.example"]]


def rows(data, what="invented.xlsx"):
    return read_sheets(data, what)[0].rows


def fault(data, what="invented.xlsx"):
    with pytest.raises(BadInput) as caught:
        read_sheets(data, what)
    assert caught.value.what == what
    return str(caught.value.faults[0])


def test_each_cell_keeps_its_place_and_its_kind():
    def fill(made):
        sheet = made["People"]
        sheet["C3"], sheet["D3"], sheet["E3"] = date(2026, 9, 1), 900001.0, True
        sheet["F5"] = datetime(2026, 9, 1, 12, 30)  # noqa: DTZ001 - as a spreadsheet has it

    assert rows(book({"People": [["a"]]}, fill)) == [
        (1, ["a", None, None, None, None, None]),
        (3, [None, None, date(2026, 9, 1), 900001.0, True, None]),
        (5, [None, None, None, None, None, datetime(2026, 9, 1, 12, 30)]),  # noqa: DTZ001
    ]


def test_every_sheet_is_read_and_the_hidden_are_marked():
    def hide(made):
        made["Lists"].sheet_state = "hidden"

    found = read_sheets(book({"People": PEOPLE, "Lists": [["x"]], "Empty": []}, hide), "invented.xlsx")
    assert [(s.name, s.called, s.hidden, len(s.rows)) for s in found] == [
        ("People", "sheet People", False, 2), ("Lists", "sheet Lists", True, 1), ("Empty", "sheet Empty", False, 0),
    ]  # fmt: skip


def test_days_counted_from_1904_are_the_same_days():
    def epoch(made):
        made.epoch = CALENDAR_MAC_1904
        made["People"]["A1"] = date(2026, 9, 1)

    assert rows(book({"People": [["x"]]}, epoch)) == [(1, [date(2026, 9, 1)])]


def test_an_error_and_a_formula_never_calculated_are_no_empty_cells():
    xml = (
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><f>1+1</f></c><c r="C2"><f>1+1</f><v>2</v></c>'
        '<c r="D2" t="str"><f>A1</f><v></v></c></row><row><c t="e"><v>#REF!</v></c></row>'
    )
    assert rows(with_sheet(xml)) == [
        (2, [Broken("the error #N/A"), Broken("a formula that was never calculated"), 2.0, None]),
        (3, [Broken("the error #REF!"), None, None, None]),
    ]


def test_text_that_looks_like_a_formula_stays_text():
    xml = '<row r="1"><c r="A1" t="inlineStr"><is><t>=1+1</t></is></c></row>'
    assert rows(with_sheet(xml)) == [(1, ["=1+1"])]


def test_merged_cells_are_told():
    found = read_sheets(book({"People": PEOPLE}, lambda made: made["People"].merge_cells("A2:A4")), "invented.xlsx")
    assert found[0].merged == (Merged(2, 1, 4, 1),)
    assert str(found[0].merged[0]) == "A2:A4"


def test_a_workbook_with_macros_is_read_and_the_macros_are_not():
    with_macros = repacked(book({"People": PEOPLE}), lambda _, data: data)
    out = io.BytesIO(with_macros)
    with zipfile.ZipFile(out, "a") as more:
        more.writestr("xl/vbaProject.bin", b"\xff" * 1000)
    assert "xl/vbaProject.bin" not in archive.unpack(out.getvalue(), "invented.xlsm")
    assert len(rows(out.getvalue(), "invented.xlsm")) == 2


def test_what_a_file_is_does_not_depend_on_its_name():
    assert rows(book({"People": PEOPLE}), "invented.csv")[0] == (1, ["name", "email"])
    assert rows(b"name,email\n", "invented.xlsx") == [(1, ["name", "email"])]


def test_an_old_workbook_is_read():
    assert rows(OLD, "invented.xls") == [
        (1, ["Name", "Email", "Organisation", "Role", "From"]),
        (2, ["Zara Invented", "zara@invented.example", 900001, "head", date(2026, 9, 1)]),
        (3, ["=Yan Invented", "yan@invented.example", None, None, None]),
    ]


def test_an_open_document_is_read():
    cells = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>Zara Invented</text:p>'
        '</table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-09-01"/>'
        "</table:table-row>"
    )
    assert rows(open_document(cells), "invented.ods") == [(1, ["Zara Invented", date(2026, 9, 1)])]


@pytest.mark.parametrize("last", ["XFD1048576", "A5000001", "ZZ99999999"])
def test_two_cells_far_apart_do_not_take_all_memory(last):
    number = last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    xml = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{number}"><c r="{last}"><v>1</v></c></row>'
    assert "expected at most 5,000,000 cells" in fault(with_sheet(xml))


def test_cells_far_apart_are_found_in_a_sheet_of_any_name():
    data = with_sheet('<row r="1"><c r="XFD1048576"><v>1</v></c></row>')
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            renamed = before.read(name).replace(b"worksheets/sheet1.xml", b"other.xml")
            after.writestr(name.replace("worksheets/sheet1.xml", "other.xml"), renamed)
    assert "expected at most 5,000,000 cells" in fault(out.getvalue())


def test_more_than_the_directory_may_say_is_refused_before_anything_is_unpacked(monkeypatch):
    data = bytearray(book({"People": PEOPLE}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", archive.LARGEST + 1)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("something was unpacked"))
    assert "when unpacked; expected at most" in fault(bytes(data))


def test_a_member_larger_than_its_directory_says_is_refused():
    data = bytearray(book({"People": PEOPLE}))
    place = data.index(b"PK\x01\x02")
    (size,) = struct.unpack_from("<I", data, place + 24)
    struct.pack_into("<I", data, place + 24, size - 1)
    assert "a damaged workbook" in fault(bytes(data))


def test_two_members_of_one_name_are_refused():
    out = io.BytesIO(book({"People": PEOPLE}))
    with zipfile.ZipFile(out, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
        more.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert "two parts of one name" in fault(out.getvalue())


def test_a_file_too_large_is_refused():
    assert "expected at most 52,428,800" in fault(b"x" * (LARGEST + 1))


@pytest.mark.parametrize("keep", [4, 30, 200, 1500, -200, -22, -1])
def test_a_workbook_cut_short_is_refused(keep):
    assert "a damaged workbook" in fault(book({"People": PEOPLE})[:keep])


def test_any_byte_of_a_workbook_may_be_wrong_and_it_is_a_fault_or_read():
    data = book({"People": PEOPLE})
    outcomes = set()
    for place in range(0, len(data), 61):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        try:
            read_sheets(bytes(broken), "invented.xlsx")
            outcomes.add("read")
        except BadInput:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_a_password_is_told_from_damage():
    protected = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "protected by a password; expected one without" in fault(protected)
    assert "damaged" in fault(OLD[:1000], "invented.xls")


@pytest.mark.parametrize(
    ("xml", "want"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>', "a document type"),
        ("<worksheet><sheetData><row>", "a damaged part"),
        ("", "a damaged part"),
    ],
)
def test_a_sheet_that_is_no_plain_xml_is_refused(xml, want):
    data = repacked(book({"People": PEOPLE}), lambda name, part: xml.encode() if "worksheets/" in name else part)
    assert want in fault(data)


def test_what_is_no_spreadsheet_is_told():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("readme.txt", "x")
    assert "an archive that is no workbook" in fault(out.getvalue())
    binary = repacked(book({"People": PEOPLE}), lambda _, part: part)
    with zipfile.ZipFile(io_ := io.BytesIO(binary), "a") as more:
        more.writestr("xl/workbook.bin", b"x")
    assert "a binary workbook (.xlsb)" in fault(io_.getvalue())
    assert "a PDF document" in fault(b"%PDF-1.7")
    assert "an empty file" in fault(b"  \n")
    assert "a NUL byte" in fault(b"name\0,email")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_as_spreadsheets_write_it(separator, encoding):
    text = separator.join(["name", "email"]) + "\r\n\r\n" + separator.join(['"Zoë; ""Z"", Invented"', "  "]) + "\r\n"
    found = read_sheets(text.encode(encoding), "folder/people.csv")[0]
    assert (found.called, found.name) == ("people.csv", "people")
    assert found.rows == [(1, ["name", "email"]), (3, ['Zoë; "Z", Invented', None])]


def test_a_quote_left_open_is_told_with_its_row():
    assert "row 2, which begins on line 2: not CSV" in fault(b'name,email\n"Zara,x\n', "people.csv")


def test_columns_are_named_as_spreadsheets_do():
    assert [address(7, n) for n in (1, 26, 27, 702, 703, 16384)] == ["A7", "Z7", "AA7", "ZZ7", "AAA7", "XFD7"]
