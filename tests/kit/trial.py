"""A small invented workflow, and a world to run it in, so that random walks go deep."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kit.world import World
from reviewflow.workflow.parse import Parsed, parse

TRIAL = Path(__file__).with_name("trial.yaml")
PEOPLE = ("lena", "hanna", "ada", "rob", "wilma", "tim", "olga")
"""Lead, head, administrator, three from other schools, and a stranger without any role."""


@cache
def trial() -> Parsed:
    """The invented workflow."""
    return parse(TRIAL.read_bytes(), TRIAL.name)


def trial_world(**more: Any) -> World:
    """One school and its people; `rob`, `wilma` and `tim` are trained to check."""
    return trial_people(World(**more))


def trial_people(world: World) -> World:
    """The same in a world that is there."""
    world.install()
    world.publish(trial())
    world.partnership("cluster")
    for school in ("hazel", "rowan"):
        world.school(school)
    world.person("lena", "partnership_lead", "cluster", "partnership")
    world.person("hanna", "head", "hazel")
    for name in ("rob", "wilma", "tim"):
        world.person(name, "staff", "rowan", trained=("checking",))
    world.person("olga")
    return world


def finishing(world: World) -> World:
    """Up to where the lead has proposed to finish; head and chief checker must sign."""
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", points=[{"what": "Reading"}])
    world.evidence("paper", "hanna")
    world.do("submit", "hanna")
    for who in ("rob", "wilma"):
        world.assign("checker", who, "lena")
    world.assign("chief", "rob", "lena")
    for _ in range(2):
        world.do("meet", "rob")
        world.agree("meet", "lena")
    world.do("approve", "rob", score=5)
    world.agree("approve", "hanna")
    world.do("finish", "lena")
    return world
