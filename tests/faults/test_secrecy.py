"""No name, address, free text, reason, file name or file stands readable anywhere in what is stored; also not later."""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from contextlib import closing
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from faults.marked import Marks, Search
from kit.stored import MASTER_KEY, StoredWorld
from kit.world import spp
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.errors import BadInput, IntegrityBroken, Refused
from reviewflow.events import Kept, Sealed, Unsealed
from reviewflow.ports import Forgotten
from reviewflow.registry import commands as reg


class MarkedWorld(StoredWorld):
    """Everybody's name and address, and whoever sits at the keyboard, are marked."""

    def __post_init__(self) -> None:
        self.mark = Marks()
        self.called: dict[str, str] = {}
        super().__post_init__()

    def asked(self, by, on=None, **more: object):
        more.setdefault("entered_by", Unsealed(self.mark("operator")))
        return super().asked(by, on, **more)

    def install(self) -> None:
        self.called["ada"] = self.mark("admin")
        first = reg.SetUpInstallation(
            asked=self.asked("", id="install"), admin_name=self.called["ada"], email=self.mark.email()
        )
        self.names["ada"] = self.new_id(self.handle(first))
        programme = reg.SetUpProgramme(
            asked=self.asked("ada"), programme_name="Invented Programme", handle="invented", time_zone="Europe/London"
        )
        self.names["programme"] = self.new_id(self.handle(programme))

    def person(self, name, held="staff", at="", kind="organisation", trained=()):
        self.called[name] = self.mark("name")
        made = reg.RegisterPerson(asked=self.asked("ada"), person_name=self.called[name], email=self.mark.email())
        self.names[name] = self.new_id(self.handle(made))
        if at:
            self.role(name, held, at, kind)
        for course in trained:
            self.train(name, course)
        return self.names[name]


def people(world):
    world.install()
    world.publish(spp())
    world.partnership("cluster")
    for school in ("hazel", "rowan", "willow"):
        world.school(school)
    world.person("lena", "partnership_lead", "cluster", "partnership")
    world.person("hanna", "head", "hazel")
    for name in ("rob", "wilma", "alan", "bea"):
        world.person(name, "staff", "rowan", trained=("peer-reviewer",))
    world.person("chloe", "staff", "willow", trained=("improvement-champion",))
    world.person("sue", "staff", "willow")


def registry_words(world):
    """Every text that the registry takes."""
    mark = world.mark
    rob, ada = world.id("rob"), world.asked
    world.handle(reg.ChangePerson(asked=ada("ada"), person=rob, person_name=mark("renamed"), email=mark.email()))
    world.handle(
        reg.DeclareRelationship(
            asked=ada("ada"), person=world.id("sue"), other=world.id("hazel"), nature="family", note=mark("interest")
        )
    )
    training = world.train("sue", "peer-reviewer")
    world.handle(
        reg.WithdrawTraining(asked=ada("ada"), person=world.id("sue"), training=training, reason=mark("withdrawn"))
    )


