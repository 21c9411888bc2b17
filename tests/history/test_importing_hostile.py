"""Files and mappings that are broken, cut short, huge or meant badly: refused with their place, never a traceback."""

import gzip
import json

import pytest

from history import imports
from reviewflow.errors import BadDefinition, BadInput

LOG = """mapping: log
workflow: open-software-review
case: "{case:concept:name}"
subject: {name: "{case:concept:name}", kind: project, register: true}
people: {register: true}
happened: "{time:timestamp}"
rows:
  - {where: {concept:name: Submit, lifecycle:transition: [complete, ""]}, open: true}
  - {where: {concept:name: Label}, do: add_label, set: {label: "{label}"}}
  - {where: {lifecycle:transition: start}, ignore: only its end counts}
"""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016">\n'


def event(name: str, day: str, **more: str) -> str:
    keys = {"concept:name": name, **more}
    texts = "".join(f'<string key="{key}" value="{value}"/>' for key, value in keys.items())
    return f'<event>{texts}<date key="time:timestamp" value="{day}T09:00:00.000+01:00"/></event>\n'


def trace(name: str, *events: str) -> str:
    return f'<trace><string key="concept:name" value="{name}"/>\n{"".join(events)}</trace>\n'


CASES = [
    trace(f"Case {n}", event("Submit", f"2020-03-{n:02}"), event("Label", "2020-04-01", label=f"l{n}"))
    for n in range(1, 6)
]
WHOLE = HEAD + "".join(CASES) + "</log>\n"


@pytest.fixture
def world():
    made = imports.world()
    yield made
    made.close()


def written(folder, text, name="log.xes"):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_log_is_read_plain_and_packed(world, tmp_path):
    report = imports.take(world, written(tmp_path, WHOLE), LOG)
    assert (report.form, report.cases, report.outcomes) == ("xes", 5, {"accepted": 10})
    again = imports.take(world, written(tmp_path, gzip.compress(WHOLE.encode()), "log.xes.gz"), LOG)
    assert again.outcomes == {"already": 10}
    assert str(imports.cycles(world)["Case 1"].opened) == "2020-03-01 08:00"


def test_only_the_end_of_a_step_counts_where_the_mapping_says_so(world, tmp_path):
    started = event("Submit", "2020-03-01", **{"lifecycle:transition": "start"})
    ended = event("Submit", "2020-03-02", **{"lifecycle:transition": "complete"})
    report = imports.take(world, written(tmp_path, HEAD + trace("One", started, ended) + "</log>"), LOG)
    assert report.ignored == {"only its end counts": 1}
    assert str(imports.cycles(world)["One"].opened.on) == "2020-03-02"


