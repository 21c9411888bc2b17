"""A whole shipped journey through the engine and the vault, told, replayed and compared: the paths of texts agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from kit.world import World, spp, spp_world, visited, worked
from reviewflow.audit.diff import compare, compared_texts
from reviewflow.audit.line import told_texts
from reviewflow.audit.naming import AS_RECORDED, REMOVED
from reviewflow.audit.replay import Moment, replay
from reviewflow.audit.summary import state_lines, summary_texts
from reviewflow.audit.words import CycleHistory, tell_log
from reviewflow.cycle.commands import AddNote
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.cycle.setting import Setting
from reviewflow.events import Kept, Text
from reviewflow.knowing import Knowing, recorded
from reviewflow.ports import Forgotten, Vault
from reviewflow.registry.commands import ForgetPerson


class VaultNames:
    """Names out of one snapshot and the vault, as a door has them."""

    writing = AS_RECORDED

    def __init__(self, known: Knowing, vault: Vault) -> None:
        self.known, self.vault = known, vault

    def person(self, id: str) -> str:  # noqa: A002
        person = self.known.person(id)
        if person is None:
            return id
        return self.kept(person.name) if person.name else REMOVED

    def kept(self, kept: Kept) -> str:
        return self.open(kept.text, kept.stream, kept.version, kept.path)

    def organisation(self, id: str) -> str:  # noqa: A002
        found = self.known.organisation(id)
        return found.name if found else id

    def partnership(self, id: str) -> str:  # noqa: A002
        found = self.known.partnership(id)
        return found.name if found else id

    def programme(self, id: str) -> str:  # noqa: A002
        found = self.known.programme(id)
        return found.name if found else id

    def named(self, id: str) -> str:  # noqa: A002
        tries = (self.person, self.organisation, self.partnership, self.programme)
        return next((name for ask in tries if (name := ask(id)) != id), id)

    def held(self, person: str, grant: str) -> str | None:
        found = self.known.person(person)
        given = found.grant(grant) if found else None
        return given.held if given else None

    def course(self, person: str, training: str) -> str | None:
        found = self.known.person(person)
        return next((t.course for t in found.training if t.id == training), None) if found else None

    def open(self, text: Text, stream: str, version: int, path: str) -> str:
        try:
            return self.vault.open(text, stream, version, path)
        except Forgotten:
            return REMOVED


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = worked(spp_world())
    yield world
    world.close()


def history(world: World, known: Knowing, viewer: str | None = None) -> tuple[CycleHistory, Seeing | None]:
    cycle = world.cycle
    setting: Setting = world.engine.setting(known, cycle.id)
    seeing = Seeing(setting, world.id(viewer)) if viewer else None
    definition = known.definition(cycle.digest)
    names = VaultNames(known, world.vault)
    told = CycleHistory(known.cycle_records(cycle.id), definition, names, seeing=seeing, zone="Europe/London")
    return told, seeing


def test_the_whole_log_is_told_with_every_text_opened(world: World) -> None:
    with world.knowing() as known:
        records = [recorded(one) for one in known.snapshot.log(limit=10_000)]
        names = VaultNames(known, world.vault)
        told = tell_log(records, names, lambda _: history(world, known)[0], zone="Europe/London")
    assert (len(told.lines), told.untold) == (len(records), 0)
    everything = "\n".join(told_texts(told, in_log=True))
    for words in (
        "Lena Madeup (Partnership lead): Arrange the visit: from “Self-evaluation: Ready for review” to",
        "Question: To what extent do pupils write at length?",
        "Feedback note: Pupils write more than they did.",
        "About: r1 “To what extent do pupils write at length?”",
        "Signed by: Hanna Madeup (Headteacher)",
        "Their roles: Teachers, Middle leaders",
        "Focus areas: Pupils' writing",
        "Name: Ada Administrator",
    ):
        assert words in everything
    ids = {*world.names.values()} - {"cycle"}
    assert not [one for one in ids if one in everything], "an id was told instead of a name"


def test_a_viewer_is_told_what_the_workflow_lets_them_see(world: World) -> None:
    with world.knowing() as known:
        lead = told_texts(history(world, known, "lena")[0].tell())
        head = told_texts(history(world, known, "hanna")[0].tell())
    note = "Pupils write more than they did."
    assert not [text for text in lead if note in text or "Focus areas: Pupils" in text]
    assert [text for text in lead if f"Feedback note: {HIDDEN}" in text]
    assert [text for text in head if note in text]


def test_summary_replay_and_difference_read_the_same_texts(world: World) -> None:
    with world.knowing() as known:
        told, _ = history(world, known)
        definition, names = told.telling.definition, told.names
        day = date(2026, 11, 21)
        summary = "\n".join(summary_texts(state_lines(world.cycle, definition, names, beside=told.beside, on=day)))
        assert "Enquiry questions, r1: Question: To what extent do pupils write at length?" in summary
        assert "Feedback note: Pupils write more than they did." in summary
        before = replay(told.records, Moment(as_of=date(2026, 11, 9)))
        assert before.cycle is not None
        assert before.cycle.state == "review_visit.scheduled"
        found = compare(
            told.records, Moment(as_of=date(2026, 11, 10)), Moment(as_of=date(2026, 11, 12)), definition, names
        )
    differences = [str(one) for one in found.differences]
    assert "Share the feedback: Feedback note: nothing -> Pupils write more than they did." in differences
    assert compared_texts(found)[2] == found.sentence


def test_a_written_reply_stands_beside_the_feedback_never_over_it() -> None:
    world = visited(spp_world())
    world.do("respond_to_feedback", "hanna", kind="reply", text="It was one class only.")
    world.handle(AddNote(asked=world.asked("rob"), cycle=world.id("cycle"), text="Three.", beside=world.cycle.version))
    for viewer, seen in (("hanna", True), ("wilma", True), ("lena", False), ("ada", False)):
        with world.knowing() as known:
            told, _ = history(world, known, viewer)
            summary = state_lines(world.cycle, spp().definition, told.names, told.seeing, beside=told.beside)
        items = next(section.items for section in summary.sections if section.title == "Share the feedback")
        note = next(item for item in items if item.name == "note")
        assert note.value == ("Pupils write more than they did." if seen else HIDDEN)
        if not seen:
            assert not note.beside
            assert "one class only" not in str(summary)
            assert "Three." not in str(summary)
            continue
        (reply,) = note.beside
        assert reply.label.startswith("Confirm or correct the facts, or reply (event ")
        assert [one.value for one in reply.beside] == ["A written reply", "It was one class only.", "Three."]
        (thread,) = [one for one in told.tell().threads() if one["topic"] == "cycle.transition-taken/1"][-1]["replies"]
        assert thread["replies"][0]["what"].startswith("note beside event ")
    world.close()


def test_after_forgetting_a_person_their_name_is_removed_and_the_history_stays() -> None:
    world = worked(spp_world())
    with world.knowing() as known:
        before = history(world, known)[0].tell()
    world.handle(ForgetPerson(asked=world.asked("ada"), person=world.id("wilma"), why="request"))
    with world.knowing() as known:
        after = history(world, known)[0].tell()
        person = [recorded(one) for one in known.snapshot.stream(f"person-{world.id('wilma')}")]
        registry = tell_log(person, VaultNames(known, world.vault), lambda _: history(world, known)[0])
    assert [line.topic for line in after.lines] == [line.topic for line in before.lines]
    assert "Wilma" in str(before)
    assert "Wilma" not in str(after)
    assert "Wilma" not in str(registry)
    assert f"{REMOVED} took the role “Peer reviewer”" in [line.what for line in after.lines]
    world.close()
