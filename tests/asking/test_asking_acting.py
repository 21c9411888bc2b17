"""What a door that acts needs: who asks, what came of it as data, and how little of it is told to whom."""

import dataclasses

import pytest

from asking.asked import CYCLE, OMAR, ROWAN, id_of, opened
from cli.shell import ADA, BEN, CLEO, LENA, PRIYA
from reviewflow.asking.acted import cycles_after
from reviewflow.asking.acting import asked_by, done_data, made
from reviewflow.asking.cycle_list import Wanted as WantedCycles
from reviewflow.asking.cycle_list import cycles
from reviewflow.asking.cycle_show import cycle as shown
from reviewflow.asking.handover import Wanted as WantedHandover
from reviewflow.asking.handover import handing_over, preview
from reviewflow.asking.inbox import tasks
from reviewflow.asking.mending import corrections, recorded_lines, undone_lines
from reviewflow.asking.opening import Wanted, opening
from reviewflow.asking.plain import as_json
from reviewflow.asking.question import asking
from reviewflow.cycle.commands import AcceptAssignment, AddNote, CorrectEvents, UndoSteps
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Happened
from reviewflow.registry.commands import RegisterOrganisation


@pytest.fixture
def here(own):
    """An installation to act in."""
    with opened(own) as installation:
        yield installation


def cycle_id(installation):
    with asking(installation, None) as question:
        return question.find.cycle(CYCLE)


def test_who_asks(here, ids):
    asked = asked_by(here, ids(BEN), door="web")
    assert (asked.by, asked.entered_by, asked.door, asked.at) == (ids(BEN), ids(BEN), "web", here.clock.now())
    assert asked.id != asked_by(here, ids(BEN), door="web").id
    said = asked_by(
        here, ids(BEN), door="api", command_id="mine", happened=Happened(on=here.clock.now().date()), reason="late",
        role="peer_reviewer", on_behalf_of=ids(LENA), entered_by=ids(ADA),
    )  # fmt: skip
    assert (said.id, said.reason, said.role, said.on_behalf_of, said.entered_by) == (
        "mine", "late", "peer_reviewer", ids(LENA), ids(ADA),
    )  # fmt: skip
    with pytest.raises(BadInput):
        asked_by(here, ids(BEN), door="web", command_id="a\nb")


def test_an_answer_is_what_the_command_line_says(own, here, ids):
    words = ("cycle", "note", CYCLE, "Example", "--as", LENA, "--command-id", "the-same")
    printed = own.json(*words)
    note = AddNote(asked=asked_by(here, ids(LENA), door="web", command_id="the-same"), cycle=cycle_id(here), text="x")
    done = here.engine.handle(note)
    assert done.repeated
    expected = {**as_json(done_data(done)), "cycles": as_json(cycles_after(here, done, None))}
    again = own.json(*words)
    assert {key: again[key] for key in expected} == expected
    assert printed["recorded"] == expected["recorded"]
    assert not printed["repeated"]


def test_a_dry_run_says_what_would_be(here, ids):
    note = AddNote(asked=asked_by(here, ids(LENA), door="web"), cycle=cycle_id(here), text="x")
    done = here.engine.handle(note, dry_run=True)
    told = done_data(done, dry_run=True)
    assert (told["dry_run"], told["changed"], told["position"]) == (True, True, None)
    assert [one["position"] for one in told["recorded"]] == [None]
    assert cycles_after(here, done, ids(LENA))[0]["state"] == "self_evaluation.drafting"


def test_what_a_command_made_has_an_id(here, ids):
    done = here.engine.handle(RegisterOrganisation(
        asked=asked_by(here, ids(ADA), door="api"), organisation_name="Elm Example Primary", kind="school"
    ))  # fmt: skip
    with asking(here, None) as question:
        assert question.find.organisation("elm-example-primary") == made(done)


def test_whoever_acts_is_told_of_a_cycle_what_they_may_see(here, ids):
    cycle = cycle_id(here)
    done = here.engine.handle(AcceptAssignment(
        asked=asked_by(here, ids(CLEO), door="web"), cycle=cycle, role="peer_reviewer", person=ids(CLEO)
    ))  # fmt: skip
    whole, seen = cycles_after(here, done, None)[0], cycles_after(here, done, ids(PRIYA))[0]
    assert whole["state_title"] == seen["state_title"] == "Self-evaluation: Being written"
    stranger = cycles_after(here, done, id_of(here, "omar@rowan.example"))[0]
    assert (stranger["state"], stranger["state_title"], stranger["final"]) == (HIDDEN, HIDDEN, None)
    assert stranger["waiting"] == []
    assert stranger["version"] == whole["version"]


