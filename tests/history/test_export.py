"""What one row of an export says: of what was corrected and undone, of people, of the kinds of events."""

from datetime import date

import pytest

from kit.trial import trial, trial_world
from reviewflow.calling import Called
from reviewflow.cycle import commands as cy
from reviewflow.events import Happened
from reviewflow.exchange import writer
from reviewflow.history.export import CASE, EVENT, Exporting, columns, write
from reviewflow.history.export_document import as_json


@pytest.fixture(scope="module")
def world():
    world = trial_world()
    world.open("hazel", "lena")
    world.clock.set("2026-09-20")
    world.do("choose_focus", "hanna", on="2026-09-10", points=[{"what": "Reading"}])
    world.evidence("paper", "hanna", text="seen", on="2026-09-11")
    world.do("submit", "hanna", on="2026-09-12")
    asked = world.asked("ada", reason="a slip")
    correction = cy.Correction(2, Happened(on=date(2026, 9, 9)), {"points": [{"what": "Writing"}]})
    world.handle(cy.CorrectEvents(asked=asked, cycle=world.id("cycle"), corrections=(correction,)))
    world.handle(cy.UndoSteps(asked=world.asked("ada", reason="not yet"), cycle=world.id("cycle")))
    world.offer("checker", "rob", "lena")
    return world


def made(world, **how: object):
    with world.knowing() as known:
        records = known.cycle_records(world.id("cycle"))
        called = Called(known, world.vault)
        return Exporting(world.cycle, records, trial().definition, called, zone="Europe/London", **how).made()


def test_a_corrected_event_is_told_as_it_was_recorded_and_dated_as_it_is_known(world):
    row = made(world).events[1]
    assert row["time:timestamp"].isoformat() == "2026-09-09T00:00:00+01:00"
    assert row["reviewflow:happened_on"] == "2026-09-09"
    assert row["reviewflow:corrected_by"] == 5
    assert row["reviewflow:event"]["happened"] == {"on": "2026-09-10"}
    assert row["reviewflow:event"]["values"] == {"points": [{"id": "r1", "what": "Reading"}]}


def test_an_undone_event_says_by_which_one(world):
    rows = made(world).events
    assert [row["concept:name"] for row in rows] == [
        "Opened", "Choose the focus", "Evidence added", "Submit", "Event corrected", "Transition undone",
        "Assignment offered: Checker",
    ]  # fmt: skip
    assert [row.get("reviewflow:undone_by") for row in rows] == [None, None, None, 6, None, None, None]
    assert rows[5]["reviewflow:event"]["reason"] == "not yet"


def test_every_row_says_what_the_keys_promise(world):
    found = made(world)
    assert set(found.case) <= set(CASE)
    assert {"concept:name", "reviewflow:cycle", "reviewflow:events"} <= set(found.case)
    for version, row in enumerate(found.events, start=1):
        assert set(row) <= set(EVENT)
        assert row["reviewflow:version"] == version
        assert row["lifecycle:transition"] == "complete"
        assert row["reviewflow:topic"] == row["reviewflow:event"]["topic"]
    assert len({row["identity:id"] for row in found.events}) == len(found.events)


def test_people_and_organisations_are_told_of_with_the_cycle(world):
    case = made(world).case
    named = {world.id(name): f"{name.title()} Madeup" for name in ("lena", "hanna", "rob")}
    assert case["reviewflow:people"] == {**named, world.id("ada"): "Ada Administrator"}
    assert case["reviewflow:organisations"] == {
        world.id("hazel"): {"name": "Hazel Invented School", "handle": "hazel", "kind": "school", "identities": []}
    }


def test_somebody_forgotten_is_an_id(world):
    gone = trial_world()
    gone.open("hazel", "lena")
    gone.vault.forget(f"person-{gone.id('lena')}")
    found = made(gone)
    assert found.case["reviewflow:people"] == {}
    assert found.events[0]["org:resource"] == gone.id("lena")


def test_a_table_has_a_column_for_every_key(world, tmp_path):
    with writer("csv", tmp_path / "h.csv", columns=columns()) as to:
        write(to, "csv", made(world))
        assert to.replaced == 0
    assert len(columns()) == len(CASE) + len(EVENT)


def test_a_document_on_one_line_holds_nothing_that_a_format_cannot():
    odd = "a\ufffeb\u2028c\x7fd\x00e\n🎉"
    line = as_json({"text": odd})
    assert line.isprintable()
    assert line == '{"text":"a\\ufffeb\\u2028c\\u007fd\\u0000e\\n🎉"}'
