"""What a stand-in can do, against a plain reading: what the absent could, if the stand-in's own requirements hold."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, NamedTuple

import yaml
from hypothesis import given
from hypothesis import strategies as st

from kit.rechecked import rechecked
from kit.sample_workflow import written
from kit.trial import TRIAL, trial_world
from kit.world import World
from reviewflow.cycle import commands as cy
from reviewflow.cycle.options import options
from reviewflow.errors import BadInput, Refused
from reviewflow.registry import commands as reg
from reviewflow.workflow.parse import Parsed, parse

DAY = date(2026, 9, 7)
ROLES = ("head", "partnership_lead", "administrator", "checker", "chief", "helper")
STEPS: dict[str, dict[str, Any]] = {
    "send_back": {"reason": "again"}, "approve": {"score": 7}, "meet": {}, "look_at": {"score": 3}, "mend": {},
    "pause": {}, "choose_focus": {"points": [{"what": "Sums"}]}, "drop": {"reason": "no longer"},
}  # fmt: skip


@cache
def asking_who_acts() -> Parsed:
    """The invented workflow with rules that read who acts."""
    document = yaml.safe_load(TRIAL.read_text(encoding="utf-8"))
    document["edition"] = "2"
    rules = {
        "send_back": ("from_elsewhere", "!(subject.id in actor.organisations)"),
        "meet": ("no_administrator", '!("administrator" in actor.roles)'),
        "pause": ("really_the_lead", '"partnership_lead" in actor.roles'),
    }
    for step, (name, rule) in rules.items():
        where = document["transitions"].get(step) or document["acts"][step]
        where["requires"] = {name: {"rule": rule, "else": "not who acts", "ours": True}}
    return parse(written(document), "asking")


class Someone(NamedTuple):
    """A person made up: what they are in the register and in the cycle."""

    trained: bool
    at_the_school: bool
    held: str | None
    part: str | None
    """A role in the cycle, or `left` for a checker who left, `asked` for one who was asked to help."""


mostly, seldom = st.sampled_from((True, True, True, False)), st.sampled_from((False, False, False, True))
PARTS = ("checker", "chief", "helper", "left", "asked", None)
HELD = ("head", "partnership_lead", "administrator")
absent_ones = st.builds(
    Someone, trained=st.just(value=True), at_the_school=st.just(value=False), held=st.sampled_from((None, *HELD)),
    part=st.sampled_from(PARTS),
)  # fmt: skip
stand_ins = st.builds(
    Someone, trained=mostly, at_the_school=seldom, held=st.sampled_from((None, None, None, *HELD)),
    part=st.sampled_from((None, None, None, *PARTS)),
)  # fmt: skip
passed_on = st.none() | st.none() | st.sets(st.sampled_from(ROLES), min_size=1, max_size=3)
# Which role does what in which state: half of the steps drawn are among what the absent could do.
BY_ROLE = {
    "head": ("choose_focus", "meet"), "partnership_lead": ("pause",), "administrator": ("drop",),
    "checker": ("send_back", "approve", "meet", "look_at"), "chief": ("look_at", "meet"), "helper": ("send_back",),
}  # fmt: skip


@st.composite
def attempts(draw: Any) -> tuple[Someone, Someone, str, Any, str]:
    """Who is absent, who stands in, for which step, what was passed on, and the state of the cycle."""
    absent, stand_in = draw(absent_ones), draw(stand_ins)
    theirs = [step for role in (absent.held, absent.part) for step in BY_ROLE.get(role or "", ())]
    step = draw(st.sampled_from(sorted(set(theirs) if theirs and draw(mostly) else STEPS)))
    return absent, stand_in, step, draw(passed_on), draw(st.sampled_from(("draft", "ready", "ready", "ready")))


def settle(world: World, name: str, one: Someone) -> set[str]:
    """Put the person into the world as far as its rules let them in; the roles they have in the cycle then."""
    world.person(name, trained=("checking",) if one.trained else ())
    if one.at_the_school:
        world.role(name, "staff", "hazel")
    places = {"head": ("hazel", "organisation"), "partnership_lead": ("cluster", "partnership")}
    if one.held == "administrator":
        world.role(name, "administrator", "installation", "installation")
    elif one.held:
        world.role(name, one.held, *places[one.held])
    for role, by in {
        "checker": (("checker", "lena"),), "chief": (("checker", "lena"), ("chief", "lena")),
        "helper": (("helper", "hanna"),), "left": (("checker", "lena"),),
    }.get(one.part or "", ()):  # fmt: skip
        try:
            world.assign(role, name, by)
        except Refused:
            break
    if one.part == "left" and world.id(name) in world.cycle.assigned("checker"):
        world.leave("checker", name)
    if one.part == "asked":
        world.offer("helper", name, "hanna")
    held = {one.held} if one.held else set()
    return held | {role for role in ("checker", "chief", "helper") if world.id(name) in world.cycle.assigned(role)}


def possible(world: World, step: str, by: str, behalf: str | None, about: str | None) -> bool:
    asked = world.asked(by, on_behalf_of=world.id(behalf) if behalf else None)
    command = cy.TakeStep(asked=asked, cycle=world.id("cycle"), step=step, values=STEPS[step], about=about)
    try:
        world.handle(command, dry_run=True)
    except Refused:
        return False
    return True


def done_stands(world: World, step: str, about: str | None) -> bool:
    """Whether the step, once it is done by the stand-in, is found right when it is judged again."""
    asked = world.asked("standin", on_behalf_of=world.id("absent"))
    command = cy.TakeStep(asked=asked, cycle=world.id("cycle"), step=step, values=STEPS[step], about=about)
    done = world.handle(command)
    assert world.cycle.stood_in[-1][:3] == (done.events[0].version, world.id("standin"), world.id("absent"))
    return not rechecked(world).findings


def fit_for(world: World, role: str, one: Someone, name: str) -> bool:
    """Whether somebody could take an assigned role themselves, read plainly from the invented workflow."""
    cycle, me = world.cycle, world.id(name)
    was_checker = me in cycle.ever_assigned("checker")
    helps = me in cycle.ever_assigned("helper") or me in cycle.offered("helper")
    if role in ("checker", "chief"):
        return one.trained and not one.at_the_school and one.held != "head" and not helps
    return not was_checker if role == "helper" else True


def met_by(step: str, one: Someone) -> bool:
    """The rules of our own that read who acts, for the one who stands in."""
    if step == "send_back":
        return not (one.at_the_school or one.held == "head")
    return one.held != "administrator" if step == "meet" else True


@given(attempts())
def test_possible_for_the_stand_in_iff_for_the_absent_and_their_own_requirements_hold(attempt):
    absent, stand_in, step, passed, state = attempt
    world = trial_world()
    world.publish(asking_who_acts())
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", points=[{"what": "Reading"}])
    if state == "ready":
        world.evidence("paper", "hanna")
        world.do("submit", "hanna")
    theirs = settle(world, "absent", absent)
    settle(world, "standin", stand_in)
    about = "r1" if step == "look_at" else None
    assert not possible(world, step, "standin", "absent", about), "not asked yet"
    try:
        world.handle(
            reg.DelegateAbsence(
                asked=world.asked("absent"), person=world.id("absent"), delegate=world.id("standin"),
                until=date(2026, 9, 30), reason="away", roles=tuple(sorted(passed or ())),
            )
        )  # fmt: skip
        held = passed or set(ROLES)
    except BadInput:  # a role that the absent does not hold is not passed on
        held = set()
    definition = world.parsed.definition
    may = [role for role in theirs if role in definition.steps()[step].by]
    fits = any(fit_for(world, role, stand_in, "standin") for role in may if role in held)
    want = possible(world, step, "absent", None, about) and fits and met_by(step, stand_in)
    assert possible(world, step, "standin", "absent", about) is want
    with world.knowing() as known:
        setting = world.engine.setting(known, world.id("cycle"))
        told = {o.step: o for o in options(setting, world.id("standin"), world.id("absent")) if o.kind != "agree"}
    entered = {"approve", "look_at"}
    assert told[step].open is want or (step in entered and told[step].open >= want)
    if want:
        assert done_stands(world, step, about)
    world.clock.set("2026-10-01")
    assert not possible(world, step, "standin", "absent", about), "it is over"
    world.close()
