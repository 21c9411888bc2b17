"""`audit export` against real files: formats, filters, moments, viewers, and a file that is whole or not there."""

import csv
import io
import json
import stat
from xml.etree import ElementTree as ET

import pytest

from cli.shell import ADA, BEN, LENA, PRIYA
from reviewflow.history.export import columns

CYCLE = "hazel-2026-1"


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def busy(world, tmp_path_factory):
    """The world with some more in it: texts, a second cycle, something recorded late."""
    import shutil
    from datetime import timedelta

    from cli.shell import START, Shell
    from kit.clock import FixedClock

    folder = tmp_path_factory.mktemp("busy") / "north"
    shutil.copytree(world, folder)
    shell = Shell(folder, FixedClock(START + timedelta(days=3), timedelta(seconds=1)), {"REVIEWFLOW_ACTOR": ADA})
    focus = ("--set", "focus_areas=-2+3 pupils", "--as", LENA, "--on", "2026-09-08")
    shell.run("cycle", "do", CYCLE, "choose_focus", *focus)
    shell.run("cycle", "note", CYCLE, "A note with “quotes”, a comma\nand a line", "--as", PRIYA)
    shell.run("cycle", "note", CYCLE, "=HYPERLINK(0)", "--as", LENA, "--by", "2026-09-09")
    shell.run("cycle", "open", "birch", "--year", "2027-28", "--as", PRIYA)
    return shell


def test_csv_is_a_table_that_a_spreadsheet_does_not_run(busy, tmp_path):
    file = tmp_path / "h.csv"
    said = busy.run("audit", "export", str(file))
    assert "2 cycles with 5 events written" in said.stdout
    assert "personal data" in said.stderr
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
    assert tuple(rows[0]) == columns()
    assert len(rows) == 6
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_json_lines_hold_the_events_as_they_are(busy):
    found = lines(busy.run("audit", "export", "-", CYCLE, "--format", "jsonl").stdout)
    assert [line["event"]["concept:name"] for line in found] == [
        "Opened", "Choose the focus", "Note added", "Note added"
    ]  # fmt: skip
    assert {line["case"]["concept:name"] for line in found} == {CYCLE}
    focus, note, evidence = (line["event"]["reviewflow:event"] for line in found[1:])
    assert focus["values"] == {"focus_areas": ["-2+3 pupils"]}
    assert note["text"] == "A note with “quotes”, a comma\nand a line"
    assert evidence["text"] == "=HYPERLINK(0)"
    assert found[3]["event"]["reviewflow:by"] is True
    assert found[3]["event"]["time:timestamp"] == "2026-09-09T00:00:00+01:00"
    assert found[1]["event"]["time:timestamp"] == "2026-09-08T00:00:00+01:00"
    assert "reviewflow:by" not in found[1]["event"]
    assert found[1]["event"]["org:resource"] == "Lena Example"
    assert found[1]["event"]["org:role"] == "Headteacher"


def test_xes_is_a_log_with_a_trace_a_cycle(busy, tmp_path):
    file = tmp_path / "h.xes"
    busy.run("audit", "export", str(file))
    log = ET.parse(file).getroot()
    traces = log.findall("trace")
    assert [t.find("string[@key='concept:name']").get("value") for t in traces] == ["birch-2027-1", CYCLE]
    event = traces[1].findall("event")[1]
    assert event.find("date[@key='time:timestamp']").get("value") == "2026-09-08T00:00:00+01:00"
    assert event.find("id[@key='identity:id']") is not None


def test_the_same_export_twice_is_the_same_file(busy, tmp_path):
    first, second = (tmp_path / name for name in ("a.xes", "b.xes"))
    busy.run("audit", "export", str(first))
    busy.run("audit", "export", str(second))
    assert first.read_bytes() == second.read_bytes()


def test_only_its_owner_can_read_the_file(busy, tmp_path):
    file = tmp_path / "h.csv"
    busy.run("audit", "export", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_only_replaced_by_force(busy, tmp_path):
    file = tmp_path / "h.csv"
    file.write_text("mine")
    assert "--force" in busy.run("audit", "export", str(file), code=2).stderr
    assert file.read_text() == "mine"
    busy.run("audit", "export", str(file), "--force")
    assert file.read_text("utf-8").startswith('"case:concept:name"')


@pytest.mark.parametrize(
    "words",
    [(CYCLE, "nobody-2026-1"), ("--as", BEN), ("--partnership", "nowhere"), ("--as-of", "2020-01-01", CYCLE)],
)
def test_what_goes_wrong_leaves_nothing(busy, tmp_path, words):
    file = tmp_path / "h.csv"
    result = busy.run("audit", "export", str(file), *words, code=1 if "--as" in words else 2)
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("h.txt",), "--format"),
        (("-",), "--format"),
        (("h.csv", CYCLE, "--year", "2026-27"), "not both"),
        (("h.csv", "--format", "xml"), "xml"),
    ],
)
def test_wrong_usage_is_told(busy, words, says):
    assert says in busy.run("audit", "export", *words, code=2).stderr


