"""Handing over: what one person was assigned to passes to another, in all the cycles named or in none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from kit.checking import check_everything
from kit.sample_workflow import written
from kit.stored import StoredWorld
from kit.trial import TRIAL, trial_world
from kit.world import World, ready_for_visit, spp_people, visited, worked
from reviewflow.cycle import commands as cy
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold
from reviewflow.cycle.handover import plan
from reviewflow.registry import commands as reg
from reviewflow.views.cycles import assignments_of
from reviewflow.workflow.parse import parse


def command(world: World, person: str, to: str, *cycles: str, by: str = "lena", **more: Any) -> cy.HandOverRoles:
    asked = world.asked(by, more.pop("on", None), reason=more.pop("reason", "moved away"))
    ids = tuple(world.id(one) for one in cycles or ("cycle",))
    return cy.HandOverRoles(asked=asked, person=world.id(person), successor=world.id(to), cycles=ids, **more)


def hand_over(world: World, person: str, to: str, *cycles: str, **more: Any) -> Any:
    return world.handle(command(world, person, to, *cycles, **more))


def undo(world: World, done: Any, by: str = "lena") -> Any:
    batch = done.events[0].event.batch
    return world.handle(cy.UndoHandover(asked=world.asked(by, reason="a mistake"), batch=batch))


def test_the_role_passes_and_what_was_done_before_stays(world):
    worked(world)
    done = hand_over(world, "chloe", "carl")
    event = done.events[0].event
    assert isinstance(event, ev.RoleHandedOver)
    assert (event.person, event.successor, event.standing) == (world.id("chloe"), world.id("carl"), "accepted")
    assert (event.role, set(event.met)) == ("partnership_lead", {"trained", "independent", "other_school"})
    assert event.batch is not None
    assert world.cycle.assigned("improvement_champion") == [world.id("carl")]
    assert world.cycle.ever_assigned("improvement_champion") == [world.id("chloe"), world.id("carl")]
    assert world.cycle.last("hold_workshop").by == world.id("chloe")


def test_an_offer_that_is_not_answered_passes_as_an_offer(world):
    world.open("hazel", "lena")
    world.offer("peer_reviewer", "rob", "lena")
    assert hand_over(world, "rob", "bea").events[0].event.standing == "offered"
    assert world.cycle.offered("peer_reviewer") == [world.id("bea")]
    with world.refused("not-offered"):
        world.accept("peer_reviewer", "rob")
    world.accept("peer_reviewer", "bea")


def test_roles_that_are_chosen_from_another_move_with_it(world):
    ready_for_visit(world)
    done = hand_over(world, "rob", "bea", roles=("peer_reviewer",))
    assert [one.event.assigned for one in done.events] == ["peer_reviewer", "lead_reviewer"]
    assert world.cycle.assigned("lead_reviewer") == [world.id("bea")]
    with world.refused("not-among"):
        hand_over(world, "bea", "rob", roles=("lead_reviewer",))
    assert hand_over(world, "bea", "wilma", roles=("lead_reviewer",)).events


def test_what_stands_against_a_role_is_said_once_also_where_another_hangs_on_it(world):
    ready_for_visit(world)
    world.person("olga", "staff", "rowan")
    with world.refused("trained") as caught:
        hand_over(world, "rob", "olga")
    assert len(caught[0].unmet) == 1


def test_the_place_of_the_first_counts_as_free(world):
    ready_for_visit(world)
    world.assign("peer_reviewer", "bea", "lena")
    assert hand_over(world, "wilma", "chloe").events
    assert len(world.cycle.assigned("peer_reviewer")) == 4


def test_the_successor_is_judged_as_if_they_accepted(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    with world.refused("trained", "independent", "never-both") as caught:
        hand_over(world, "chloe", "rob")
    assert all(one.sentence.startswith("hazel-2026-1: ") for one in caught[0].unmet)
    with world.refused("other_school", "trained"):
        hand_over(world, "wilma", "hanna")
    with world.refused("never-both"):
        hand_over(world, "wilma", "chloe")
    with world.refused("has-the-role"):
        hand_over(world, "wilma", "rob")


def test_only_who_may_offer_the_role_or_runs_the_programme_hands_it_over(world):
    worked(world)
    for name in ("hanna", "chloe", "carl", "rob"):
        with world.refused("not-permitted"):
            hand_over(world, "chloe", "carl", by=name)
    world.person("mo", "programme_manager", "programme", "programme")
    world.person("max")
    other = world.handle(
        reg.SetUpProgramme(asked=world.asked("ada"), programme_name="Other", handle="other", time_zone="Europe/London")
    )
    world.names["other"] = world.new_id(other)
    world.role("max", "programme_manager", "other", "programme")
    with world.refused("not-permitted"):
        hand_over(world, "chloe", "carl", by="max")
    assert hand_over(world, "chloe", "carl", by="mo").events[0].event.role == "programme_manager"
    assert hand_over(world, "carl", "chloe", by="ada").events[0].event.role == "administrator"


def test_what_is_wrong_with_it_is_said_all_at_once(world):
    world.open("hazel", "lena")
    with world.bad_input("to", "reason", "cycle"):
        hand_over(world, "rob", "rob", "nowhere", reason=" ")
    with world.bad_input("person"):
        hand_over(world, "nobody", "rob")
    with world.bad_input("cycle"):
        hand_over(world, "rob", "bea", "cycle", "cycle")
    with world.refused("nothing-to-hand-over"):
        hand_over(world, "rob", "bea")
    world.assign("peer_reviewer", "rob", "lena")
    with world.refused("nothing-to-hand-over"):
        hand_over(world, "rob", "bea", roles=("improvement_champion",))
    world.clock.set("2026-09-10")
    with world.refused("before-opening", "before-last-step"):
        hand_over(world, "rob", "bea", on="2026-09-06")
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id("bea")))
    with world.refused("forgotten", "trained"):
        hand_over(world, "rob", "bea")


def test_an_ended_cycle_hands_nothing_over(world):
    world.open("hazel", "lena")
    world.assign("peer_reviewer", "rob", "lena")
    world.do("cancel", "ada", reason="no longer wanted")
    with world.refused("wrong-state"):
        hand_over(world, "rob", "bea")


def test_a_handover_recorded_late_holds_from_its_day(world):
    ready_for_visit(world)
    world.clock.set("2026-09-20")
    hand_over(world, "wilma", "bea", on="2026-09-15")
    with world.knowing() as known:
        told = known.cycle_records(world.id("cycle"))
    assert world.id("wilma") in fold(told, as_of=date(2026, 9, 14)).assigned("peer_reviewer")
    assert world.id("bea") in fold(told, as_of=date(2026, 9, 15)).assigned("peer_reviewer")


BOOKING = {
    "days": {"first": {"type": "date"}, "last": {"type": "date"}},
    "book": {"title": "Book", "from": "work.draft", "to": "work.draft", "by": ["partnership_lead"], "form": "days",
             "books": {"first": "first", "last": "last", "people": ["checker"]}, "ours": True},
    "free": {"rule": "size(person.clashing_visits) == 0", "else": "is elsewhere on these days", "ours": True},
}  # fmt: skip


def booking_world() -> World:
    """The invented workflow with a visit whose days are not looked at again when they are booked."""
    document = yaml.safe_load(TRIAL.read_text(encoding="utf-8"))
    document["forms"]["days"] = BOOKING["days"]
    document["transitions"]["book"] = BOOKING["book"]
    document["roles"]["checker"]["eligible"]["free"] = BOOKING["free"]
    document["edition"] = "2"
    world = trial_world()
    world.publish(parse(written(document), "booking"))
    return world


def test_each_cycle_is_judged_on_what_those_before_it_hand_over():
    """Neither visit clashes with what the successor has; together they do."""
    world = booking_world()
    for name, school in (("one", "hazel"), ("two", "rowan")):
        world.person(f"head-{name}", "head", school)
    world.person("sam", trained=("checking",))
    world.person("zoe", trained=("checking",))
    for name, school in (("one", "hazel"), ("two", "rowan")):
        world.open(school, "lena")
        world.names[name] = world.names["cycle"]
        world.assign("checker", "sam", "lena")
    for name in ("one", "two"):
        world.names["cycle"] = world.names[name]
        world.do("book", "lena", first="2026-10-05", last="2026-10-06")
    with world.refused("free") as caught:
        hand_over(world, "sam", "zoe", "one", "two")
    assert [one.sentence for one in caught[0].unmet] == ["rowan-2026-1: is elsewhere on these days"]
    assert hand_over(world, "sam", "zoe", "one").events
    with world.refused("free"):
        hand_over(world, "sam", "zoe", "two")
    world.close()


EVERYBODY = ("rob", "wilma", "alan", "bea", "chloe", "carl", "lena", "hanna", "ada")
MANY = 40


@pytest.fixture
def stored(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    yield world
    world.close()


def forty(world: World) -> list[str]:
    """Forty running cycles in which `rob` has a part: reviewer, lead of the team, or asked; and others beside him."""
    names = []
    for number in range(MANY):
        school = ("hazel", "willow", "alder", "birch")[number % 4]
        world.open(school, "lena", year=f"{2026 + number // 8}-{27 + number // 8}")
        names.append(f"cycle-{number}")
        world.names[names[-1]] = world.names["cycle"]
        others = [name for name, home in (("wilma", "willow"), ("alan", "alder"), ("bea", "birch")) if home != school]
        if number % 5 == 4:
            world.offer("peer_reviewer", "rob", "lena")
        else:
            world.assign("peer_reviewer", "rob", "lena")
        for name in others:
            world.assign("peer_reviewer", name, "lena")
        if number % 5 in (0, 2):
            world.assign("lead_reviewer", "rob", "lena")
    world.open("rowan", "lena")
    world.names["apart"] = world.names["cycle"]
    world.assign("peer_reviewer", "wilma", "lena")
    return names


def streams(world: World) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    with world.store.snapshot() as snapshot:
        for record in snapshot.log(0, 100_000):
            found.setdefault(record.stream, []).append(record)
    return found


def rows(world: Any) -> set[Any]:
    with world.store.reading() as connection:
        return {tuple(row) for name in EVERYBODY for row in assignments_of(connection, person=world.id(name))}


def test_one_person_in_forty_running_cycles_preview_do_undo_and_nothing_else_moves(stored):
    world = stored
    names = forty(world)
    world.person("zoe", "staff", "rowan", trained=("peer-reviewer",))
    everybody = (*EVERYBODY, "zoe")
    before, held = streams(world), rows(world)
    cycles = {name: cycle_of(world, name) for name in (*names, "apart")}

    # Preview: everything is judged, nothing is written.
    whole = command(world, "rob", "zoe", *names)
    with world.knowing() as known:
        previewed = plan(whole, known)
    assert [not one.blocked for one in previewed] == [True] * MANY
    trial = world.handle(whole, dry_run=True)
    assert (trial.position, streams(world)) == (None, before)

    # Do: one batch, one command, exactly what the preview said.
    done = world.handle(whole)
    said = [(one.cycle.stream, m.assigned.role, m.assigned.standing) for one in previewed for m in one.moves]
    assert [(e.stream, e.event.assigned, e.event.standing) for e in done.events] == said
    assert len(done.events) == MANY + sum(1 for number in range(MANY) if number % 5 in (0, 2))
    assert {e.event.batch for e in done.events} == {whole.asked.id}
    after = streams(world)
    moved = {f"cycle-{world.id(name)}" for name in names}
    assert {stream for stream in after if after[stream] != before.get(stream)} == moved
    for stream in moved:
        assert after[stream][: len(before[stream])] == before[stream], "what was recorded stays, byte for byte"
    for name in names:
        now, then = cycle_of(world, name), cycles[name]
        for role in ("peer_reviewer", "lead_reviewer", "improvement_champion"):
            for standing in (type(now).assigned, type(now).offered):
                assert swapped(world, standing(then, role)) == set(standing(now, role))
        assert (now.state, now.said, now.stays, now.evidence) == (then.state, then.said, then.stays, then.evidence)
    assert cycle_of(world, "apart") == cycles["apart"]
    check_everything(world)

    # Undo: everything stands as before, and the log remembers.
    undone = undo(world, done)
    assert len(undone.events) == MANY
    assert {e.event.batch for e in undone.events} != {whole.asked.id}
    for name in names:
        now, then = cycle_of(world, name), cycles[name]
        assert now.assignments == then.assignments
        assert (now.state, now.said, now.stays) == (then.state, then.said, then.stays)
    assert rows(world) == held
    assert not rows_of(world, "zoe")
    assert {stream for stream, of in streams(world).items() if of != before.get(stream)} == moved
    check_everything(world)
    assert undo(world, done).events == (), "undone once is undone"
    assert all(world.id(name) for name in everybody)


def cycle_of(world: World, name: str) -> Any:
    with world.knowing() as known:
        return known.cycle(world.id(name))


def swapped(world: World, people: list[str]) -> set[str]:
    return {world.id("zoe") if one == world.id("rob") else one for one in people}


def rows_of(world: Any, name: str) -> list[Any]:
    with world.store.reading() as connection:
        return assignments_of(connection, person=world.id(name))