def test_opening_works_out_what_follows_from_the_rest(here, ids):
    with asking(here, ids(PRIYA)) as question:
        asked = asked_by(here, ids(PRIYA), door="api")
        one = opening(question, asked, Wanted(["birch"], "2026-27"))
        assert (one.workflow, one.partnership) == ("spp-peer-review", question.find.partnership("north"))
        every = opening(question, asked, Wanted(year="2026-27", partnership="south"))
        assert len(every.subjects) == 2
        with pytest.raises(BadInput) as error:
            opening(question, asked, Wanted(year="2026-27"))
        assert error.value.faults[0].where == "subjects"
        with pytest.raises(BadInput, match="edition"):
            opening(question, asked, dataclasses.replace(Wanted(["birch"], "2026-27"), edition="no"))


def test_a_handover_is_shown_before_it_is_done(here, ids):
    wanted = WantedHandover(BEN, "dan@cedar.example")
    told = {}
    for viewer in (None, ids(PRIYA), ids(LENA)):
        with asking(here, viewer) as question:
            asked = asked_by(here, viewer or ids(PRIYA), door="web", reason="away")
            command, left_out = handing_over(question, asked, wanted)
            told[viewer] = preview(question, command, left_out, question.day())
    assert [move["role"] for move in told[None]["cycles"][0]["moves"]] == ["peer_reviewer"]
    assert [role["role"] for role in told[None]["stays"]["roles"]] == ["staff"]
    assert told[ids(PRIYA)]["stays"] == told[None]["stays"]
    assert told[ids(LENA)]["stays"] == {"roles": [], "tasks": []}  # a head may not ask what waits for another
    with asking(here, ids(PRIYA)) as question, pytest.raises(Refused) as refused:
        handing_over(question, asked_by(here, ids(PRIYA), door="web"), WantedHandover("omar@rowan.example", BEN))
    assert refused.value.codes == ("nothing-to-hand-over",)


def test_what_waits_for_whom_a_form_named_is_in_their_inbox(own, here, ids):
    own.run("cycle", "do", ROWAN, "name_school_lead", "--set", f"school_lead={LENA}", "--as", OMAR)
    with asking(here, None) as question:
        found = tasks(question, LENA)["tasks"]
    mine = [task for task in found if task["handle"] == ROWAN]
    # Though she holds no role at this school, nor in its partnership.
    assert [task["step"] for task in mine] == ["start_self_evaluation"]
    assert ids(LENA) in [person["id"] for person in mine[0]["people"]]
    with asking(here, ids(LENA)) as question:
        assert ROWAN in {task["handle"] for task in tasks(question)["tasks"]}
        assert ROWAN in {row["handle"] for row in cycles(question, WantedCycles())["cycles"]}
        assert shown(question, ROWAN)["cycle"]["state"] == "set_up.planned"


def test_corrections_and_undos_in_words(here, ids):
    cycle = cycle_id(here)
    with asking(here, ids(PRIYA)) as question:
        with pytest.raises(BadInput) as error:
            corrections(question, cycle, {3: {"on": "tomorrow"}, 4: {"at": "25:00"}})
        assert len(error.value.faults) == 3
        asked = asked_by(here, ids(PRIYA), door="web", reason="It was another day")
        found = corrections(question, cycle, {3: {"values": {"planned_day": "2026-10-13"}}})
        done = here.engine.handle(CorrectEvents(asked=asked, cycle=cycle, corrections=found), dry_run=True)
        assert "2026-10-13" in str([line.data() for line in recorded_lines(question, cycle, done)])
        trial = here.engine.handle(UndoSteps(asked=asked, cycle=cycle, since=None, only=None), dry_run=True)
        assert len(undone_lines(question, cycle, trial)) == 1
    with asking(here, id_of(here, "omar@rowan.example")) as question:
        assert undone_lines(question, cycle, trial) == []
