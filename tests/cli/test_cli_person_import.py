"""People from the spreadsheet a programme has: tried first, then all of it or nothing; given out and brought back."""

import shutil
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from cli.shell import ADA, LENA, PRIYA, Shell
from reviewflow.sheets.reading import read_sheets

ZARA, YAN = "zara@invented.example", "yan@invented.example"
HEADERS = {
    "People": ("name", "email", "organisation", "role", "from", "id"),
    "Roles": ("person", "role", "held in", "from", "until"),
    "Training": ("person", "course", "completed", "valid until"),
    "Memberships": ("organisation", "partnership", "from", "until"),
}
FILLED = {
    "People": [("Zara Invented", ZARA, "hazel", "head", date(2025, 9, 1)), ("=Yan Invented", YAN, 900002.0)],
    "Roles": [(ZARA, "partnership_lead", "north", date(2025, 9, 1), date(2026, 12, 31))],
    "Training": [(YAN, "peer-reviewer", date(2026, 6, 1), date(2028, 5, 31))],
    "Memberships": [("elm", "north", date(2026, 9, 1))],
}


@pytest.fixture
def filled(north):
    """A workbook as somebody filled it in, beside a store that has one more school."""
    north.run("organisation", "add", "Elm Example Primary", "--handle", "elm")
    return book(north, FILLED)


def book(shell, sheets, name="people.xlsx"):
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        sheet.append(HEADERS[title])
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    made.save(shell.folder / name)
    return str(shell.folder / name)


def test_a_template_is_filled_in_tried_and_brought_in(north):
    file = str(north.folder / "new.xlsx")
    assert "Written" in north.run("person", "import", "--template", file).stdout
    made = load_workbook(file)
    assert {n: tuple(c.value for c in made[n][1]) for n in made.sheetnames if n != "Notes"} == HEADERS
    assert len(list(made["Notes"].rows)) == 1 + sum(map(len, HEADERS.values()))
    made["People"].append(FILLED["People"][0])
    made.save(file)
    shown = north.run("person", "import", file, "--dry-run").stdout
    assert "1 new, 0 changed, 0 same, 0 refused" in shown
    north.run("person", "import", file)
    assert north.json("person", "show", ZARA)["person"]["name"] == "Zara Invented"
    assert "a file that exists" in north.run("person", "import", "--template", file, code=2).stderr


def test_a_template_of_one_sheet_may_be_csv_and_needs_no_store(empty):
    file = empty.folder / "training.csv"
    empty.run("person", "import", "--template", str(file), "--sheet", "training")
    assert file.read_bytes() == b"\xef\xbb\xbfperson,course,completed,valid until\r\n"
    assert "give --sheet" in empty.run("person", "import", "--template", str(empty.folder / "x.csv"), code=2).stderr
    assert "expected .xlsx or .csv" in empty.run("person", "import", "--template", "x.doc", code=2).stderr
    assert "alone" in empty.run("person", "import", str(file), "--template", "x.csv", code=2).stderr


def test_a_dry_run_tells_every_row_and_records_nothing(north, filled):
    before = north.records
    told = north.json("person", "import", filled, "--dry-run")
    assert told["outcomes"] == {"new": 5, "changed": 0, "same": 0, "refused": 0}
    assert [(r["sheet"], r["row"], r["outcome"], r["what"]) for r in told["noted"]] == [
        ("sheet People", 2, "new", "Zara Invented"),
        ("sheet People", 3, "new", "=Yan Invented"),
        ("sheet Roles", 2, "new", f"{ZARA}: partnership_lead in north"),
        ("sheet Training", 2, "new", f"{YAN}: peer-reviewer 2026-06-01"),
        ("sheet Memberships", 2, "new", "elm in north"),
    ]
    assert north.records == before


def test_all_of_it_is_recorded_at_once_and_the_same_again_changes_nothing(north, filled):
    before = north.records
    told = north.json("person", "import", filled, "--command-id", "the-first")
    assert [one["topic"].partition("/")[0] for one in told["recorded"]] == [
        "registry.membership-began", "registry.person-registered", "registry.role-given", "registry.person-registered",
        "registry.role-given", "registry.role-given", "registry.training-recorded",
    ]  # fmt: skip
    assert north.records == before + 7
    again = north.json("person", "import", filled)
    assert (again["outcomes"]["same"], again["changed"]) == (5, False)
    assert north.json("person", "import", filled, "--command-id", "the-first")["repeated"]
    assert north.records == before + 7
    assert north.json("person", "show", YAN)["person"]["roles"][0]["held"] == "staff"