def whole_cycle(world):
    """From opening to completion, with a marked word in every place that takes one."""
    mark = world.mark
    cycle = {"cycle": world.open("hazel", "lena").events[0].stream.removeprefix("cycle-")}
    world.do("choose_focus", "hanna", focus_areas=[mark("focus"), mark("focus")])
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    for kind in ("self_evaluation", "evidence_list"):
        with_file(world, kind, "hanna")
    world.do("submit_self_evaluation", "hanna")
    for name in ("rob", "wilma", "alan"):
        world.assign("peer_reviewer", name, "lena")
    world.assign("lead_reviewer", "rob", "lena")
    world.offer("peer_reviewer", "bea", "lena")
    declined = cy.DeclineAssignment(
        asked=world.asked("bea"), **cycle, role="peer_reviewer", person=world.id("bea"), reason=mark("declined")
    )
    world.handle(declined)
    left = cy.WithdrawAssignment(
        asked=world.asked("alan"), **cycle, role="peer_reviewer", person=world.id("alan"), reason=mark("left")
    )
    world.handle(left)
    world.waive("schedule_visit", "team_size", "lena", reason=mark("waived"))
    world.waive("schedule_visit", "pre_review_meeting", "lena", reason=mark("waived"))
    visit = {"first_day": "2026-11-10", "last_day": "2026-11-11", "mode": "onsite"}
    world.do("schedule_visit", "lena", **visit, questions=[{"question": mark("question")}, {"question": mark("other")}])
    world.agree("schedule_visit", "hanna")
    world.do("choose_focus", "hanna", focus_areas=[mark("focus")], reason=mark("changed"))
    world.do("postpone", "lena", code="other", new_target="2026-11-10", remark=mark("postponed"))
    world.do("resume", "lena")
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob")])
    world.evidence("work_scrutiny", "wilma", text=mark("evidence"), about="r1")
    with_file(world, "data", "rob", about="r2")
    world.handle(cy.AddNote(asked=world.asked("hanna"), **cycle, text=mark("note")))
    world.clock.set("2026-11-12")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note=mark("feedback"))
    world.do("respond_to_feedback", "hanna", kind="reply", text=mark("reply"))
    world.assign("improvement_champion", "chloe", "lena")
    world.do("schedule_workshop", "chloe", workshop_on="2026-11-20", mode="onsite")
    world.clock.set("2026-11-20")
    world.do("hold_workshop", "chloe", attendees=14, attendee_roles=["teacher"], mode="onsite")
    action = {"owner_role": "English lead", "due": "2027-02-01"}
    action |= {"what": mark("action"), "measure": mark("measure"), "finding": mark("finding")}
    world.do("agree_plan", "hanna", support=mark("support"), actions=[action])
    world.agree("agree_plan", "chloe")
    world.do("offer_support", "lena", what=mark("offered"))
    world.do("report_progress", "hanna", about="r1", status="done", sentence=mark("progress"))
    world.clock.set("2027-06-10")
    world.do("check_in", "hanna", status="on_track", sentence=mark("checked"))
    outcomes = [{"id": "r1", "outcome": "dropped", "reason": mark("dropped")}]
    world.do("review_impact", "lena", outcomes=outcomes, statement=mark("impact"))
    world.agree("review_impact", "hanna")
    assert world.cycle.state == "completed"


def with_file(world, kind, by, about=None):
    command = cy.AddEvidence(
        asked=world.asked(by), cycle=world.id("cycle"), kind=kind, about=about, text=world.mark("beside"),
        file_name=world.mark("file") + ".pdf",
    )  # fmt: skip
    content = (world.mark("content") + "\n").encode() * 50
    world.engine.add_evidence(command, content)
    world.mark.made.append(sha256(content).hexdigest())


def recorded_late(world):
    """A second cycle, in which something is recorded too late, with a reason; and one that is refused."""
    world.open("rowan", "lena", year="2027-28")
    world.clock.set("2027-09-20")
    world.person("rita", "head", "rowan")
    asked = {"reason": world.mark("late"), "entered_by": world.id("lena")}
    world.do("choose_focus", "rita", on="2027-06-12", more=asked, focus_areas=[world.mark("focus")])
    for step, values in (("choose_focus", {"focus_areas": [world.mark("refused")], "reason": world.mark("refused")}),):
        with pytest.raises(Refused):
            world.do(step, "lena", **values)
    with pytest.raises(BadInput):
        world.do("choose_focus", "rita", focus_areas=[world.mark("bad")] * 9, theme=world.mark("bad"))
    world.handle(
        cy.AddNote(asked=world.asked("rita"), cycle=world.id("cycle"), text=world.mark("rehearsed")), dry_run=True
    )


def tell(folder):
    """A world in which much was said, in every place that takes words."""
    folder.mkdir()
    world = MarkedWorld(folder=folder)
    people(world)
    registry_words(world)
    whole_cycle(world)
    recorded_late(world)
    return world


def forget(world, *names: str):
    for name in names:
        world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id(name)))


