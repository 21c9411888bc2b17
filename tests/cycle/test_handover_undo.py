"""Undoing a handover: it never happened, unless something has come of it since."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kit.meanwhile import while_others
from kit.world import VISIT, World, ready_for_visit, visited, worked
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.cycle.handover_undoing import plan_undo
from reviewflow.errors import Refused
from reviewflow.registry import commands as reg

ACTION = {"what": "Write daily", "owner_role": "Lead", "measure": "Length", "finding": "Short", "due": "2027-02-01"}


def hand_over(world: World, person: str, to: str, *cycles: str, by: str = "lena", **more: Any) -> str:
    asked = world.asked(by, reason="moved away")
    ids = tuple(world.id(one) for one in cycles or ("cycle",))
    world.handle(cy.HandOverRoles(asked=asked, person=world.id(person), successor=world.id(to), cycles=ids, **more))
    return asked.id


def undo(world: World, batch: str, by: str = "lena", reason: str | None = "a mistake") -> Any:
    return world.handle(cy.UndoHandover(asked=world.asked(by, reason=reason), batch=batch))


def told(world: World) -> Any:
    with world.knowing() as known:
        return known.cycle_records(world.id("cycle"))


def test_it_never_happened_for_every_day_and_it_is_known_that_it_was_believed(world):
    ready_for_visit(world)
    world.clock.set("2026-09-20")
    batch = hand_over(world, "rob", "bea")
    between = told(world)[-1].recorded_at
    world.clock.set("2026-09-25")
    undone = undo(world, batch)
    event = undone.events[0].event
    assert (len(undone.events), len(event.undoes)) == (1, 2), "two roles, one undo"
    assert set(event.people) == {world.id("rob"), world.id("bea")}
    for day in (date(2026, 9, 20), date(2026, 9, 22), None):
        assert world.id("rob") in fold(told(world), as_of=day).assigned("lead_reviewer")
    assert world.id("bea") in fold(told(world), known_at=between).assigned("lead_reviewer")
    assert world.id("bea") not in world.cycle.ever_assigned("peer_reviewer")


def test_a_batch_that_is_none_and_a_missing_reason_are_bad_input(world):
    world.open("hazel", "lena")
    with world.bad_input("batch", "reason"):
        undo(world, "no-such-batch", reason=" ")


def test_where_the_successor_has_acted_it_stays(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    batch = hand_over(world, "chloe", "carl")
    world.do("schedule_workshop", "carl", workshop_on="2026-11-20", mode="onsite")
    with world.refused("acted-since") as caught:
        undo(world, batch)
    assert "hazel-2026-1" in str(caught[0])


def test_where_somebody_stood_in_for_the_successor_it_stays(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    world.person("zoe", "staff", "rowan", trained=("improvement-champion",))
    batch = hand_over(world, "chloe", "carl")
    world.handle(
        reg.DelegateAbsence(
            asked=world.asked("carl"), person=world.id("carl"), delegate=world.id("zoe"), until=date(2026, 12, 1),
            reason="ill",
        )
    )  # fmt: skip
    more = {"on_behalf_of": world.id("carl")}
    world.do("schedule_workshop", "zoe", more=more, workshop_on="2026-11-20", mode="onsite")
    with world.refused("acted-since"):
        undo(world, batch)


def test_where_the_role_has_changed_again_it_stays(world):
    worked(world)
    batch = hand_over(world, "chloe", "carl")
    second = hand_over(world, "carl", "chloe")
    with world.refused("changed-since"):
        undo(world, batch)
    undo(world, second)
    assert world.cycle.assigned("improvement_champion") == [world.id("carl")]
    undo(world, batch)
    assert world.cycle.assigned("improvement_champion") == [world.id("chloe")]


def test_where_the_successor_was_made_more_it_stays(world):
    ready_for_visit(world)
    batch = hand_over(world, "wilma", "bea")
    world.leave("lead_reviewer", "rob")
    world.assign("lead_reviewer", "bea", "lena")
    with world.refused("changed-since"):
        undo(world, batch)


def test_where_the_successors_days_were_booked_it_stays(world):
    ready_for_visit(world)
    batch = hand_over(world, "wilma", "bea")
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    with world.refused("relied-on-since"):
        undo(world, batch)


def test_where_a_form_names_the_successor_it_stays(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    batch = hand_over(world, "wilma", "bea")
    assert [one.unmet for one in _planned(world, batch)] == [()]
    world.do("start_visit", "rob", attended=[world.id("rob"), world.id("bea"), world.id("alan")])
    with world.refused("relied-on-since"):
        undo(world, batch)


def _planned(world: World, batch: str) -> Any:
    with world.knowing() as known:
        return plan_undo(cy.UndoHandover(asked=world.asked("lena", reason="x"), batch=batch), known)


def test_what_others_did_meanwhile_is_no_obstacle(world):
    worked(world)
    batch = hand_over(world, "chloe", "carl")
    world.do("agree_plan", "hanna", support="none", actions=[ACTION])
    undo(world, batch)
    assert world.agree("agree_plan", "chloe").events


def test_only_who_may_hand_over_undoes_it(world):
    worked(world)
    batch = hand_over(world, "chloe", "carl")
    for name in ("chloe", "carl", "hanna"):
        with world.refused("not-permitted"):
            undo(world, batch, by=name)
    assert undo(world, batch, by="ada").events[0].event.role == "administrator"


def test_one_cycle_that_cannot_be_undone_keeps_all_of_them_and_an_ended_one_stays(world):
    for name, school in (("one", "hazel"), ("two", "alder"), ("three", "birch")):
        world.open(school, "lena")
        world.names[name] = world.names["cycle"]
        world.assign("peer_reviewer", "rob", "lena")
    batch = hand_over(world, "rob", "wilma", "one", "two", "three")
    world.leave("peer_reviewer", "wilma")
    with world.refused("changed-since") as caught:
        undo(world, batch)
    assert [one.sentence.partition(":")[0] for one in caught[0].unmet] == ["birch-2026-1"]
    world.names["cycle"] = world.names["three"]
    world.do("cancel", "ada", reason="no longer wanted")
    plans = {one.cycle.handle: one for one in _planned(world, batch)}
    assert {handle: one.ended for handle, one in plans.items()} == {
        "hazel-2026-1": False, "alder-2026-1": False, "birch-2026-1": True,
    }  # fmt: skip
    done = undo(world, batch)
    assert {one.stream for one in done.events} == {f"cycle-{world.id(name)}" for name in ("one", "two")}


def test_somebody_else_who_is_quicker_is_seen(world):
    worked(world)
    asked = world.asked("lena", reason="moved away")
    command = cy.HandOverRoles(
        asked=asked, person=world.id("chloe"), successor=world.id("carl"), cycles=(world.id("cycle"),)
    )
    before = world.position()
    with pytest.raises(Refused) as caught:
        while_others(world, command, lambda: world.leave("improvement_champion", "chloe"))
    assert caught.value.codes == ("nothing-to-hand-over",)
    assert world.position() == before + 1


def test_the_same_command_twice_is_done_once(world):
    worked(world)
    asked = world.asked("lena", reason="moved away", id="the-same")
    command = cy.HandOverRoles(
        asked=asked, person=world.id("chloe"), successor=world.id("carl"), cycles=(world.id("cycle"),)
    )
    first, second = world.handle(command), world.handle(command)
    assert (first.events, second.repeated) == (second.events, True)