@pytest.mark.parametrize("cut", [len(HEAD) + 5, len(WHOLE) // 2, len(WHOLE) - 9])
def test_what_stands_before_the_cut_is_taken_and_the_place_told(world, tmp_path, cut):
    report = imports.take(world, written(tmp_path, WHOLE[:cut]), LOG)
    assert report.stopped is not None
    assert "line" in report.stopped
    assert report.rows == sum(report.outcomes.values()) == WHOLE[:cut].count("</event>")
    imports.take(world, written(tmp_path, WHOLE), LOG)
    assert len(imports.cycles(world)) == 5


BOMB = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n<log>'
ELSEWHERE = '<?xml version="1.0"?><!DOCTYPE log SYSTEM "file:///etc/passwd">\n<log></log>'


@pytest.mark.parametrize("text", [BOMB, ELSEWHERE, HEAD + "<trace><event></trace></log>", HEAD + "\x00</log>"])
def test_malformed_and_entity_bombed_logs_are_refused_with_their_place(world, tmp_path, text):
    before = world.position()
    report = imports.take(world, written(tmp_path, text), LOG)
    assert report.stopped is not None
    assert "line" in report.stopped
    assert world.position() == before
    assert report.rows == 0


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b broken", b"PK\x03\x04", b"\xff\xfeC\x00"])
def test_what_is_no_log_at_all_is_refused(world, tmp_path, data):
    before = world.position()
    with pytest.raises(BadInput):
        imports.take(world, written(tmp_path, data), LOG)
    assert world.position() == before


def test_all_columns_that_are_missing_are_named_before_anything_is_written(world, tmp_path):
    before = world.position()
    with pytest.raises(BadInput) as info:
        imports.take(world, written(tmp_path, "Case,Whem\nOne,2020-03-01\n", "rows.csv"))
    assert [fault.where for fault in info.value.faults] == ["column When", "column Who", "column What"]
    assert "line 7" in str(info.value)
    assert world.position() == before


def test_a_mapping_that_does_not_fit_writes_nothing(world, tmp_path):
    before = world.position()
    with pytest.raises(BadDefinition) as info:
        imports.rows(world, tmp_path, "One,2020-03-01,submitted,", parsed=imports.SIMPLE.replace("pass_checks", "pass"))
    assert len(info.value.faults) == 1
    assert world.position() == before


def test_a_workflow_that_is_not_published_writes_nothing(world, tmp_path):
    parsed = imports.SIMPLE.replace("open-software-review", "unheard-of")
    with pytest.raises(BadInput):
        imports.rows(world, tmp_path, "One,2020-03-01,submitted,", parsed=parsed)


def test_a_thousand_identical_rows_are_a_thousand_rows(world, tmp_path):
    lines = ["One,2020-03-01,submitted,", *["One,2020-03-02,label,same"] * 1000]
    assert imports.rows(world, tmp_path, *lines).outcomes == {"accepted": 1001}
    assert imports.rows(world, tmp_path, *lines).outcomes == {"already": 1001}
    assert len(imports.cycles(world)["One"].said["add_label"]) == 1000


def test_a_row_with_too_few_or_too_many_cells_is_refused(world, tmp_path):
    report = imports.rows(world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-01,label", "One,1,2,3,4,5")
    assert imports.why(report) == {"unreadable": 2}


def test_what_hides_or_deceives_in_a_name_is_refused(world, tmp_path):
    report = imports.rows(
        world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-02,reviewer,Rob\u202eelpmaxE",
        "\u202eOne,2020-03-01,submitted,", "One,2020-03-02,label,a\u202eb",
    )  # fmt: skip
    assert report.outcomes == {"accepted": 1, "refused": 3}


def test_a_huge_label_is_refused_and_not_cut(world, tmp_path):
    report = imports.rows(world, tmp_path, "One,2020-03-01,submitted,", f"One,2020-03-02,label,{'x' * 100_000}")
    assert imports.why(report) == {"bad-value": 1}


TABLED = imports.SIMPLE.replace(
    "rows:", 'tables:\n  more: {file: more.json, at: [cases], key: "{Case}"}\nrows:', 1
).replace("open: true", 'open: true, happened: "{more.begun}"')


def test_a_further_file_lies_beside_the_main_one(world, tmp_path):
    (tmp_path / "more.json").write_text(json.dumps({"cases": {"One": {"begun": "2020-01-01", "x": None}}}))
    report = imports.rows(world, tmp_path, "One,2020-03-01,submitted,", "Two,,submitted,", parsed=TABLED)
    assert imports.why(report) == {"no-date": 1}
    assert str(imports.cycles(world)["One"].opened) == "2020-01-01"


def test_a_further_csv_is_found_by_what_its_rows_say(world, tmp_path):
    (tmp_path / "more.csv").write_text("Name,kind,begun\nOne,no,2019-01-01\nOne,yes,2020-01-01\n")
    table = 'more: {file: more.csv, key: "{Case}", keyed_by: "{Name}", where: {kind: "yes"}}'
    parsed = TABLED.replace('more: {file: more.json, at: [cases], key: "{Case}"}', table)
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,", parsed=parsed)
    assert str(imports.cycles(world)["One"].opened) == "2020-01-01"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (None, {}), ("{", {}), ("[1]", {}), ('{"cases": 3}', {}), ('{"cases": {"One": 3}}', {}), ("[" * 5000, {}),
        ('{"cases": {}}', {"other": "more.json"}), ('{"cases": {}}', {"more": "../../../../etc/passwd"}),
        ('{"cases": {}}', {"more": "\x00"}), ('{"cases": {}}', {"more": "/"}),
    ],
)  # fmt: skip
def test_a_further_file_that_cannot_be_read_writes_nothing(world, tmp_path, text, named):
    if text is not None:
        (tmp_path / "more.json").write_text(text)
    before = world.position()
    with pytest.raises(BadInput):
        imports.rows(world, tmp_path, "One,2020-03-01,submitted,", parsed=TABLED, tables=named)
    assert world.position() == before


def test_a_pipe_is_refused(world, tmp_path):
    with pytest.raises(BadInput):
        imports.take(world, tmp_path / "-" / "..", LOG)


def test_nothing_of_a_row_lies_open_in_the_log(world, tmp_path):
    imports.rows(
        world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-02,reviewer,Quintessa", "One,2020-03-02,remark,Zebra"
    )
    with world.store.snapshot() as snapshot:
        bodies = b"".join(record.body for record in snapshot.log(0, 10_000))
        ids = " ".join(record.command_id or "" for record in snapshot.log(0, 10_000))
    assert b"Quintessa" not in bodies
    assert b"Zebra" not in bodies
    assert "Quintessa" not in ids