def test_nothing_is_readable_in_any_file_or_in_what_is_said_on_the_way(tmp_path, capfd, caplog):
    with closing(tell(tmp_path / "stored")) as world:
        assert len(world.mark.made) > 100
        assert (world.folder / "reviewflow.db-wal").stat().st_size > 0
        kinds = {path.suffix for path in world.folder.rglob("*") if path.is_file()}
        assert kinds >= {".db", ".db-wal", ".db-shm", ".keys", ""}
        search = Search(world.mark.made)
        assert search.found_under(world.folder) == []
        forget(world, "rob", "hanna", "chloe")
        search = Search(world.mark.made)
        assert search.found_under(world.folder) == []
        shutil.copytree(world.folder, tmp_path / "copy")
        world.close()
        assert search.found_under(world.folder) == []
        assert search.found_under(tmp_path / "copy") == []
        said = "".join((*capfd.readouterr(), caplog.text)).encode()
        assert search.found(said) == []
        # The same search finds the plain words that are meant to be plain.
        plain = ["English lead", "Invented Programme", "hazel-2026-1", "peer-reviewer"]
        assert {mark for _, mark, form in Search(plain).found_under(world.folder) if form == "utf-8"} == set(plain)


MARK = Marks()("search")
INSIDE = b"\x00\x01some{" + MARK.encode() + b"}more"


@pytest.mark.parametrize(
    "data",
    [
        INSIDE, f"x{MARK}x".encode("utf-16-le"), f"x{MARK}x".encode("utf-16-be"), MARK.casefold().encode(),
        MARK.lower().encode("utf-16-le"), b64encode(INSIDE), b64encode(b"1" + INSIDE), b64encode(b"12" + INSIDE),
        json.dumps({"a": MARK}).encode(), sha256(MARK.encode()).digest(), INSIDE.hex().encode(), MARK.upper().encode(),
        sha256(MARK.casefold().encode()).hexdigest().encode(), MARK.swapcase().encode(), MARK.encode("latin-1"),
    ],
)  # fmt: skip
def test_the_search_finds_what_it_should(tmp_path, data):
    """A search that finds nothing because it cannot is worth nothing."""
    place = tmp_path / "file"
    place.write_bytes(b"before" + data + b"after")
    assert {found[0] for found in Search([MARK]).found_under(tmp_path)} == {"file"}


def test_the_search_looks_at_the_names_of_files_too(tmp_path):
    (tmp_path / MARK).mkdir()
    assert Search([MARK]).found_under(tmp_path)


# -- after forgetting -------------------------------------------------------------------------------------------------


def opened(world, kept: Kept | None):
    assert kept is not None
    return world.vault.open(kept.text, kept.stream, kept.version, kept.path)


def states(world):
    """Every state the cycle was in, on every day it changed, as known at each moment."""
    with world.knowing() as known:
        records = known.cycle_records(world.id("first"))
    days = sorted({record.event.happened.on for record in records})
    moments = sorted({record.recorded_at for record in records})
    return [[plain(fold(records, as_of=day)) for day in days], [plain(fold(records, known_at=m)) for m in moments]]


def plain(cycle):
    return cycle and (cycle.version, cycle.state, cycle.stays, cycle.assignments, list(cycle.said), cycle.waivers)


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory):
    """Rob and Hanna were forgotten after a whole cycle; `before` is what it was on every day before that."""
    world = tell(tmp_path_factory.mktemp("forgotten") / "stored")
    with world.knowing() as known:
        world.names["first"] = known.by_handle("hazel-2026-1")[0].removeprefix("cycle-")
    world.before = states(world)
    forget(world, "rob", "hanna")
    # At once, not only at the next start.
    world.unread = [readable(world, record) for name in ("rob", "hanna") for record in told_of(world, name)]
    yield world
    world.close()


def test_replay_gives_the_same_states(forgotten):
    assert states(forgotten) == forgotten.before
    forgotten.close()
    forgotten.reopen()
    assert states(forgotten) == forgotten.before
    assert len(forgotten.before[0]) > 4


def told_of(world, name):
    with world.knowing() as known:
        return known.records(f"person-{world.id(name)}")


def test_the_forgotten_cannot_be_read_once_the_answer_has_come(forgotten):
    assert len(forgotten.unread) > 4
    assert not any(forgotten.unread)


