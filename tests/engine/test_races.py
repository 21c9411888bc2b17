"""No rule is judged on facts that had already changed: whoever is second is judged again, or told to look again."""

import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kit.meanwhile import Meanwhile, elsewhere, while_others
from kit.stored import StoredWorld
from kit.world import VISIT, ready_for_visit, spp_people
from reviewflow.cycle import commands as cy
from reviewflow.engine import TRIES
from reviewflow.errors import Refused, StreamMoved
from reviewflow.events import Sealed
from reviewflow.registry import commands as reg
from reviewflow.registry.events import ClosedDay


def step(world, name, by, **values: object):
    return cy.TakeStep(asked=world.asked(by), cycle=world.id("cycle"), step=name, values=values)


def refused(world, command, *meanwhile: object):
    """The codes of the refusal of a command that others overtake; of the command itself nothing is written."""
    with pytest.raises(Refused) as info:
        while_others(world, command, *meanwhile)
    with world.store.snapshot() as snapshot:
        assert snapshot.command(command.asked.id) == []
    return set(info.value.codes)


# -- what others may change, and what is then refused ---------------------------------------------------------------


def withdraw_training(world, name):
    with world.knowing() as known:
        training = known.person(world.id(name)).training[0].id
    world.handle(
        reg.WithdrawTraining(asked=world.asked("ada"), person=world.id(name), training=training, reason="a slip")
    )


def end_role(world, name, held, at, kind):
    world.handle(
        reg.EndRole(
            asked=world.asked("ada"), person=world.id(name), held=held, held_in=world.id(at), held_in_kind=kind,
            on=date(2026, 9, 6),
        )
    )  # fmt: skip


def declare(world, person, other):
    world.handle(
        reg.DeclareRelationship(
            asked=world.asked("ada"), person=world.id(person), other=world.id(other), nature="governance"
        )
    )


def close_school(world, school):
    world.handle(
        reg.PublishCalendar(
            asked=world.asked("ada"), calendar="closures", owner=world.id(school), owner_kind="organisation",
            closed=(ClosedDay(on=date(2026, 11, 10), name="burst pipe"),),
        )
    )  # fmt: skip


def leave_partnership(world, school):
    world.handle(
        reg.EndMembership(
            asked=world.asked("ada", on="2026-09-07"), partnership=world.id("cluster"), organisation=world.id(school)
        )
    )


def forget(world, name):
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id(name)))


def offered(world):
    """Bea is asked to be the fourth reviewer; she is about to accept."""
    ready_for_visit(world)
    world.offer("peer_reviewer", "bea", "lena")
    return cy.AcceptAssignment(
        asked=world.asked("bea"), cycle=world.id("cycle"), role="peer_reviewer", person=world.id("bea")
    )


def proposed(world):
    """The visit is proposed; the head is about to agree."""
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    return cy.Agree(asked=world.asked("hanna"), cycle=world.id("cycle"), step="schedule_visit")


def focusing(world):
    """The head is about to choose the focus."""
    world.open("hazel", "lena")
    return step(world, "choose_focus", "hanna", focus_areas=["Reading"])


CHANGES = {
    "their training is withdrawn": (offered, lambda w: withdraw_training(w, "bea"), {"trained"}),
    "they declare an interest": (offered, lambda w: declare(w, "bea", "hazel"), {"no_interest"}),
    "they get a role at the school": (
        offered, lambda w: w.role("bea", "governor", "hazel", since=date(2026, 9, 1)), {"other_school"},
    ),
    "the offer is taken back": (offered, lambda w: w.leave("peer_reviewer", "bea", by="lena"), {"not-offered"}),
    "they are forgotten": (offered, lambda w: forget(w, "bea"), {"not-permitted"}),
    "the cycle is cancelled": (
        offered, lambda w: w.do("cancel", "ada", reason="The programme ended"), {"wrong-state"},
    ),
    "a reviewer leaves": (proposed, lambda w: w.leave("peer_reviewer", "alan"), {"team_size"}),
    "a reviewer's training is withdrawn": (proposed, lambda w: withdraw_training(w, "alan"), {"trained"}),
    "the lead reviewer leaves": (proposed, lambda w: w.leave("lead_reviewer", "rob"), {"one_lead"}),
    "the school closes that day": (proposed, lambda w: close_school(w, "hazel"), {"school_open"}),
    "a reviewer's school closes": (proposed, lambda w: close_school(w, "alder"), {"reviewers_schools_open"}),
    "the head is head no more": (
        proposed, lambda w: end_role(w, "hanna", "head", "hazel", "organisation"), {"not-permitted"},
    ),
    "it is postponed": (
        proposed, lambda w: w.do("postpone", "lena", code="staffing", new_target="2027-01-11"), {"nothing-proposed"},
    ),
    "the focus is no longer theirs to choose": (
        focusing, lambda w: end_role(w, "hanna", "head", "hazel", "organisation"), {"not-permitted"},
    ),
    "the cycle ends": (focusing, lambda w: w.do("withdraw", "hanna", reason="We left"), {"wrong-state"}),
}  # fmt: skip


