"""A form that names several people gives each of them a part: they may do, see, and find what waits for them."""

import pytest

from kit.stored import StoredWorld
from kit.trial import TRIAL, trial_people
from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.asking.inbox import tasks
from reviewflow.asking.question import asking
from reviewflow.cycle.seeing import Seeing
from reviewflow.workflow.parse import parse

PLACE = "name_crew.crew"


def crewed() -> bytes:
    """The trial, with people whom the head names: they send it back, add papers and see the status."""
    text = TRIAL.read_text(encoding="utf-8")
    for old, new in (
        ("  reason:\n    reason:", "  crew:\n    crew: {type: list, of: person}\n  reason:\n    reason:"),
        ("acts:\n", "acts:\n  name_crew: {title: Name the crew, in: work.draft, by: [head], form: crew, ours: true}\n"),
        ("    by: [head]\n    evidence:", f"    by: [head, {PLACE}]\n    evidence:"),
        ("    in: [work.draft, work.ready]\n    by: [head]\n    ours", f"    in: [work]\n    by: [{PLACE}]\n    ours"),
        ("visible:\n", f"visible:\n  - what: [status]\n    to: [{PLACE}]\n"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.encode()


class Crewed(StoredWorld):
    def publish(self, _parsed):
        super().publish(parse(crewed(), "crewed.yaml"))


@pytest.fixture
def world(tmp_path):
    with_crew = trial_people(Crewed(folder=tmp_path))
    with_crew.open("hazel", "lena")
    yield with_crew
    with_crew.close()


def name(world, *names: str):
    world.do("name_crew", "hanna", crew=[world.id(one) for one in names])


def seeing(world, who):
    setting, _ = world.engine.options(world.id("cycle"), None)
    with world.knowing() as setting.known:
        return Seeing(setting, world.id(who))


def test_each_of_them_has_a_part_until_others_are_named(world):
    with world.refused("not-permitted"):
        world.evidence("paper", "olga")
    name(world, "tim", "olga")
    for who in ("tim", "olga"):
        world.evidence("paper", who)
        assert seeing(world, who).may("status")
        assert not seeing(world, who).may("people")
    name(world, "tim")
    assert seeing(world, "olga").roles == set()
    world.do("choose_focus", "hanna", points=[{"what": "Reading"}])
    with world.refused("not-permitted"):
        world.do("submit", "olga")
    world.do("submit", "tim")


def test_what_waits_for_them_and_where_they_have_a_part(world):
    name(world, "tim", "olga")
    for who in ("tim", "olga", "rob"):
        with asking(world.installation, world.id(who)) as question:
            mine = {task["step"] for task in tasks(question)["tasks"]}
            listed = cycles(question, Wanted())["cycles"]
        assert ("submit" in mine, len(listed)) == ((True, 1) if who != "rob" else (False, 0))
    name(world, "olga")
    with asking(world.installation, world.id("tim")) as question:
        assert tasks(question)["tasks"] == cycles(question, Wanted())["cycles"] == []
