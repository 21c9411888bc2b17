"""The same command twice is done once and answered twice; a command id belongs to one person and one command."""

import base64
import hashlib
from contextlib import contextmanager
from dataclasses import replace

import pytest

from kit.meanwhile import elsewhere, while_others
from kit.world import VISIT, World, ready_for_visit
from reviewflow.cycle import commands as cy
from reviewflow.engine import Done
from reviewflow.errors import Refused
from reviewflow.events import identify
from reviewflow.registry import commands as reg


@contextmanager
def nothing_written(world):
    before = world.position()
    yield
    assert world.position() == before


def again(world: World, command, **more: object) -> Done:
    """The answer to a command that is asked again; nothing more is written."""
    with nothing_written(world):
        done = world.handle(command, **more)
    assert done.repeated
    return done


def same(first: Done, second: Done) -> None:
    assert not first.repeated
    assert second.events == first.events
    assert second.position == first.position
    assert second.cycles == first.cycles


def step(world, name, by, command_id="once", **values: object):
    return cy.TakeStep(asked=world.asked(by, id=command_id), cycle=world.id("cycle"), step=name, values=values)


def test_a_step_asked_twice_is_taken_once(world):
    world.open("hazel", "lena")
    command = step(world, "choose_focus", "hanna", focus_areas=["Reading"])
    first = world.handle(command)
    same(first, again(world, command))
    assert len(world.cycle.said["choose_focus"]) == 1


def test_the_answer_is_that_of_then_whatever_happened_since(world):
    world.open("hazel", "lena")
    command = step(world, "choose_focus", "hanna", focus_areas=["Reading"])
    first = world.handle(command)
    world.do("choose_focus", "hanna", focus_areas=["Number"])
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    second = again(world, command)
    same(first, second)
    assert second.cycles[world.id("cycle")].state == "set_up.planned"
    assert world.cycle.state == "self_evaluation.drafting"


def test_another_process_gives_the_same_answer(world):
    world.open("hazel", "lena")
    command = step(world, "choose_focus", "hanna", focus_areas=["Reading"])
    first = world.handle(command)
    with nothing_written(world):
        same(first, elsewhere(world).handle(command))


def test_a_trial_run_uses_no_command_id(world):
    world.open("hazel", "lena")
    command = step(world, "choose_focus", "hanna", focus_areas=["Reading"])
    with nothing_written(world):
        rehearsed = world.handle(command, dry_run=True)
    assert (rehearsed.position, rehearsed.repeated) == (None, False)
    done = world.handle(command)
    assert not done.repeated
    assert [(e.stream, e.version, e.event.topic) for e in rehearsed.events] == [
        (e.stream, e.version, e.event.topic) for e in done.events
    ]


def test_a_trial_run_of_what_was_done_gives_the_first_answer(world):
    world.open("hazel", "lena")
    command = step(world, "choose_focus", "hanna", focus_areas=["Reading"])
    first = world.handle(command)
    same(first, again(world, command, dry_run=True))