@pytest.mark.parametrize(("prepare", "change", "codes"), CHANGES.values(), ids=CHANGES.keys())
def test_what_changed_between_reading_and_appending_is_judged(world, prepare, change, codes):
    command = prepare(world)
    state = world.cycle.state
    assert world.handle(command, dry_run=True).events, "it would have been done"
    assert refused(world, command, lambda: change(world)) == codes
    if state != world.cycle.state:
        assert codes & {"wrong-state", "nothing-proposed"}


def test_a_school_that_leaves_the_partnership_gets_no_cycle(world):
    world.clock.set("2026-09-08")
    command = cy.OpenCycles(
        asked=world.asked("lena"), workflow="spp-peer-review", programme=world.id("programme"),
        partnership=world.id("cluster"), subjects=(world.id("rowan"), world.id("hazel")), year="2026-27",
    )  # fmt: skip
    assert refused(world, command, lambda: leave_partnership(world, "hazel")) == {"member"}


def test_two_cycles_cannot_book_one_reviewer_for_one_day(world):
    """Neither cycle's own stream moved: it is the reviewer's visits that did."""
    command = proposed(world)
    world.person("rita", "head", "rowan")
    world.open("rowan", "lena")
    world.do("name_school_lead", "rita", school_lead=world.id("rita"))
    world.do("start_self_evaluation", "rita")
    world.do("choose_focus", "rita", focus_areas=["Reading"])
    for kind in ("self_evaluation", "evidence_list"):
        world.evidence(kind, "rita")
    world.do("submit_self_evaluation", "rita")
    for name in ("alan", "bea", "carl"):
        world.assign("peer_reviewer", name, "lena")
    world.assign("lead_reviewer", "bea", "lena")
    world.do("hold_pre_review_meeting", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    assert refused(world, command, lambda: world.agree("schedule_visit", "rita")) == {"free_on_the_days"}


def test_one_handle_is_one_schools(world):
    def register(by):
        return reg.RegisterOrganisation(asked=world.asked(by), organisation_name="Elm School", handle="elm")

    assert refused(world, register("ada"), lambda: world.handle(register("lena"))) == {"handle-taken"}


def test_one_address_is_one_persons(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))

    def register(name):
        return reg.RegisterPerson(asked=world.asked("ada"), person_name=name, email="pia@example.org")

    assert refused(world, register("Pia"), lambda: world.handle(register("Pio"))) == {"email-taken"}
    world.close()


def test_two_administrators_cannot_send_each_other_away(world):
    world.person("adele", "administrator", "installation", "installation")

    def away(who, by):
        return reg.EndRole(
            asked=world.asked(by), person=world.id(who), held="administrator", held_in="installation",
            held_in_kind="installation", on=date(2026, 9, 7),
        )  # fmt: skip

    world.clock.set("2026-09-08")
    codes = refused(world, away("ada", "adele"), lambda: world.handle(away("adele", "ada")))
    assert codes & {"not-permitted", "last-administrator"}


def test_cycles_of_one_school_get_numbers_of_their_own(world):
    def opening():
        return cy.OpenCycles(
            asked=world.asked("lena"), workflow="spp-peer-review", programme=world.id("programme"),
            partnership=world.id("cluster"), subjects=(world.id("hazel"),), year="2026-27",
        )  # fmt: skip

    handles = []
    done = while_others(world, opening(), lambda: handles.append(world.handle(opening()).events[0].event.handle))
    handles.append(done.events[0].event.handle)
    assert handles == ["hazel-2026-1", "hazel-2026-2"]