def test_one_wrong_cell_stops_all_and_every_one_is_told(north, filled):
    wrong = {**FILLED, "People": [*FILLED["People"], ("Xaver Invented", "x", "nowhere", "Head!", "03/04/2026")]}
    where = north.wrong("person", "import", book(north, wrong, "wrong.xlsx"))
    assert where == ["sheet People, cell E4"]
    where = north.wrong("person", "import", book(north, wrong, "again.xlsx"), "--dates", "dmy")
    assert where == ["sheet People, cell C4"]
    shown = north.run("person", "import", str(north.folder / "wrong.xlsx"), "--dry-run", code=2)
    assert "5 new, 0 changed, 0 same, 1 refused" in shown.stdout
    assert "say with --dates dmy" in shown.stderr


def test_a_refusal_stops_all(north, filled):
    taken = [("", LENA.replace("lena", "ben"), "", "", None, north.json("person", "show", LENA)["person"]["id"])]
    file = book(north, {"People": [*FILLED["People"], *taken]}, "taken.xlsx")
    north.run("person", "add", "Ben Example", "--email", "ben@hazel.example")
    assert north.refused("person", "import", file) == ["email-taken"]


def test_what_changed_is_shown_from_what_to_what(north, filled):
    north.run("person", "import", filled)
    people = [("Zara Renamed", ZARA, "hazel", "head", date(2025, 9, 1)), *FILLED["People"][1:]]
    shown = north.run("person", "import", book(north, {"People": people}, "later.xlsx")).stdout
    assert "name: Zara Invented → Zara Renamed" in shown
    assert "0 new, 1 changed, 1 same, 0 refused" in shown
    assert north.json("person", "show", ZARA)["person"]["name"] == "Zara Renamed"


def test_a_lead_brings_in_their_own_people_only(north, filled):
    assert north.refused("person", "import", filled, "--as", PRIYA) == ["not-permitted"]
    own = book(north, {"People": FILLED["People"], "Training": FILLED["Training"]}, "own.xlsx")
    assert north.json("person", "import", own, "--as", PRIYA)["outcomes"]["new"] == 3
    assert north.refused("person", "import", own, "--as", LENA) == ["not-permitted"]
    assert north.refused("person", "export", str(north.folder / "x.xlsx"), "--as", LENA) == ["not-permitted"]
    assert not (north.folder / "x.xlsx").exists()


def test_several_csv_files_are_one_import(north):
    (north.folder / "p.csv").write_text(f"Name;E-mail;School\nZara Invented;{ZARA};Hazel Example Primary\n", "utf-8")
    (north.folder / "t.csv").write_text(f"person,course,completed\n{ZARA},peer-reviewer,01.06.2026\n", "utf-8")
    files = [str(north.folder / name) for name in ("p.csv", "t.csv")]
    assert north.wrong("person", "import", *files) == ["t.csv, cell C2"]
    assert north.json("person", "import", *files, "--dates", "dmy")["outcomes"]["new"] == 2
    assert north.json("person", "show", ZARA)["person"]["training"][0]["completed"] == "2026-06-01"


def test_names_and_addresses_never_stand_in_the_store(north, filled):
    north.run("person", "import", filled, "--command-id", "import")
    for file in north.folder.glob("reviewflow.*"):
        data = file.read_bytes().lower()
        for text in ("zara", "yan invented", YAN, "people.xlsx"):
            assert text.encode() not in data, (file.name, text)


# -- given out ----------------------------------------------------------------------------------------------------


def test_what_is_given_out_comes_back_as_the_same(north, filled):
    north.run("person", "import", filled)
    file = str(north.folder / "out.xlsx")
    rows = north.json("person", "export", file)["rows"]
    assert rows == {"People": 9, "Roles": 10, "Training": 5, "Memberships": 4}
    assert (north.folder / "out.xlsx").stat().st_mode & 0o777 == 0o600
    told = north.json("person", "import", file)
    assert told["outcomes"] == {"new": 0, "changed": 0, "same": sum(rows.values()), "refused": 0}
    assert "a file that exists" in north.run("person", "export", file, code=2).stderr


