"""What is only found in the log is answered once the store has made sure of it; nobody else waits for that."""

from __future__ import annotations

import pytest

from kit.meanwhile import while_others
from reviewflow.cycle import commands as cy
from reviewflow.errors import ConnectionLost, Refused
from reviewflow.registry import commands as reg


@pytest.fixture
def settled(world, monkeypatch):
    """A list that grows each time, and one of what is to be raised first."""
    kind, found = type(world.store.snapshot()), []
    settle = kind.settle
    faults = []

    def noted(snapshot) -> None:
        if faults:
            raise faults.pop(0)
        settle(snapshot)
        found.append(snapshot.position())

    monkeypatch.setattr(kind, "settle", noted)
    world.open("hazel", "lena")
    found.clear()
    return found, faults


def focus(world, command_id="once", by="hanna", **more: object) -> cy.TakeStep:
    asked = world.asked(by, id=command_id)
    return cy.TakeStep(
        asked=asked, cycle=world.id("cycle"), step="choose_focus", values={"focus_areas": ["Reading"]}, **more
    )


def head_again(world) -> reg.GiveRole:
    """Hanna is the head already."""
    return reg.GiveRole(
        asked=world.asked("ada"), person=world.id("hanna"), held="head", held_in=world.id("hazel"),
        held_in_kind="organisation",
    )  # fmt: skip


def test_a_command_that_is_done_waits_for_its_own_commit_only(world, settled):
    world.handle(focus(world))
    world.engine.handle_all([focus(world, "a"), focus(world, "b")])
    assert settled[0] == []


def test_a_trial_and_a_refusal_promise_nothing(world, settled):
    world.handle(focus(world), dry_run=True)
    world.handle(head_again(world), dry_run=True)
    with pytest.raises(Refused):
        world.handle(focus(world, by="lena"))
    world.engine.handle_all([focus(world, by="lena")])
    world.engine.handle_all([])
    assert settled[0] == []


def test_a_command_that_is_found_in_the_log(world, settled):
    world.handle(focus(world))
    assert world.handle(focus(world)).repeated
    assert settled[0] == [world.position()]


def test_one_that_somebody_else_did_meanwhile(world, settled):
    command = focus(world)
    assert while_others(world, command, lambda: world.handle(command)).repeated
    assert settled[0] == [world.position()]


def test_one_that_need_change_nothing(world, settled):
    assert world.handle(head_again(world)).position is None
    [answer] = world.engine.handle_all([head_again(world)])
    assert answer.position is None
    assert settled[0] == [world.position()] * 2


def test_a_batch_of_which_all_or_some_are_found(world, settled):
    done, _ = world.engine.handle_all([focus(world, "a"), focus(world, "b")])
    again, refused = world.engine.handle_all([focus(world, "a"), focus(world, "c", by="lena")])
    assert (again.events, again.repeated, type(refused)) == (done.events, True, Refused)
    assert settled[0] == [world.position()]
    # With one that is new they are all as safe as its commit.
    world.engine.handle_all([focus(world, "a"), focus(world, "d")])
    assert len(settled[0]) == 1


def test_evidence_that_was_added(world, settled):
    added = cy.AddEvidence(
        asked=world.asked("hanna", id="e"), cycle=world.id("cycle"), kind="self_evaluation", file_name="a.pdf"
    )
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    world.engine.add_evidence(added, b"bytes")
    assert settled[0] == []
    assert world.engine.add_evidence(added, b"bytes").repeated
    assert settled[0] == [world.position()]


def test_a_store_that_is_lost_meanwhile_is_asked_again(world, settled):
    found, faults = settled
    world.handle(focus(world))
    faults += [ConnectionLost("the store", "gone", "")] * 2
    world.engine._rest = lambda _: None
    assert world.handle(focus(world)).repeated
    faults += [ConnectionLost("the store", "gone", "")] * 2
    [answer] = world.engine.handle_all([focus(world)])
    assert answer.repeated
    assert (len(found), faults) == (2, [])


def test_no_key_is_destroyed_for_what_might_not_be_recorded(world, settled, monkeypatch):
    found, _ = settled
    monkeypatch.setattr(world.vault, "forget", lambda _stream: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id("rob")))
    monkeypatch.undo()
    gone = []
    monkeypatch.setattr(world.vault, "forget", lambda stream: gone.append((stream, len(found))))
    kind = type(world.store.snapshot())
    monkeypatch.setattr(kind, "settle", lambda snapshot: found.append(snapshot.position()))
    assert world.engine.finish_forgetting() == 1
    assert gone == [(f"person-{world.id('rob')}", 1)]