# -- what moved but does not matter -----------------------------------------------------------------------------------


def note(world):
    return world.handle(cy.AddNote(asked=world.asked("lena"), cycle=world.id("cycle"), text="a word"))


def test_what_does_not_matter_is_passed_over_and_the_texts_are_sealed_for_their_new_place(world):
    command = focusing(world)
    done = while_others(world, command, lambda: note(world))
    version = done.events[0].version
    assert version == 3
    with world.store.snapshot() as snapshot:
        assert [r.command_id for r in snapshot.stream(f"cycle-{world.id('cycle')}")][-1] == command.asked.id
    area = Sealed.model_validate(world.cycle.last("choose_focus").values["focus_areas"][0])
    stream = f"cycle-{world.id('cycle')}"
    assert world.vault.open(area, stream, version, "values.focus_areas.0") == "Reading"


@pytest.mark.parametrize("others", range(1, TRIES))
def test_it_is_tried_again_a_few_times(world, others):
    command = focusing(world)
    done = while_others(world, command, *[lambda: note(world)] * others)
    assert done.events[0].version == 2 + others
    assert not done.repeated


def test_after_that_it_is_told_that_somebody_else_was_first(world):
    command = focusing(world)
    slower, before = elsewhere(world), world.position()
    slower.store = Meanwhile(world.store, *[lambda: note(world)] * (TRIES + 3))
    with pytest.raises(StreamMoved) as info:
        slower.handle(command)
    assert slower.store.appends == TRIES
    assert world.position() == before + TRIES  # the others', nothing of ours
    stream = f"cycle-{world.id('cycle')}"
    assert info.value.moved == {stream: (TRIES, TRIES + 1)}
    assert not world.handle(command).repeated


def test_a_stale_fold_is_not_kept(world):
    """Another process wrote; what this one remembers of the cycle is brought forward, not trusted."""
    world.open("hazel", "lena")
    other = elsewhere(world)
    for n in range(3):
        asked = replace(world.asked("hanna"), id=f"there-{n}")
        there = cy.TakeStep(asked=asked, cycle=world.id("cycle"), step="choose_focus", values={"focus_areas": ["a"]})
        done = other.handle(there)
        assert done.cycles[world.id("cycle")] == world.cycle
        world.do("choose_focus", "hanna", focus_areas=["b"])
    assert world.cycle.version == 7
    with other.knowing() as known:
        assert known.cycle(world.id("cycle")) == world.cycle


# -- two processes ----------------------------------------------------------------------------------------------------


def test_of_two_processes_one_wins_each_transition_and_the_other_is_told_why(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    cycles = []
    for _ in range(25):
        world.open("hazel", "lena")
        world.do("name_school_lead", "hanna", school_lead=world.id("chloe"))
        cycles.append(world.id("cycle"))
    before = world.position()
    script = str(Path(__file__).with_name("racer.py"))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, script, str(tmp_path), who, world.id(who), *cycles],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment,
                )
            )
            for who in ("hanna", "chloe")
        ]  # fmt: skip
        for racer in racers:
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            racer.stdin.write("go\n")
        told = [[line.split() for line in racer.stdout.read().splitlines()] for racer in racers]
        assert [racer.wait() for racer in racers] == [0, 0]
    for number, cycle in enumerate(cycles):
        answers = [lines[number] for lines in told]
        assert [answer[0] for answer in answers] == [cycle, cycle]
        won, lost = sorted(answer[1] for answer in answers)
        assert won == "done"
        assert lost in {"wrong-state", "moved"}
    assert world.position() == before + len(cycles)
    with world.store.snapshot() as snapshot:
        assert [r.position for r in snapshot.log(limit=1000)] == list(range(1, world.position() + 1))
    for cycle in cycles:
        with world.knowing() as known:
            assert known.cycle(cycle).state == "self_evaluation.drafting"
            assert len(known.cycle(cycle).said["start_self_evaluation"]) == 1
    world.close()
