"""An export shows a viewer what the history in words shows them, and no more."""

import json
from datetime import date

import pytest
import yaml

from history.mended_walks import walked
from kit.trial import TRIAL, trial, trial_world
from kit.world import acting, spp, spp_world
from reviewflow.audit.words import CycleHistory
from reviewflow.calling import Called
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.events import Unsealed
from reviewflow.history.export import Exporting
from reviewflow.vault.texts import replace_texts
from reviewflow.workflow.parse import parse

OUTSIDERS = ("bea", "carl")


@pytest.fixture(scope="module")
def world():
    return acting(spp_world())


def told(world, viewer, definition, **more: bool):
    """The export of a cycle for a viewer, and its history in words for the same viewer."""
    setting, _ = world.engine.options(world.id("cycle"), None)
    seeing = Seeing(setting, world.id(viewer) if viewer else None)
    with world.knowing() as known:
        records = known.cycle_records(world.id("cycle"))
        called = Called(known, world.vault)
        made = Exporting(world.cycle, records, definition, called, seeing, "Europe/London", **more).made()
        return made, CycleHistory(records, definition, called, seeing=seeing).tell()


def texts_of(world):
    """Every sealed text of a cycle with its version, but for who was at the keyboard."""
    found = []
    with world.knowing() as known:
        for one in known.cycle_records(world.id("cycle")):

            def look(text, path, one=one):
                if path != "entered_by":
                    found.append((one.version, world.vault.open(text, one.stream, one.version, path)))
                return Unsealed("")

            replace_texts(one.event, look)
    return found


def strings(value):
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in parts for text in strings(part)}


def same_texts(world, made, words):
    lines = {line.version: line for line in words.lines}
    rows = {row["reviewflow:version"]: row for row in made.events}
    assert rows.keys() == lines.keys()
    assert made.untold == words.untold
    for version, text in texts_of(world):
        if version not in rows:
            continue
        in_words = any(text in detail.value for detail in lines[version].details) or text == lines[version].backdated
        in_document = text in strings(rows[version]["reviewflow:event"])
        # Words tell of a step what its proposal said, and of rows only what their form knows.
        assert not in_document or in_words, (version, text)
    return rows, lines


@pytest.mark.parametrize("viewer", ["lena", "hanna", "rob", "wilma", "chloe", "ada", *OUTSIDERS])
def test_a_text_is_in_the_export_only_if_it_is_in_the_words(world, viewer):
    made, words = told(world, viewer, spp().definition)
    rows, lines = same_texts(world, made, words)
    for version, row in rows.items():
        assert (row["org:resource"] == HIDDEN) == (lines[version].by == HIDDEN)
        assert ("time:timestamp" in row) == (lines[version].happened is not None)
        assert ("reviewflow:recorded_at" in row) == (lines[version].recorded_at is not None)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("viewer", ["lena", "hanna", "rob", "tim", "olga"])
def test_the_same_of_random_histories(seed, viewer):
    walk = walked(seed)
    made, words = told(walk.world, viewer, trial().definition)
    same_texts(walk.world, made, words)


@pytest.mark.parametrize("viewer", OUTSIDERS)
def test_nothing_that_is_hidden_can_be_found_anywhere_in_the_export(world, viewer):
    made, words = told(world, viewer, spp().definition)
    whole = json.dumps([made.case, made.events], default=str, ensure_ascii=False)
    shown = " ".join(detail.value for line in words.lines for detail in line.details)
    for _, text in texts_of(world):
        assert text in shown or text not in whole
    # What hides a person hides them wherever they are: name, id, and the command that named them.
    for name in ("rob", "wilma", "alan"):
        seen = any(f"{name.title()} Madeup" in line.sentence for line in words.lines)
        assert seen or world.id(name) not in whole


def test_whoever_sees_nothing_exports_nothing(world):
    made, _ = told(world, "bea", trial().definition)
    assert made.events == [] or all(row["reviewflow:person"] == world.id("bea") for row in made.events)


def test_the_operator_is_shown_everything(world):
    made, _ = told(world, None, spp().definition)
    whole = json.dumps(made.events, default=str, ensure_ascii=False)
    assert (made.untold, made.hidden) == (0, 0)
    assert all(json.dumps(text, ensure_ascii=False)[1:-1] in whole for _, text in texts_of(world))
    assert set(made.case["reviewflow:people"].values()) >= {"Rob Madeup", "Lena Madeup", "Hanna Madeup"}


def test_without_names_people_are_their_ids(world):
    made, _ = told(world, None, spp().definition, names=False)
    assert made.case["reviewflow:people"] == {}
    assert {row["org:resource"] for row in made.events} == {row["reviewflow:person"] for row in made.events}
    assert "Madeup" not in json.dumps([made.case, made.events], default=str)


def test_what_can_no_longer_be_read_is_marked(world):
    gone = acting(spp_world())
    gone.vault.forget(gone.cycle.stream)
    made, _ = told(gone, None, spp().definition)
    [feedback] = [row for row in made.events if row["concept:name"].startswith("Share")]
    assert feedback["reviewflow:event"]["values"]["note"] == {"removed": True}
    assert feedback["reviewflow:event"]["values"]["oral_on"] == date(2026, 11, 11).isoformat()


def test_whoever_may_not_see_dates_or_people_finds_neither_anywhere():
    """A viewer who is told that steps were taken, and nothing more."""
    parsed = without_dates()
    world = trial_world()
    world.publish(parsed)
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", points=[{"what": "Reading"}])
    world.assign("checker", "rob", "lena")
    made, words = told(world, "olga", parsed.definition)
    assert made.events == []
    world.role("olga", "helper_of_all", "programme", "programme")
    made, words = told(world, "olga", parsed.definition)
    assert [row["reviewflow:version"] for row in made.events] == [line.version for line in words.lines] == [1, 2]
    assert made.hidden == 2
    whole = json.dumps([made.case, made.events], default=str)
    assert "2026-09-07" not in whole
    assert world.id("lena") not in whole
    assert world.id("hanna") not in whole
    assert "Madeup" not in whole
    for row in made.events:
        assert row["org:resource"] == HIDDEN
        assert "time:timestamp" not in row
        document = row["reviewflow:event"]
        assert all(document[name] == {"hidden": True} for name in ("by", "happened", "cause", "entered_by"))


def without_dates():
    table = yaml.safe_load(TRIAL.read_text("utf-8"))
    table["roles"]["helper_of_all"] = {"title": "Helper of all", "held_in": "programme", "ours": True}
    table["transitions"]["pause"]["by"] = ["partnership_lead", "helper_of_all"]
    table["visible"] = [{"what": ["status", "choose_focus"], "to": ["helper_of_all"]}]
    return parse(yaml.safe_dump(table, sort_keys=False).encode(), "without-dates.yaml")
