"""How somebody acts for another who is absent, in a world."""

from __future__ import annotations

from datetime import date
from typing import Any

from kit.world import World
from reviewflow.cycle import commands as cy
from reviewflow.registry import commands as reg


def delegate(world: World, absent: str, to: str, until: str = "2027-03-31", **more: Any) -> Any:
    by = more.pop("by", absent)
    since = date.fromisoformat(more.pop("since")) if "since" in more else None
    return world.handle(
        reg.DelegateAbsence(
            asked=world.asked(by), person=world.id(absent), delegate=world.id(to), until=date.fromisoformat(until),
            since=since, reason="an invented illness", **more,
        )
    )  # fmt: skip


def back(world: World, absent: str, to: str, on: str | None = None) -> Any:
    return world.handle(
        reg.EndAbsence(
            asked=world.asked(absent), person=world.id(absent), delegate=world.id(to), reason="well again",
            on=date.fromisoformat(on) if on else None,
        )
    )  # fmt: skip


def do(world: World, step: str, by: str, behalf: str, on: str | None = None, **values: Any) -> Any:
    return world.do(step, by, on, more={"on_behalf_of": world.id(behalf)}, **values)


def agree(world: World, step: str, by: str, behalf: str) -> Any:
    asked = world.asked(by, on_behalf_of=world.id(behalf))
    return world.handle(cy.Agree(asked=asked, cycle=world.id("cycle"), step=step))


def evidence(world: World, kind: str, by: str, behalf: str, about: str | None = None) -> Any:
    asked = world.asked(by, on_behalf_of=world.id(behalf))
    return world.handle(cy.AddEvidence(asked=asked, cycle=world.id("cycle"), kind=kind, text="seen", about=about))
