"""The story: its chapters, what they promise, and the store that is left."""

import re

import pytest

from reviewflow.audit.replay import replay
from reviewflow.demo import cast
from reviewflow.demo.calendar import ENDS
from reviewflow.demo.rounds import REGULAR, ROUNDS, STATES, plans
from reviewflow.demo.story import settings_in
from reviewflow.views.cycles import list_cycles
from reviewflow.wiring import open_installation

CHAPTERS = (
    "A programme and a cluster",
    "A review cycle, step by step",
    "A refusal, with all its reasons",
    "A waiver",
    "Recorded late",
    "Somebody is forgotten",
    "Any past moment again",
    "The difference of two moments",
    "All cycles",
    "What to try next",
)


@pytest.fixture(scope="module")
def installation(told):
    with open_installation(settings_in(told.folder)) as found:
        yield found


def test_all_chapters_are_told_in_their_order(told):
    assert re.findall(r"^\d+\. (.+)$", told.text, re.MULTILINE) == list(CHAPTERS)
    assert told.text.rstrip().splitlines()[-1].startswith("Everything came out as told: 10 chapters, 21 cycles")


def test_it_says_that_all_is_invented_and_whose_clock_it_is(told):
    opening = " ".join(told.text.partition("\n1. ")[0].split())
    assert "Everything here is invented" in opening
    assert "The clock is the story's own" in opening
    assert "The master key lies beside this store" in opening


@pytest.mark.parametrize("stage", ["self-evaluation", "review visit", "improvement workshop", "follow-up"])
def test_one_cycle_goes_through_every_stage(told, stage):
    assert f"of 4: {stage}" in told.chapter(2)
    assert "hazel-2023-1 is now in “Completed”" in told.chapter(2)


def test_the_refusal_tells_every_reason(told):
    for code in ("trained", "independent", "never-both"):
        assert f"[{code}]" in told.chapter(3)


def test_a_waiver_is_never_called_met(told):
    assert "waived: reviewers_schools_open" in " ".join(told.chapter(4).split())


def test_what_is_too_late_is_refused_and_what_is_late_is_marked(told):
    assert "[too-far-back]" in told.chapter(5)
    assert "[no-reason]" in told.chapter(5)
    assert "recorded 55 days later" in " ".join(told.chapter(8).split())


def test_the_forgotten_is_named_nowhere_afterwards(told):
    gone = cast.person(cast.FORGOTTEN)
    words = {gone.name, gone.email, gone.name.partition(" ")[0]}
    before, after = told.chapter(6).split("His key is destroyed")
    assert gone.name in before
    assert "[removed] took the role" in " ".join(after.split())
    rest = after + told.text.partition("\n7. ")[2]
    assert not [word for word in words if word in rest]
    files = [file for file in told.folder.rglob("*") if file.is_file()]
    assert len(files) > 3
    assert not [file for file in files for word in words if word.encode() in file.read_bytes()]


def test_twenty_one_cycles_stand_where_the_plan_says(installation):
    with installation.store.reading() as connection:
        found = {one.handle: one.state for one in list_cycles(connection)}
    planned = [plan.handle for one in ROUNDS for plan in plans(one)]
    assert found == {handle: STATES.get(handle, REGULAR) for handle in planned}
    assert len(found) == 21
    assert {"completed", "closed_incomplete", "postponed", "withdrawn"} <= set(found.values())


def test_replaying_the_log_gives_what_the_views_say(installation):
    with installation.engine.knowing() as known, installation.store.reading() as connection:
        for row in list_cycles(connection):
            cycle = replay(known.cycle_records(row.id)).cycle
            assert cycle == known.cycle(row.id)
            assert (cycle.state, cycle.version, cycle.since.on) == (row.state, row.version, row.since)


def test_nothing_was_recorded_after_the_story_ends(installation):
    with installation.engine.knowing() as known:
        records = known.snapshot.log(limit=10_000)
    moments = [record.recorded_at for record in records]
    assert moments == sorted(moments)
    assert moments[-1].date() <= ENDS < installation.clock.now().date()
    assert [record.position for record in records] == list(range(1, len(records) + 1))


def test_every_school_gives_and_gets_three_reviewers_a_year_and_none_reviews_its_reviewer():
    met = set()
    for one in ROUNDS:
        pairs = [(cast.person(key).place, plan.school) for plan in plans(one) for key in plan.team]
        for school in cast.SCHOOLS:
            assert [giver for giver, _ in pairs].count(school.handle) == 3
            assert [getter for _, getter in pairs].count(school.handle) == 3
        assert not [pair for pair in pairs if pair[::-1] in pairs]
        for plan in plans(one):
            assert cast.person(plan.champion).place not in {plan.school, *(cast.person(k).place for k in plan.team)}
        met |= set(pairs) if one in ROUNDS[:2] else set()
    assert len(met) == 7 * 6
