"""What is not taken over, and why: each part of an export spoilt by name. A refusal leaves nothing behind."""

import json

import pytest

from history.roundtrip import cycles_of, imported
from history.spoilt import as_all, bring, document, refused
from kit.world import World
from reviewflow.errors import BadInput, Refused
from reviewflow.exchange import open_rows
from reviewflow.history.native_case import cases
from reviewflow.history.native_places import Here
from reviewflow.history.native_taking import Taking


def test_a_cycle_that_is_here_otherwise_is_refused_naming_the_event(target, tmp_path, rows):
    bring(target, tmp_path, rows)
    document(rows[2])["text"] = "seen elsewhere"
    assert "its event 3 is another" in refused(target, tmp_path, rows)["exists-otherwise"]


def test_a_cycle_that_is_here_with_less_is_refused(target, tmp_path, rows):
    bring(target, tmp_path, as_all(rows[:4]))
    assert "here with 4 events; event 5 of the file" in refused(target, tmp_path, rows)["exists-otherwise"]


def test_only_an_administrator_may(source, target, tmp_path, rows):
    target.person("marta", "programme_manager", "programme", "programme")
    with pytest.raises(Refused) as told:
        bring(target, tmp_path, rows, by="marta")
    assert told.value.codes == ("not-permitted",)


def test_the_workflow_must_be_published_first(tmp_path, rows):
    bare = elsewhere_without_workflow()
    assert "workflow publish" in refused(bare, tmp_path, rows)["not-published"]


def elsewhere_without_workflow():
    world = World()
    world.install()
    return world


def test_what_is_missing_is_told_all_at_once(tmp_path, rows):
    rows = [{**r, "case": {**r["case"], "reviewflow:programme": "elsewhere"}} for r in rows]
    found = refused(elsewhere_without_workflow(), tmp_path, rows)
    assert set(found) == {"not-published", "no-such-programme", "no-such-partnership"}
    assert "programme add" in found["no-such-programme"]
    assert "partnership add" in found["no-such-partnership"]


@pytest.mark.parametrize(
    ("spoil", "code", "says"),
    [
        (lambda rows: rows.pop(3), "bad-row", "expected version 4"),
        (lambda rows: rows.pop(), "bad-row", "expected 10"),
        (lambda rows: rows.insert(2, rows.pop(3)), "bad-row", "expected version 3"),
        (lambda rows: rows[1]["event"].pop("reviewflow:event"), "bad-row", "expected the JSON of an event"),
        (lambda rows: rows[1]["event"].update({"reviewflow:event": "[1,"}), "bad-row", "at character 4"),
        (lambda rows: rows[1]["event"].update({"reviewflow:event": "[" * 90000}), "bad-row", "expected the JSON"),
        (lambda rows: rows[1]["event"].update({"reviewflow:event": '{"topic":"\\ud800"}'}), "bad-row", "surrogate"),
        (lambda rows: rows[1]["event"].update({"reviewflow:event": '{"topic":1e999}'}), "bad-row", "too large"),
        (lambda rows: document(rows[1]).update(topic="cycle.act-recorded/2"), "bad-row", "this release knows"),
        (lambda rows: document(rows[1]).update(topic="registry.role-given/1"), "bad-row", "is no event of a cycle"),
        (lambda rows: document(rows[1]).update(extra=1), "bad-event", "extra"),
        (lambda rows: document(rows[1]).pop("by"), "bad-event", "by"),
        (lambda rows: document(rows[1]).update(by={"hidden": True}), "bad-event", "was not shown"),
        (lambda rows: document(rows[1]).update(cause="two\nlines"), "bad-event", "one line"),
        (lambda rows: document(rows[1]).update(by="nobody"), "bad-person", "nobody"),
        (lambda rows: document(rows[1])["values"].update(unknown="x"), "bad-event", "values.unknown"),
        (lambda rows: document(rows[1])["values"].update(points="x"), "bad-event", "values.points"),
        (lambda rows: document(rows[1])["values"]["points"][1].update(weight="heavy"), "bad-event", "weight"),
        (lambda rows: document(rows[8]).update(step="nonsense"), "impossible-history", "no step nonsense"),
        (lambda rows: document(rows[2]).update(kind="nonsense"), "impossible-history", "no kind of evidence nonsense"),
        (lambda rows: document(rows[4]).update(assigned="head"), "impossible-history", "no role that is assigned head"),
        (lambda rows: document(rows[3]).update(to="work.checked"), "impossible-history", "leads to work.ready"),
        (lambda rows: document(rows[3]).update(origin="work.ready"), "impossible-history", "leaves work.ready"),
        (lambda rows: document(rows[3]).update(returns_to="work.draft"), "impossible-history", "would not go back"),
        (lambda rows: document(rows[0]).update(to="work.ready"), "impossible-history", "open in work.draft"),
        (lambda rows: document(rows[3]).update(happened={"on": "2026-01-01"}), "impossible-history", "before"),
        (lambda rows: document(rows[8]).update(happened={"on": "2031-01-01"}), "impossible-history", "but it is"),
        (lambda rows: document(rows[8]).update(proposal=2), "impossible-history", "no proposal 2"),
        (lambda rows: document(rows[5]).update(person="aaaaaaaaaaaaaaaa"), "impossible-history", "after nothing"),
        (lambda rows: document(rows[0]).update(subject="aaaaaaaaaaaaaaaa"), "no-such-organisation", "nor told of"),
        (lambda rows: document(rows[0]).update(handle="../x"), "bad-handle", "../x"),
        (lambda rows: document(rows[0]).update(digest="0" * 64), "not-published", "000000000000"),
    ],
)  # fmt: skip
def test_what_is_spoilt_is_told_with_its_place(target, tmp_path, rows, spoil, code, says):
    spoil(rows)
    found = refused(target, tmp_path, rows)
    assert set(found) == {code}, found
    assert says in found[code]
    assert "line " in found[code]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("reviewflow:format", 2, "bad-row"),
        ("reviewflow:events", 8, "bad-row"),
        ("reviewflow:cycle", "x", "bad-id"),
        ("reviewflow:people", "[]", "bad-row"),
        ("reviewflow:organisations", "{", "bad-row"),
        ("reviewflow:organisations", {}, "no-such-organisation"),
    ],
)
def test_a_spoilt_case_isas_all(target, tmp_path, rows, key, value, code):
    rows = [{**row, "case": {**row["case"], key: value}} for row in rows]
    assert set(refused(target, tmp_path, rows)) == {code}