def test_the_last_signature_writes_two_events_once(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    command = cy.Agree(asked=world.asked("hanna", id="once"), cycle=world.id("cycle"), step="schedule_visit")
    first = world.handle(command)
    assert [e.event.topic for e in first.events] == ["cycle.agreement-given/1", "cycle.transition-taken/1"]
    same(first, again(world, command))
    assert world.cycle.version == first.events[-1].version


def test_a_proposal_asked_twice_is_one_proposal(world):
    ready_for_visit(world)
    command = step(world, "schedule_visit", "lena", **VISIT)
    first = world.handle(command)
    world.agree("schedule_visit", "hanna")
    same(first, again(world, command))
    assert world.cycle.proposals == {}
    assert world.cycle.state == "review_visit.scheduled"


def bulk(world, *schools: str, command_id="once"):
    return cy.OpenCycles(
        asked=world.asked("lena", id=command_id), workflow="spp-peer-review", programme=world.id("programme"),
        partnership=world.id("cluster"), subjects=tuple(world.id(school) for school in schools), year="2026-27",
    )  # fmt: skip


def test_several_cycles_opened_at_once_are_opened_once(world):
    command = bulk(world, "hazel", "rowan", "willow")
    first = world.handle(command)
    assert len(first.cycles) == len(first.events) == 3
    same(first, again(world, command))
    with world.refused("command-id-taken"):
        world.handle(bulk(world, "hazel", "rowan"))
    with world.refused("command-id-taken"):
        world.handle(bulk(world, "hazel", "willow", "rowan"))


def test_leaving_a_team_that_one_leads_writes_two_events_once(world):
    ready_for_visit(world)
    command = cy.WithdrawAssignment(
        asked=world.asked("rob", id="once"), cycle=world.id("cycle"), role="peer_reviewer", person=world.id("rob")
    )
    first = world.handle(command)
    assert len(first.events) == 2
    same(first, again(world, command))


def test_the_same_id_with_other_values_gives_the_first_answer(world):
    world.open("hazel", "lena")
    first = world.handle(step(world, "choose_focus", "hanna", focus_areas=["Reading"]))
    same(first, again(world, step(world, "choose_focus", "hanna", focus_areas=["Number"])))
    same(first, again(world, step(world, "choose_focus", "hanna", focus_areas=[])))


@pytest.mark.parametrize(
    "other",
    [
        lambda w: step(w, "choose_focus", "lena", focus_areas=["Reading"]),
        lambda w: step(w, "choose_focus", "rob", focus_areas=["Reading"]),
        lambda w: step(w, "start_self_evaluation", "hanna"),
        lambda w: cy.Agree(asked=w.asked("hanna", id="once"), cycle=w.id("cycle"), step="choose_focus"),
        lambda w: cy.AddNote(asked=w.asked("hanna", id="once"), cycle=w.id("cycle"), text="a word"),
        lambda w: replace(step(w, "choose_focus", "hanna", focus_areas=["Reading"]), cycle=w.id("first")),
        lambda w: reg.RegisterPerson(asked=w.asked("hanna", id="once"), person_name="Pia Madeup"),
    ],
    ids=["the lead", "a reviewer", "another step", "a signature", "a note", "another cycle", "the registry"],
)
def test_the_same_id_from_somebody_else_or_for_something_else_is_refused(world, other):
    world.open("hazel", "lena")
    world.names["first"] = world.id("cycle")
    world.open("hazel", "lena")
    world.handle(step(world, "choose_focus", "hanna", focus_areas=["Reading"]))
    with world.refused("command-id-taken"):
        world.handle(other(world))
    with world.refused("command-id-taken"):
        world.handle(other(world), dry_run=True)


def test_a_refusal_leaves_the_id_free(world):
    world.open("hazel", "lena")
    with world.refused("not-permitted"):
        world.handle(step(world, "choose_focus", "lena", focus_areas=["Reading"]))
    with world.bad_input("focus_areas"):
        world.handle(step(world, "choose_focus", "hanna", focus_areas=[]))
    assert not world.handle(step(world, "choose_focus", "hanna", focus_areas=["Reading"])).repeated


def test_a_command_that_changes_nothing_leaves_the_id_free(world):
    world.open("hazel", "lena")
    give = cy.Consent(asked=world.asked("hanna"), cycle=world.id("cycle"), what="evidence")
    world.handle(give)
    with nothing_written(world):
        done = world.handle(replace(give, asked=world.asked("hanna", id="once")))
    assert (done.events, done.position, done.repeated) == ((), None, False)
    assert not world.handle(step(world, "choose_focus", "hanna", focus_areas=["Reading"])).repeated


@pytest.mark.parametrize(
    "make",
    [
        lambda w: reg.RegisterPerson(asked=w.asked("ada", id="once"), person_name="Pia Madeup"),
        lambda w: reg.RegisterOrganisation(asked=w.asked("ada", id="once"), organisation_name="Elm School"),
        lambda w: reg.FormPartnership(
            asked=w.asked("ada", id="once"), partnership_name="Second Cluster", programme=w.id("programme")
        ),
        lambda w: reg.WithdrawTraining(
            asked=w.asked("ada", id="once"), person=w.id("rob"), training=training(w, "rob"), reason="a slip"
        ),
        lambda w: reg.ForgetPerson(asked=w.asked("ada", id="once"), person=w.id("carl")),
    ],
    ids=["a person", "a school", "a partnership", "a withdrawal", "forgetting"],
)
def test_the_registry_answers_twice_too(world, make):
    command = make(world)
    first = world.handle(command)
    same(first, again(world, command))
    with nothing_written(world):
        same(first, elsewhere(world).handle(command))


def training(world, name):
    with world.knowing() as known:
        return known.person(world.id(name)).training[0].id


def test_the_first_administrator_is_registered_once(tmp_path):
    world = World(folder=tmp_path)
    command = reg.SetUpInstallation(asked=world.asked("", id="once"), admin_name="Ada Administrator")
    first = world.handle(command)
    same(first, again(world, command))
    with world.refused("already-set-up"):
        world.handle(replace(command, asked=world.asked("", id="twice")))
    world.close()


def test_evidence_with_a_file_is_added_and_stored_once(world):
    world.open("hazel", "lena")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    command = cy.AddEvidence(
        asked=world.asked("hanna", id="once"), cycle=world.id("cycle"), kind="self_evaluation", file_name="a.pdf"
    )
    first = world.engine.add_evidence(command, b"the bytes")
    files = stored(world)
    with nothing_written(world):
        second = world.engine.add_evidence(command, b"other bytes")
    same(first, second)
    assert stored(world) == files
    assert len(files) == 1
    with nothing_written(world):
        same(first, world.engine.add_evidence(command, b"the bytes", dry_run=True))


def test_refused_evidence_stores_no_file(world):
    world.open("hazel", "lena")
    command = cy.AddEvidence(
        asked=world.asked("hanna", id="once"), cycle=world.id("cycle"), kind="self_evaluation", file_name="a.pdf"
    )
    with world.refused("wrong-state"):
        world.engine.add_evidence(command, b"the bytes")
    assert stored(world) == []


def stored(world):
    return sorted(path for path in world.folder.rglob("*") if path.is_file() and len(path.name) == 64)


@pytest.mark.parametrize("kind", ["step", "bulk", "person"])
def test_sent_twice_at_the_same_time_it_is_done_once(world, kind):
    world.open("hazel", "lena")
    command = {
        "step": step(world, "choose_focus", "hanna", focus_areas=["Reading"]),
        "bulk": bulk(world, "rowan", "willow"),
        "person": reg.RegisterPerson(asked=world.asked("ada", id="once"), person_name="Pia Madeup"),
    }[kind]
    first = []
    second = while_others(world, command, lambda: first.append(world.handle(command)))
    assert second.repeated
    same(first[0], second)


def test_sent_at_the_same_time_by_two_people_one_is_told_that_the_id_is_taken(world):
    world.open("hazel", "lena")
    theirs = step(world, "choose_focus", "hanna", focus_areas=["Reading"])
    mine = step(world, "plan_visit", "lena", planned_day="2026-11-10")
    before = world.position()
    with pytest.raises(Refused) as info:
        while_others(world, mine, lambda: world.handle(theirs))
    assert info.value.codes == ("command-id-taken",)
    assert world.position() == before + 1


@pytest.mark.parametrize("number", [0, 1, 17])
def test_an_id_is_the_beginning_of_a_digest_in_base32(number):
    for command in ("command-1", "install", "é🎉", "x" * 300):
        digest = hashlib.sha256(f"{command}\x00{number}".encode()).digest()
        assert identify(command, number) == base64.b32encode(digest[:10]).decode().lower()