def test_what_is_given_out_makes_the_same_people_elsewhere(north, filled, tmp_path):
    north.run("person", "import", filled)
    north.run("person", "add", "Nobody Reachable", "--organisation", "elm", "--role", "head")
    file = str(north.folder / "out.xlsx")
    north.run("person", "export", file)
    (tmp_path / "fresh").mkdir()
    fresh = Shell(tmp_path / "fresh", north.clock, {"REVIEWFLOW_ACTOR": ADA})
    fresh.run("init", "--admin", "Ada Example", "--email", ADA, "--programme", "Example Partnership")
    for handle in ("hazel", "birch", "cedar", "elm"):
        fresh.run("organisation", "add", f"{handle.title()} Example Primary", "--handle", handle)
    fresh.run("partnership", "add", "North Example Cluster", "--handle", "north")
    assert len(set(fresh.wrong("person", "import", file))) >= 9, (
        "ids of another store are not taken for ids of this one"
    )
    fresh.run("person", "import", file, "--from-elsewhere")
    assert sheets(fresh, "there.xlsx") == sheets(north, "here.xlsx")
    assert fresh.json("person", "import", file, "--from-elsewhere")["changed"] is False


def sheets(shell, name):
    """What a store gives out, without the ids of those who have an address: these may differ."""
    shell.run("person", "export", str(shell.folder / name))
    found = {
        one.name: [cells for _, cells in one.rows] for one in read_sheets((shell.folder / name).read_bytes(), name)
    }
    found["People"] = [[*row[:5], None if row[1] else row[5]] for row in found["People"]]
    return found


def test_a_day_and_a_moment_asked_about_hold_for_what_is_given_out(north, filled):
    before = north.clock.now()
    north.run("person", "import", filled)

    def rows(name, *more: str):
        return north.json("person", "export", str(north.folder / name), *more)["rows"]

    assert rows("then.xlsx", "--known-at", before.isoformat().replace("+00:00", "Z"))["People"] == 7
    assert rows("early.xlsx", "--as-of", "2025-09-01") == {"People": 9, "Roles": 4, "Training": 0, "Memberships": 0}


def test_csv_holds_one_sheet_and_no_formula(north, filled):
    north.run("person", "import", filled)
    file = north.folder / "people.csv"
    north.run("person", "export", str(file), "--sheet", "people")
    assert "'=Yan Invented," in file.read_text("utf-8-sig")
    assert north.json("person", "import", str(file))["outcomes"]["same"] == 9
    assert "give --sheet" in north.run("person", "export", str(north.folder / "all.csv"), code=2).stderr


def test_a_lead_gives_out_only_whom_they_see(north, filled):
    north.run("person", "add", "Far Away", "--email", "far@away.example", "--organisation", "elm")
    file = str(north.folder / "mine.xlsx")
    north.run("person", "export", file, "--as", PRIYA)
    names = [row[0].value for row in load_workbook(file)["People"].rows]
    assert "Lena Example" in names
    assert "Far Away" not in names
    assert north.json("person", "import", file, "--as", PRIYA)["changed"] is False


def test_without_the_master_key_names_are_empty_and_nothing_is_brought_in(north, filled):
    ada = north.json("person", "show", ADA)["person"]["id"]
    shutil.move(north.folder / "reviewflow.master-key", north.folder / "elsewhere")
    file = str(north.folder / "hidden.xlsx")
    assert "names and addresses are hidden" in north.run("person", "export", file).stderr
    assert {cell for row in list(load_workbook(file)["People"].values)[1:] for cell in row[:2]} == {None}
    north.run("person", "import", filled, code=5, REVIEWFLOW_ACTOR=ada)


def test_hostile_files_are_refused_with_a_reason(north):
    whole = BytesIO()
    Workbook().save(whole)
    for name, data, want in (
        ("cut.xlsx", whole.getvalue()[:900], "a damaged workbook"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("paper.pdf", b"%PDF-1.7", "a PDF document"),
        ("empty.csv", b"", "an empty file"),
        ("other.csv", b"a,b\n1,2\n", "these columns are missing"),
    ):
        (north.folder / name).write_bytes(data)
        before = north.records
        assert want in north.run("person", "import", str(north.folder / name), code=2).stderr
        assert north.records == before
    assert "No such file" in north.run("person", "import", "not-there.xlsx", code=2).stderr
    assert "give the FILE" in north.run("person", "import", code=2).stderr