def test_rows_of_two_cycles_that_do_not_stand_together_are_refused(target, tmp_path, rows):
    other = [{**row, "case": {**row["case"], "reviewflow:cycle": "a" * 16}} for row in rows]
    mixed = [row for pair in zip(rows, other, strict=True) for row in pair]
    before = target.position()
    report = bring(target, tmp_path, mixed)
    assert (report.cycles, report.taken_over) == (20, 0)
    assert target.position() == before


def test_a_file_that_breaks_off_leaves_the_cycle_out_that_it_breaks_off_in(target, tmp_path, rows):
    path = tmp_path / "cut.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"case":', "utf-8")
    with pytest.raises(BadInput) as told:
        imported(target, path)
    assert "line 11" in str(told.value)
    assert cycles_of(target) == []


def test_another_cycle_of_the_same_handle_is_not_shadowed(target, tmp_path, rows):
    bring(target, tmp_path, rows)
    rows = [{**row, "case": {**row["case"], "reviewflow:cycle": "a" * 16}} for row in rows]
    assert "hazel-2026-1" in refused(target, tmp_path, rows)["handle-taken"]


def command_of(target, tmp_path, rows, by="ada"):
    """The command that an import would give."""
    path = tmp_path / "one.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    taking = Taking(target.engine, target.asked(by), Here(), dry_run=False)
    with open_rows(path) as found, target.knowing() as known:
        [case] = cases(found)
        return taking._prepared(case, known)


def test_a_cycle_that_came_in_meanwhile_is_not_taken_over_again(target, tmp_path, rows):
    first, second = (command_of(target, tmp_path, rows) for _ in range(2))
    target.handle(first)
    with target.refused("already-there", "handle-taken"):
        target.handle(second)


def test_the_command_itself_is_only_an_administrators(target, tmp_path, rows):
    target.person("marta", "programme_manager", "programme", "programme")
    command = command_of(target, tmp_path, rows, by="marta")
    with target.refused("not-permitted"):
        target.handle(command)


def test_what_was_known_before_a_correction_must_be_possible_too(target, tmp_path, rows):
    """Accepted on the 7th, asked on the 20th, and corrected to the 7th: nobody can have known that in between."""
    rows = rows[:6]
    document(rows[4])["happened"] = {"on": "2026-09-20"}
    about = {name: document(rows[0])[name] for name in ("by", "role", "entered_by", "door", "happened", "cause")}
    mending = {**about, "topic": "cycle.event-corrected/1", "reason": "a slip", "corrects": 5}
    corrected = {**rows[5], "event": {**rows[5]["event"], "reviewflow:version": 7}}
    corrected["event"]["reviewflow:event"] = {**mending, "occurred": {"on": "2026-09-07"}}
    rows = as_all([*rows, corrected])
    assert "accepted after nothing" in refused(target, tmp_path, rows)["impossible-history"]
    document(rows[4])["happened"] = {"on": "2026-09-07"}
    assert bring(target, tmp_path, rows).taken_over == 1