@pytest.mark.parametrize("reopened", [False, True])
def test_the_forgotten_cannot_be_read_and_others_can(forgotten, reopened):
    if reopened:
        forgotten.close()
        forgotten.reopen()
    with forgotten.knowing() as known:
        for name in ("rob", "hanna"):
            person = known.person(forgotten.id(name))
            assert (person.forgotten_on, person.name, person.email) == (date(2027, 9, 20), None, None)
            for record in known.records(f"person-{forgotten.id(name)}"):
                assert not readable(forgotten, record)
        for name in ("wilma", "lena", "ada", "sue"):
            assert opened(forgotten, known.person(forgotten.id(name)).name) == forgotten.called[name]


def readable(world, record):
    """The texts of a record that can still be read; who sat at the keyboard is not the person's."""
    found = []
    for name, value in dict(record.event).items():
        if isinstance(value, Sealed) and name != "entered_by":
            try:
                found.append(world.vault.open(value, record.stream, record.version, name))
            except Forgotten:
                continue
    return found


def test_what_was_said_in_the_cycle_stays_the_cycles(forgotten):
    """Feedback was shared by one who is forgotten: it is the school's, and stays readable."""
    with forgotten.knowing() as known:
        said = known.cycle(forgotten.id("first")).last("share_feedback")
    stream = f"cycle-{forgotten.id('first')}"
    note = forgotten.vault.open(Sealed.model_validate(said.values["note"]), stream, said.values_at, "values.note")
    assert note.startswith("QxFeedback")


def test_evidence_opens_again_and_only_under_its_own_cycle(forgotten):
    with forgotten.knowing() as known:
        items = [e for e in known.cycle(forgotten.id("first")).evidence if e.file_digest]
    for item in items:
        data = forgotten.engine.files.get(item.file_digest)
        assert forgotten.vault.open_file(data, f"cycle-{forgotten.id('first')}").startswith(b"QxContent")
        with pytest.raises(IntegrityBroken):
            forgotten.vault.open_file(data, f"cycle-{forgotten.id('cycle')}")
    assert len(items) == 3


def test_history_says_removed(forgotten):
    """As another process tells it, on the command line."""
    environment = os.environ | {
        "REVIEWFLOW_STORE": forgotten.settings.store, "REVIEWFLOW_MASTER_KEY": MASTER_KEY, "COLUMNS": "400",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }  # fmt: skip
    command = [sys.executable, "-m", "reviewflow", "audit", "log", "hazel-2026-1"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "[removed]" in told
    for name in ("rob", "hanna"):
        assert forgotten.called[name] not in told
    for name in ("wilma", "lena", "chloe"):
        assert forgotten.called[name] in told


def test_nothing_more_is_sealed_for_the_forgotten(forgotten):
    command = reg.ChangePerson(asked=forgotten.asked("ada"), person=forgotten.id("rob"), person_name="Rob Again")
    with forgotten.refused("forgotten"):
        forgotten.handle(command)
    with forgotten.refused("not-permitted"):
        forgotten.handle(cy.AddNote(asked=forgotten.asked("rob"), cycle=forgotten.id("cycle"), text="a word"))
    again = reg.ForgetPerson(asked=forgotten.asked("ada"), person=forgotten.id("rob"))
    before = forgotten.position()
    assert forgotten.handle(again).events == ()
    assert forgotten.position() == before


def test_a_forgetting_cut_short_is_finished_at_the_next_start(tmp_path):
    """The event is there, the key not yet destroyed: whoever opens the store next destroys it."""
    world = MarkedWorld(folder=tmp_path)
    people(world)
    command = reg.ForgetPerson(asked=world.asked("ada"), person=world.id("rob"))
    world.engine.vault = Deaf(world.vault)
    world.handle(command)
    assert not world.vault.forgotten(f"person-{world.id('rob')}")
    world.close()
    world.reopen()
    assert world.vault.forgotten(f"person-{world.id('rob')}")
    with world.knowing() as known:
        assert not readable(world, known.records(f"person-{world.id('rob')}")[0])
    assert world.handle(replace(command, asked=world.asked("ada"))).events == ()
    world.close()


class Deaf:
    """A vault whose process dies before it can forget."""

    def __init__(self, vault) -> None:
        self.vault = vault

    def forget(self, stream) -> None:
        """Too late."""

    def __getattr__(self, name) -> object:
        return getattr(self.vault, name)
