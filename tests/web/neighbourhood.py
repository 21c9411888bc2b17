"""Two partnerships, their people and their cycles, on a small store in a file: what the tests of the web stand on.

Made once; every test that records something gets a copy of the folder. Nobody in it is a real person or school.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kit.stored import StoredWorld
from kit.world import acting, spp_people
from reviewflow.access.sessions import Sessions
from reviewflow.cycle import commands as cy
from reviewflow.registry import commands as reg

PEOPLE = (
    ("ada", "administrator of the installation, and manager of nothing"),
    ("mona", "programme manager"),
    ("otto", "auditor of the programme"),
    ("lena", "lead of the cluster"),
    ("hanna", "head of hazel, which is reviewed"),
    ("wilma", "reviewer of hazel, from willow"),
    ("chloe", "champion of hazel, from birch"),
    ("bea", "staff at birch, with no part in hazel's review"),
    ("vera", "lead of the valley, the other partnership"),
    ("omar", "head of oak, in the valley"),
    ("esme", "staff at elm, in the valley"),
    ("fred", "forgotten"),
)
"""Who is there, by the name that tests use. The kit has some more."""

EMAIL = "{}@hazel.example"
NOTE = "A note that nobody outside may read"


def built(folder: Path) -> StoredWorld:
    """The whole neighbourhood, still open. Hazel's review has an agreed plan, willow's just began, oak's too."""
    world = spp_people(StoredWorld(folder=folder))
    world.role("otto", "auditor", "programme", "programme") if world.person("otto") else None
    world.person("mona", "programme_manager", "programme", "programme")
    world.person("wanda", "head", "willow")
    _valley(world)
    world.person("fred", "staff", "birch")
    for name in [*(one for one, _ in PEOPLE), "rob", "alan", "carl", "wanda"]:
        _address(world, name)
    acting(world)
    world.names["hazel-review"] = world.names["cycle"]
    _note(world, "hanna")
    _opened(world, "willow", "cluster", "lena")
    _opened(world, "oak", "valley", "vera")
    world.names["cycle"] = world.names["hazel-review"]
    Sessions(world.store, world.clock).begin(world.id("fred"), "password")
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id("fred")))
    return world


def _valley(world: StoredWorld) -> None:
    world.partnership("valley")
    for school in ("oak", "elm"):
        world.school(school, "valley")
    world.person("vera", "partnership_lead", "valley", "partnership")
    world.person("omar", "head", "oak")
    world.person("esme", "staff", "elm", trained=("peer-reviewer",))


def _address(world: StoredWorld, name: str) -> None:
    world.handle(reg.ChangePerson(asked=world.asked("ada"), person=world.id(name), email=EMAIL.format(name)))


def _opened(world: StoredWorld, school: str, partnership: str, by: str, **values: Any) -> None:
    done = world.handle(cy.OpenCycles(
        asked=world.asked(by), workflow=world.parsed.definition.workflow, programme=world.id("programme"),
        partnership=world.id(partnership), subjects=(world.id(school),), year="2026-27", values=values,
    ))  # fmt: skip
    world.names[f"{school}-review"] = world.new_id(done)


def _note(world: StoredWorld, by: str) -> None:
    world.handle(cy.AddNote(asked=world.asked(by), cycle=world.id("hazel-review"), text=NOTE))
