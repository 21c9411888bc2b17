"""Every fault of a mapping is told at once, with its line and column."""

import pytest

from history import imports
from kit.world import WORKFLOWS
from reviewflow.errors import BadDefinition
from reviewflow.history.mapping_parse import parse_mapping
from reviewflow.shipped import shipped_mappings
from reviewflow.workflow.parse import parse

HEAD = """mapping: m
workflow: open-software-review
case: "{Case}"
subject: {name: "{Case}"}
happened: "{When}"
rows:
"""


def faults(text):
    with pytest.raises(BadDefinition) as info:
        parse_mapping(text, "m.yaml")
    return [(one.line, one.path, one.want) for one in info.value.faults]


@pytest.mark.parametrize(
    ("rule", "path", "want"),
    [
        ("{open: true, do: close}", "rows[0].do", "want exactly one of: open, do"),
        ("{happened: x}", "rows[0]", "want exactly one of"),
        ("{do: close, person: x}", "rows[0].person", "want it only beside: assign, withdraw"),
        ("{assign: editor}", "rows[0]", "want `person:`"),
        ("{evidence: x}", "rows[0]", "want `text:`"),
        ("{ignore: why, set: {a: b}}", "rows[0].set", "want it only beside: open, do, date_of"),
        ("{do: close, happend: x}", "rows[0].happend", "did you mean `happened`?"),
        ("{do: Close}", "rows[0].do", "want a name"),
        ("{do: 1}", "rows[0].do", "want text"),
        ("{open: false}", "rows[0].open", "want true"),
        ('{do: close, happened: "{When"}', "rows[0].happened", "write {column}"),
        ('{do: close, happened: "{}"}', "rows[0].happened", "want the name of a column"),
        ("{do: close, set: {x: {values: {a: b}}}}", "rows[0].set.x", "want a template"),
        ('{do: close, dates: ["%Q"]}', "rows[0].dates[0]", "want one of: %Y"),
        ('{do: close, dates: ["%Y"]}', "rows[0].dates[0]", "want a day, a month and a year"),
        ('{do: close, dates: ["%Y-%m-%d %Y"]}', "rows[0].dates[0]", "want each once"),
        ("{where: [a], do: close}", "rows[0].where", "want a mapping"),
        ("{where: {a: 3}, do: close}", "rows[0].where.a", "want a text"),
    ],
)
def test_a_fault_of_a_rule_is_told_with_its_place(rule, path, want):
    [(line, where, told)] = faults(HEAD + f"  - {rule}\n")
    assert (line, where) == (7, path)
    assert told.startswith(want)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("mapping: m\n", "", ""),
        ("mapping: m", "mapping: My Map", "mapping"),
        ('case: "{Case}"', "case: {a: b}", "case"),
        ('happened: "{When}"', "dates: []", "dates"),
        ('happened: "{When}"', "tables: {latest: {file: ../secret.json, key: x}}", "tables.latest.file"),
        ('happened: "{When}"', "tables: {latest: {file: /etc/passwd, key: x}}", "tables.latest.file"),
        ('happened: "{When}"', 'people: {name: "{Who}"}', "people.name"),
        ('happened: "{When}"', "people: {role: editor}", "people.role"),
        ('happened: "{When}"', 'people: {since: "2020-01-01"}', "people.since"),
        ('happened: "{When}"', "order: time", "order"),
        ('subject: {name: "{Case}"}', 'subject: "{Case}"', "subject"),
    ],
)
def test_a_fault_of_the_rest_is_told_with_its_place(old, new, path):
    text = (HEAD + '  - {do: close, happened: "{When}"}\n').replace(old, new, 1)
    found = faults(text)
    assert [where for _, where, _ in found] == [path]
    assert all(line for line, _, _ in found)


def test_all_faults_come_at_once_in_the_order_of_the_file():
    text = HEAD + '  - {do: close, person: x}\n  - {open: true, text: y}\n  - {do: "}'
    assert faults(text)  # the YAML itself is broken: that comes first, alone
    text = HEAD + "  - {do: close, person: x}\n  - {open: true, text: y}\n  - {}\n"
    assert [line for line, _, _ in faults(text)] == [7, 8, 9]


def test_what_the_workflow_does_not_have_is_told_all_at_once():
    text = (
        HEAD
        + """\
  - {where: {a: b}, open: true, set: {colour: red}, implies: [fly]}
  - {do: clos}
  - {assign: submitter, person: x}
  - {evidence: photo, text: x}
  - {do: reject}
  - {do: add_label, set: {label: {rows: [{a: b}]}}}
  - {date_of: close, implies: [reject], signed_by: [x]}
"""
    )
    definition = parse((WORKFLOWS / "open-software-review.yaml").read_bytes(), "w").definition
    with pytest.raises(BadDefinition) as info:
        parse_mapping(text, "m.yaml").against(definition)
    assert [(one.line, one.path) for one in info.value.faults] == [
        (7, "rows[0].set.colour"), (7, "rows[0].implies[0]"), (8, "rows[1].do"), (9, "rows[2].assign"),
        (10, "rows[3].evidence"), (11, "rows[4]"), (12, "rows[5].set.label"), (13, "rows[6].implies[0]"),
        (13, "rows[6].signed_by"),
    ]  # fmt: skip
    assert "did you mean `close`?" in str(info.value)


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_fits_its_workflow(name):
    file = shipped_mappings()[name]
    parsed = parse_mapping(file.read_bytes(), file.name)
    workflow = WORKFLOWS / f"{parsed.mapping.workflow}.yaml"
    parsed.against(parse(workflow.read_bytes(), workflow.name).definition)


def test_the_simple_one_of_these_tests_is_sound():
    assert imports.mapping().mapping.mapping == "simple"
