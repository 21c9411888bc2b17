"""The promise: `do` with a valid form succeeds if and only if nothing was unmet and the form's own rules hold."""

from datetime import timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.walks import FormMaker, assignable
from kit.world import WORKFLOWS, World, acting, ready_for_visit, spp, spp_world, visited, worked
from reviewflow.errors import BadInput, Refused
from reviewflow.workflow.definition import Act
from reviewflow.workflow.parse import Parsed, parse

PEOPLE = ("lena", "hanna", "rob", "wilma", "alan", "bea", "chloe", "carl", "ada")
STEPS_OF_A_WALK = 30


def shipped():
    return sorted(path.stem for path in WORKFLOWS.glob("*.yaml"))


def fresh(world: World) -> World:
    world.open("hazel", "lena")
    return world


@cache
def software() -> Parsed:
    """The shipped workflow of open software reviews."""
    return parse((WORKFLOWS / "open-software-review.yaml").read_bytes(), "open-software-review.yaml")


def software_world() -> World:
    """An editor in chief, a submitter, and colleagues who edit and review."""
    world = World()
    world.install()
    world.publish(software())
    world.partnership("cluster")
    world.school("hazel")
    world.person("lena", "editor_in_chief", "programme", "programme")
    world.person("hanna", "submitter", "hazel")
    for name in ("rob", "wilma", "alan", "bea", "chloe", "carl"):
        world.person(name)
    return world


def reviewing(world: World) -> World:
    """Up to a review that has begun."""
    fresh(world)
    world.assign("editor", "rob", "lena")
    world.do("pass_checks", "rob")
    for name in ("wilma", "alan"):
        world.assign("reviewer", name, "rob")
    world.do("begin_review", "rob")
    return world


STARTS = {
    "spp-peer-review": (spp_world, [fresh, ready_for_visit, visited, worked, acting]),
    "open-software-review": (software_world, [fresh, reviewing]),
}
"""For every shipped workflow: a world to walk in, and places to start from, so that walks go deep."""


def test_every_shipped_workflow_has_a_world_to_walk_in():
    assert set(shipped()) == set(STARTS)


def walk(workflow: str, seed: int) -> set[str]:
    random = Random(seed)
    make, starts = STARTS[workflow]
    world = random.choice(starts)(make())
    reached = {world.cycle.state}
    for _ in range(STEPS_OF_A_WALK):
        help_along(world, random)
        try_one(world, random)
        reached.add(world.cycle.state)
        if world.parsed.definition.all_states()[world.cycle.state].final:
            world.open("hazel", "lena")
        if random.random() < 0.3:
            world.clock.moment += timedelta(days=random.choice([1, 2, 7]))
    world.close()
    return reached


@pytest.mark.parametrize("workflow", shipped())
@given(seed=st.integers(0, 2**32))
@settings(max_examples=max(settings().max_examples // 3, 1))
def test_next_and_do_agree_on_random_walks(workflow, seed):
    walk(workflow, seed)


def test_the_walks_reach_every_state_but_the_very_last():
    reached = set().union(*(walk("spp-peer-review", seed) for seed in range(24)))
    assert set(spp().definition.all_states()) - reached <= {"completed", "cancelled", "withdrawn", "closed_incomplete"}


def help_along(world: World, random: Random) -> None:
    """People are asked, answer, leave, add evidence, waive: some of it is refused, and that is fine."""
    setting, _ = world.engine.options(world.id("cycle"), None)
    definition = setting.definition
    tries = [
        lambda: world.offer(random.choice(assignable(setting)), random.choice(PEOPLE), "lena"),
        lambda: [world.accept(role, person) for role, person in offers(world)],
        lambda: world.leave("peer_reviewer", random.choice(PEOPLE)) if random.random() < 0.1 else None,
        lambda: add_evidence(world, setting, random, definition),
        lambda: world.waive("schedule_visit", "team_size", "lena") if random.random() < 0.1 else None,
    ]
    for attempt in tries:
        try:
            attempt()
        except (Refused, BadInput):
            continue


def offers(world):
    cycle = world.cycle
    return [(r, p) for (r, p), past in cycle.assignments.items() if past[-1].standing == "offered"]


def add_evidence(world, setting, random, definition):
    kinds = list(definition.evidence_kinds().items())
    if not kinds:
        return
    kind, group = random.choice(kinds)
    about = FormMaker(world, setting, random).about(group.about)
    who = random.choice([p for p in PEOPLE if setting.may(group.by, world.id(p))] or ["lena"])
    world.evidence(kind, who, about=about)


def choose(setting, options, random):
    """Mostly what leads on, sometimes anything at all: a walk that ends at once shows nothing."""
    definition = setting.definition
    states = definition.all_states()

    def leads_on(option):
        step = definition.transitions.get(option.step)
        target = states.get(step.to) if step else None
        return option.kind == "agree" or step is None or (target is None or not target.final)

    forward = [o for o in options if o.open and o.kind != "act" and leads_on(o)]
    open_ones = [o for o in options if o.open and leads_on(o)]
    chance = random.random()
    if forward and chance < 0.5:
        return random.choice(forward)
    if open_ones and chance < 0.85:
        return random.choice(open_ones)
    kept = [o for o in options if leads_on(o) or not o.open or random.random() < 0.1]
    return random.choice(kept or options)


def try_one(world: World, random: Random) -> None:
    """One person looks at what they could do, then does one thing: the answer is the one they were told."""
    actor = random.choice(PEOPLE)
    setting, options = world.engine.options(world.id("cycle"), world.id(actor))
    option = choose(setting, options, random)
    before = world.position()
    maker = FormMaker(world, setting, random)
    try:
        if option.kind == "agree":
            world.agree(option.step, actor)
        else:
            step = setting.definition.step(option.step)
            about = maker.about(step.about) if isinstance(step, Act) else None
            if isinstance(step, Act) and step.about and about is None:
                return
            world.do(option.step, actor, about=about, **maker.form(option.step))
    except Refused as refused:
        assert world.position() == before
        said = {j.code for j in option.judged if j.status == "unmet"}
        depends = {j.code for j in option.judged if j.status == "depends"}
        assert said <= set(refused.codes), (option.step, actor, str(refused))
        assert set(refused.codes) <= said | depends, (option.step, actor, str(refused))
        return
    except BadInput as error:
        # The only forms we cannot always make: rows over rows that were never said.
        assert not setting.rows("agree_plan.actions"), str(error)
        return
    assert option.open, f"{option.step} by {actor} was done, though told: {option.unmet}"
    assert world.position() > before