@pytest.mark.parametrize(
    ("words", "cycles"),
    [
        ((), 2),
        ((CYCLE,), 1),
        ((CYCLE, CYCLE, "birch-2027-1"), 2),
        (("--year", "2027-28"), 1),
        (("--partnership", "north"), 2),
        (("--programme", "example-partnership", "--workflow", "spp-peer-review"), 2),
        (("--workflow", "another"), 0),
        (("--as-of", "2026-09-07"), 1),
        (("--known-at", "2026-09-07"), 1),
    ],
)
def test_which_cycles(busy, tmp_path, words, cycles):
    file = tmp_path / "h.csv"
    assert busy.json("audit", "export", str(file), *words)["export"]["cycles"] == cycles
    with file.open(newline="", encoding="utf-8") as table:
        assert len({row["case:concept:name"] for row in csv.DictReader(table)}) == cycles


@pytest.mark.parametrize(
    ("words", "versions"),
    [
        (("--as-of", "2026-09-07"), [1]),
        (("--as-of", "2026-09-08"), [1, 2]),
        (("--as-of", "2026-09-09"), [1, 2, 4]),
        (("--known-at", "2026-09-07"), [1]),
        ((), [1, 2, 3, 4]),
    ],
)
def test_another_day_and_another_moment(busy, words, versions):
    found = lines(busy.run("audit", "export", "-", CYCLE, "--format", "jsonl", *words).stdout)
    assert [line["event"]["reviewflow:version"] for line in found] == versions
    assert {line["case"]["reviewflow:events"] for line in found} == {len(versions)}


def test_what_was_known_between_two_records(busy):
    found = lines(busy.run("audit", "export", "-", CYCLE, "--format", "jsonl").stdout)
    moment = found[1]["event"]["reviewflow:recorded_at"]
    before = lines(busy.run("audit", "export", "-", CYCLE, "--format", "jsonl", "--known-at", moment).stdout)
    assert [line["event"] for line in before] == [line["event"] for line in found[:2]]


def test_an_auditor_is_not_shown_what_the_workflow_hides(busy, tmp_path):
    busy.run("person", "add", "Otto Example", "--email", "otto@example.example")
    busy.run(
        "person", "role", "otto@example.example", "auditor", "--in", "example-partnership", "--since", "2026-09-01"
    )
    said = busy.run("audit", "export", "-", CYCLE, "--format", "jsonl", "--as", "otto@example.example")
    words = busy.json("cycle", "show", CYCLE, "--history", "--as", "otto@example.example")
    found = lines(said.stdout)
    assert [line["event"]["reviewflow:version"] for line in found] == [one["version"] for one in words["history"]]
    told = json.dumps(words["history"], ensure_ascii=False)
    for text in ("-2+3 pupils", "A note with", "=HYPERLINK(0)", "Lena Example"):
        assert (text in told) == (text in said.stdout)


def test_an_administrator_is_shown_what_the_workflow_shows_them(busy):
    assert busy.run("audit", "export", "-", "--format", "csv", "--as", ADA).stdout.startswith('"case:concept:name"')


def test_standard_output_holds_nothing_but_the_histories(busy):
    result = busy.run("audit", "export", "-", "--format", "jsonl", "--json")
    assert len(lines(result.stdout)) == 5
    assert json.loads(result.stderr)["export"]["events"] == 5


def test_without_names_nobody_is_named(busy):
    text = busy.run("audit", "export", "-", "--format", "jsonl", "--no-names").stdout
    assert "Lena Example" not in text
    assert "Priya Example" not in text


def test_what_was_exported_comes_in_again_elsewhere(busy, tmp_path):
    from cli.shell import Shell

    file = tmp_path / "h.csv"
    busy.run("audit", "export", str(file))
    there = Shell(tmp_path, busy.clock)
    there.run("init", "--admin", "Zoe Elsewhere", "--email", "zoe@elsewhere.example", "--programme", "Elsewhere")
    there.env["REVIEWFLOW_ACTOR"] = "zoe@elsewhere.example"
    refused = there.json("history", "import", str(file), code=1)
    assert refused["reasons"] == {"no-such-partnership": 2, "no-such-programme": 2, "not-published": 2}
    there.run("workflow", "publish", "spp-peer-review")
    there.run("partnership", "add", "Elsewhere North", "--handle", "north")
    dry = there.json("history", "import", str(file), "--programme", "elsewhere", "--dry-run")
    assert (dry["taken_over"], dry["people"]) == (2, 2)
    done = there.json("history", "import", str(file), "--programme", "elsewhere")
    assert (done["taken_over"], done["events_taken_over"]) == (2, 5)
    for day in ("2026-09-07", "2026-09-08", "2026-09-10"):
        words = ("audit", "replay", CYCLE, "--as-of", day)
        assert there.json(*words)["replay"]["sections"] == [
            section if section["title"] != "Cycle" else there.json(*words)["replay"]["sections"][n]
            for n, section in enumerate(busy.json(*words)["replay"]["sections"])
        ]
    again = there.json("history", "import", str(file), "--programme", "elsewhere")
    assert (again["taken_over"], again["unchanged"]) == (0, 2)
