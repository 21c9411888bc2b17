"""Many commands in one transaction: each is answered as if it came alone, and all are written or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kit.checking import check_everything
from kit.meanwhile import Meanwhile, elsewhere
from kit.stored import StoredWorld
from kit.trial import trial, trial_world
from kit.world import spp_people
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.engine import TRIES, Done
from reviewflow.errors import BadInput, Refused, StreamMoved
from reviewflow.events import Happened, Sealed, identify
from reviewflow.registry import commands as reg
from reviewflow.vault import ring


def opening(world, school="hazel", **more: object):
    return cy.OpenCycles(
        asked=world.asked("lena", **more), workflow="spp-peer-review", programme=world.id("programme"),
        partnership=world.id("cluster"), subjects=(world.id(school),), year="2026-27",
    )  # fmt: skip


def cycle_of(opened):
    return identify(opened.asked.id)


def note(world, cycle, text="a word", **more: object):
    return cy.AddNote(asked=world.asked("lena", **more), cycle=cycle, text=text)


def step(world, cycle, name, by, more=None, **values: object):
    return cy.TakeStep(asked=world.asked(by, **(more or {})), cycle=cycle, step=name, values=values)


def whole(world, school="hazel"):
    """A cycle from its opening to the start of its self-evaluation, with a note."""
    opened = opening(world, school)
    cycle = cycle_of(opened)
    return [
        opened,
        step(world, cycle, "name_school_lead", "hanna", school_lead=world.id("chloe")),
        step(world, cycle, "start_self_evaluation", "hanna"),
        note(world, cycle),
    ]


def positions(answers):
    return [answer.position for answer in answers]


def log_of(world):
    with world.store.snapshot() as snapshot:
        return snapshot.log(limit=10_000)


class Counted(Meanwhile):
    """A store that counts what it is asked."""

    def __init__(self, store) -> None:
        super().__init__(store)
        self.questions = []

    def snapshot(self, *likely: object):
        snapshot = self.store.snapshot(*likely)
        for name in ("heads", "stream", "touching", "commands"):
            self._count(snapshot, name)
        return snapshot

    def _count(self, snapshot, name):
        asked = getattr(snapshot, name)

        def counting(*args: object):
            self.questions.append((name, *args))
            return asked(*args)

        setattr(snapshot, name, counting)


# -- each on what those before it made --------------------------------------------------------------------------------


def test_each_is_decided_on_what_those_before_it_made(world):
    before = world.position()
    commands = whole(world)
    answers = world.engine.handle_all(commands)
    assert positions(answers) == [before + 1, before + 2, before + 3, before + 4]
    assert [(r.command_id, r.ordinal) for r in log_of(world)[before:]] == [(c.asked.id, 0) for c in commands]
    assert len({r.recorded_at for r in log_of(world)[before:]}) == 1
    cycle = cycle_of(commands[0])
    with world.knowing() as known:
        records = known.cycle_records(cycle)
    for number, answer in enumerate(answers, 1):
        assert answer.cycles == {cycle: fold(records[:number])}
    assert answers[-1].cycles[cycle].state == "self_evaluation.drafting"
    world.names["cycle"] = cycle
    assert world.cycle == fold(records)


def test_a_refused_one_changes_nothing_and_the_others_go_on(world):
    opened, lead, start, said = whole(world)
    cycle = cycle_of(opened)
    too_early = step(world, cycle, "submit_self_evaluation", "hanna")
    not_theirs = step(world, cycle, "cancel", "rob", reason="I do not like it")
    nowhere = note(world, "no-such-cycle")
    before = world.position()
    answers = world.engine.handle_all([opened, lead, too_early, not_theirs, start, nowhere, said])
    assert [type(a).__name__ for a in answers] == ["Done", "Done", "Refused", "Refused", "Done", "BadInput", "Done"]
    assert "wrong-state" in answers[2].codes
    assert "not-permitted" in answers[3].codes
    assert [fault.where for fault in answers[5].faults] == ["cycle"]
    assert world.position() == before + 4
    with world.store.snapshot() as snapshot:
        for refused in (too_early, not_theirs, nowhere):
            assert snapshot.command(refused.asked.id) == []


def test_when_all_are_refused_nothing_is_written(world):
    before = log_of(world)
    answers = world.engine.handle_all([note(world, "nowhere"), opening(world, "no-such-school")])
    assert all(isinstance(answer, BadInput) for answer in answers)
    assert log_of(world) == before


def test_none_is_none(world):
    before = log_of(world)
    assert world.engine.handle_all([]) == []
    assert log_of(world) == before


def test_one_that_needs_to_change_nothing_is_done_without_a_position(world):
    give = reg.GiveRole(
        asked=world.asked("ada"), person=world.id("hanna"), held="head", held_in=world.id("hazel"),
        held_in_kind="organisation",
    )  # fmt: skip
    alone = world.engine.handle(give, dry_run=True)
    (first, second) = world.engine.handle_all([give, note(world, "nowhere")])
    assert (first.events, first.position) == (alone.events, None) == ((), None)
    assert isinstance(second, BadInput)


def test_cycles_of_one_subject_are_numbered_in_their_order(world):
    world.open("hazel", "lena")
    opened = [opening(world) for _ in range(3)]
    done = world.engine.handle_all([*opened[:2], replace(opening(world), year="2027"), opened[2]])
    assert [d.events[0].event.handle for d in done] == [
        "hazel-2026-2", "hazel-2026-3", "hazel-2027-1", "hazel-2026-4",
    ]  # fmt: skip


def test_what_is_registered_can_be_used_at_once(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    pia = reg.RegisterPerson(asked=world.asked("ada"), person_name="Pia Madeup", email="pia@example.org")
    person = world.engine.handle(pia, dry_run=True).events[0].stream.removeprefix("person-")

    def register(email):
        return reg.RegisterPerson(asked=world.asked("ada"), person_name="Somebody Madeup", email=email)

    def readdress(whom, email):
        return reg.ChangePerson(asked=world.asked("ada"), person=whom, email=email)

    elm = reg.RegisterOrganisation(asked=world.asked("ada"), organisation_name="Elm School", handle="elm")
    answers = world.engine.handle_all(
        [
            pia,
            register(" PIA@example.org"),  # taken by the one before
            readdress(person, "pia2@example.org"),
            register("pia@example.org"),  # free again
            register("pia2@example.org"),
            elm,
            replace(elm, asked=world.asked("lena")),
            reg.GiveRole(
                asked=world.asked("ada"), person=person, held="staff", held_in=world.id("rowan"),
                held_in_kind="organisation",
            ),
            reg.DeclareRelationship(
                asked=world.asked(person, entered_by=person), person=person, other=world.id("hazel"),
                nature="governance",
            ),
        ]
    )  # fmt: skip
    codes = [answer.codes if isinstance(answer, Refused) else "done" for answer in answers]
    assert codes == [
        "done",
        ("email-taken",),
        "done",
        "done",
        ("email-taken",),
        "done",
        ("handle-taken",),
        *["done"] * 2,
    ]
    # Now that it is stored.
    taken, _, free = world.engine.handle_all(
        [register("pia2@example.org"), readdress(person, "pia3@example.org"), register("pia2@example.org")]
    )
    assert taken.codes == ("email-taken",)
    assert isinstance(free, Done)
    with world.knowing() as known:
        found = known.person(person)
        assert [grant.held for grant in found.roles] == ["staff"]
        assert known.email_owner("pia3@example.org") == person
    check_everything(world)
    world.close()


def test_a_workflow_published_in_the_batch_can_be_opened_in_it(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    parsed = trial()
    publish = reg.PublishWorkflow(
        asked=world.asked("ada"), workflow="invented-trial", edition="1", digest=parsed.digest,
        document=parsed.document,
    )  # fmt: skip
    opened = replace(opening(world), workflow="invented-trial")
    cycle = cycle_of(opened)
    focus = step(world, cycle, "choose_focus", "hanna", points=[{"id": "r1", "what": "Reading"}])
    early, published, late, chosen = world.engine.handle_all([opened, publish, opened, focus])
    assert isinstance(early, BadInput)
    assert [a.position is not None for a in (published, late, chosen)] == [True] * 3
    assert late.events[0].event.digest == parsed.digest
    check_everything(world)
    world.close()


def test_what_was_so_on_an_earlier_day_is_seen_too():
    """A step dated before what the batch recorded of later days: judged as the cycle was on that day."""
    codes = []
    for together in (False, True):
        world = trial_world()
        world.clock.set("2026-09-20")
        opened = replace(opening(world), workflow="invented-trial")
        cycle = cycle_of(opened)
        commands = [
            opened,
            step(world, cycle, "choose_focus", "hanna", points=[{"id": "a", "what": "Reading"}]),
            cy.AddEvidence(asked=world.asked("hanna"), cycle=cycle, kind="paper", text="seen"),
            step(world, cycle, "submit", "hanna"),
            step(world, cycle, "submit", "hanna"),
        ]
        days = [Happened(on=date(2026, 9, day)) for day in (12, 13, 18, 15, 19)]
        commands = [
            replace(one, asked=replace(one.asked, happened=day)) for one, day in zip(commands, days, strict=True)
        ]
        answers = world.engine.handle_all(commands) if together else [told(world, c) for c in commands]
        codes.append([a.codes if isinstance(a, Refused) else a.position for a in answers])
        world.close()
    assert codes[0] == codes[1]
    assert codes[0][3] == ("evidence:paper",)
    assert codes[0][4] is not None


def told(world, command):
    try:
        return world.handle(command)
    except Refused as refused:
        return refused


# -- ids --------------------------------------------------------------------------------------------------------------


def test_a_repeated_id_gets_the_first_answer_wherever_it_comes(world):
    first = whole(world)
    done = world.engine.handle_all(first[:3])
    before = world.position()
    other = note(world, cycle_of(first[0]), "another")
    answers = world.engine.handle_all([first[2], other, first[3], first[3], other, first[0]])
    assert [a.repeated for a in answers] == [True, False, False, True, True, True]
    assert world.position() == before + 2
    assert answers[0] == done[2]._replace(repeated=True)
    assert answers[5] == done[0]._replace(repeated=True)
    assert answers[3] == answers[2]._replace(repeated=True)
    assert answers[4] == answers[1]._replace(repeated=True)
    assert world.engine.handle_all(first) == [world.engine.handle(c) for c in first]
    assert world.position() == before + 2


@pytest.mark.parametrize("stored", [True, False])
def test_an_id_of_somebody_else_or_of_something_else_is_refused(world, stored):
    mine = whole(world)
    rest = mine
    if stored:
        world.engine.handle_all(mine)
        rest = []
    before = world.position() + len(rest)
    cycle = cycle_of(mine[0])
    theirs = replace(mine[3], asked=replace(mine[3].asked, by=world.id("hanna")))
    other = step(world, cycle, "choose_focus", "lena", {"id": mine[3].asked.id}, focus_areas=["Reading"])
    *_, one, two = world.engine.handle_all([*rest, theirs, other])
    assert [one.codes, two.codes] == [("command-id-taken",)] * 2
    assert "somebody else" in str(one)
    assert mine[3].cause in str(two)
    assert world.position() == before


def test_the_id_of_a_refused_command_is_free(world):
    opened, lead, start, said = whole(world)
    again = replace(start)
    answers = world.engine.handle_all([opened, start, lead, again, said])
    assert [isinstance(a, Done) for a in answers] == [True, False, True, True, True]
    assert not answers[3].repeated


def test_forgetting_goes_singly(world):
    forget = reg.ForgetPerson(asked=world.asked("ada"), person=world.id("bea"))
    before = world.position()
    refused, done = world.engine.handle_all([forget, opening(world)])
    assert refused.codes == ("only-singly",)
    assert done.position == world.position() == before + 1
    assert not world.vault.forgotten(f"person-{world.id('bea')}")
    world.handle(forget)
    assert world.vault.forgotten(f"person-{world.id('bea')}")


# -- a trial run ------------------------------------------------------------------------------------------------------


def test_a_trial_run_says_what_would_be_and_changes_nothing(world):
    commands = [*whole(world), note(world, "nowhere")]
    commands.insert(2, commands[1])
    before = log_of(world)
    would = world.engine.handle_all(commands, dry_run=True)
    assert log_of(world) == before
    assert [isinstance(a, Done) and a.position for a in would] == [None] * 5 + [False]
    done = world.engine.handle_all(commands)
    for one, other in zip(would[:5], done[:5], strict=True):
        assert [e.event.topic for e in one.events] == [e.event.topic for e in other.events]
        assert [(e.stream, e.version) for e in one.events] == [(e.stream, e.version) for e in other.events]
        assert [c.state for c in one.cycles.values()] == [c.state for c in other.cycles.values()]
        assert one.repeated is other.repeated


# -- others are quicker -----------------------------------------------------------------------------------------------


def raced(world, commands, *actions: object):
    slower = elsewhere(world)
    slower.store = Meanwhile(world.store, *actions)
    return slower.handle_all(commands), slower.store


def test_what_others_wrote_meanwhile_is_judged(world):
    """The second command stands on what somebody else has ended; the others do not mind."""
    world.open("hazel", "lena")
    mine = [opening(world, "rowan"), step(world, world.id("cycle"), "choose_focus", "hanna", focus_areas=["Reading"])]
    mine.append(note(world, cycle_of(mine[0])))
    assert all(isinstance(a, Done) for a in world.engine.handle_all(mine, dry_run=True))
    (one, two, three), store = raced(world, mine, lambda: world.do("withdraw", "hanna", reason="We left"))
    assert store.appends == 2
    assert isinstance(one, Done)
    assert two.codes == ("wrong-state",)
    assert isinstance(three, Done)
    assert positions([one, three]) == [world.position() - 1, world.position()]


def test_texts_are_sealed_for_their_new_place_and_numbers_given_anew(world):
    world.open("hazel", "lena")
    opened = opening(world)
    mine = [note(world, world.id("cycle"), "mine"), opened]
    ((said, new), store) = raced(
        world, mine, lambda: (world.handle(note(world, world.id("cycle"), "theirs")), world.handle(opening(world)))
    )
    assert store.appends == 2
    assert said.events[0].version == 3
    assert new.events[0].event.handle == "hazel-2026-3"
    stream = f"cycle-{world.id('cycle')}"
    assert world.vault.open(said.events[0].event.text, stream, 3, "text") == "mine"


def test_another_who_was_quicker_with_the_same_id_gave_the_answer(world):
    mine = whole(world)
    before = world.position()
    answers, store = raced(world, mine, lambda: world.engine.handle_all(mine[:2]))
    assert store.appends == 2
    assert [a.repeated for a in answers] == [True, True, False, False]
    assert world.position() == before + 4


def test_after_some_tries_it_is_told_that_others_were_first(world):
    world.open("hazel", "lena")
    mine = [note(world, world.id("cycle"), f"word {n}") for n in range(3)]
    slower, before = elsewhere(world), world.position()
    slower.store = Meanwhile(world.store, *[lambda: world.handle(note(world, world.id("cycle")))] * (TRIES + 1))
    with pytest.raises(StreamMoved):
        slower.handle_all(mine)
    assert slower.store.appends == TRIES
    assert world.position() == before + TRIES  # theirs


# -- keys -------------------------------------------------------------------------------------------------------------


def test_the_keys_of_new_cycles_are_made_in_one_commit_and_before_the_append(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    commands = [c for _ in range(20) for c in whole(world)]
    kept = []

    def counted(unkept):
        assert world.position() == before
        kept.append(sorted(unkept))
        return keep(unkept)

    before, keep = world.position(), world.vault.keep
    counter = world.vault._keys.counter()
    world.vault.keep = counted
    world.engine.handle_all(commands)
    del world.vault.keep
    assert kept == [sorted(f"cycle-{cycle_of(c)}" for c in commands[::4])]
    assert int.from_bytes(world.vault._keys.counter()) == int.from_bytes(counter) + 1
    world.reopen()
    check_everything(world)
    world.close()


@pytest.mark.parametrize("first", [1, 4], ids=["with its first event", "later"])
def test_a_key_that_somebody_else_made_first_is_used(tmp_path, first):
    world = spp_people(StoredWorld(folder=tmp_path))
    other = StoredWorld(folder=tmp_path)
    commands = whole(world)
    if first == 1:
        world.clock.set("2026-11-20")
        commands = whole(world)
        late = {"happened": Happened(on=date(2026, 9, 8)), "reason": "it lay in a drawer"}
        commands[0] = replace(commands[0], asked=replace(commands[0].asked, **late))
    stream = f"cycle-{cycle_of(commands[0])}"
    keep, tries = world.vault.keep, []

    def too_late(unkept):
        tries.append(list(unkept))
        other.vault.prepare([stream])
        return keep(unkept)

    world.vault.keep = too_late
    answers = world.engine.handle_all(commands)
    del world.vault.keep
    assert tries == [[stream], []]
    text = answers[3].events[0].event.text
    assert isinstance(text, Sealed)
    assert other.vault.open(text, stream, 4, "text") == "a word"
    if first == 1:
        assert other.vault.open(answers[0].events[0].event.backdated, stream, 1, "backdated") == "it lay in a drawer"
    check_everything(world)
    other.close()
    world.close()


def test_a_text_that_cannot_be_sealed_is_refused_alone(world):
    commands = whole(world)
    cycle = cycle_of(commands[0])
    bad = replace(commands[3], asked=world.asked("lena", reason=None), text="half \ud800")
    before = world.position()
    answers = world.engine.handle_all([commands[0], bad, *commands[1:]])
    assert [isinstance(a, Done) for a in answers] == [True, False, True, True, True]
    assert isinstance(answers[1], BadInput)
    assert world.position() == before + 4
    with world.knowing() as known:
        assert known.cycle(cycle).version == 4


def test_keys_in_memory_are_bounded(world, monkeypatch):
    monkeypatch.setattr(ring, "MOST_REMEMBERED", 5)
    commands = [c for _ in range(12) for c in whole(world)]
    answers = world.engine.handle_all(commands)
    assert len(world.vault._ciphers) == 5
    for opened, said in zip(answers[::4], answers[3::4], strict=True):
        stream = opened.events[0].stream
        assert world.vault.open(said.events[0].event.text, stream, 4, "text") == "a word"
    assert len(world.vault._ciphers) == 5


# -- cost -------------------------------------------------------------------------------------------------------------


def test_what_a_batch_asks_does_not_grow_with_its_commands():
    world = trial_world()
    world.open("hazel", "lena")

    def asked(cycles):
        opened = [replace(opening(world), workflow="invented-trial") for _ in range(cycles)]
        commands = []
        for one in opened:
            cycle = cycle_of(one)
            commands += [one, step(world, cycle, "choose_focus", "hanna", points=[{"id": "a", "what": "Reading"}])]
            commands.append(note(world, cycle))
        world.engine.store = counted = Counted(world.store)
        assert all(isinstance(a, Done) for a in world.engine.handle_all(commands))
        assert counted.appends == 1
        return counted.questions

    asked(1)
    few, many = asked(3), asked(30)
    assert [name for name, *_ in many] == [name for name, *_ in few]
    assert "stream" not in [name for name, *_ in few]
    world.close()
