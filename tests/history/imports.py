"""A small world to import into: an invented workflow or a shipped one, and a person who ran it all along."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from kit.world import WORKFLOWS, World
from reviewflow.cycle.state import Cycle
from reviewflow.history.importing import Wanted, import_history
from reviewflow.history.mapping_parse import Parsed, parse_mapping
from reviewflow.history.told import Report
from reviewflow.registry.commands import GiveRole
from reviewflow.workflow.parse import parse

SINCE = date(2010, 1, 1)

SIMPLE = """
mapping: simple
workflow: open-software-review
case: "{Case}"
subject: {name: "{Case}", kind: project, register: true}
people: {register: true}
happened: "{When}"
rows:
  - {where: {What: submitted}, open: true}
  - {where: {What: editor}, assign: editor, person: "{Who}", instead: true}
  - {where: {What: reviewer}, assign: reviewer, person: "{Who}"}
  - {where: {What: left}, withdraw: reviewer, person: "{Who}"}
  - {where: {What: checked}, do: pass_checks}
  - {where: {What: label}, do: add_label, set: {label: "{Who}"}}
  - {where: {What: approved}, do: record_approval}
  - {where: {What: approved on}, date_of: record_approval, happened: "{When}"}
  - {where: {What: closed on}, date_of: close, implies: [record_approval]}
  - {where: {What: rejected}, do: reject, set: {because: {of: "{Who}", values: {scope: out_of_scope}}}}
  - {where: {What: remark}, note: "{Who}"}
  - {where: {What: noise}, ignore: noise says nothing}
"""
HEADER = "Case,When,What,Who\n"


def world(workflow: str = "open-software-review", **more: Any) -> World:
    """Ada has been administrator since long ago."""
    made = World(**more)
    made.install()
    publish(made, WORKFLOWS / f"{workflow}.yaml")
    before = date.fromordinal(made.clock.now().date().toordinal() - 1)
    made.handle(GiveRole(
        asked=made.asked("ada"), person=made.id("ada"), held="administrator", held_in="installation",
        held_in_kind="installation", since=SINCE, until=before,
    ))  # fmt: skip
    return made


def publish(made: World, file: Path) -> None:
    """Publish a workflow's file."""
    made.publish(_parsed(file.read_bytes(), file.name))


_parsed = cache(parse)


def mapping(text: str = SIMPLE) -> Parsed:
    """A mapping from its text."""
    return parse_mapping(text, "mapping.yaml")


def take(made: World, file: Path, parsed: Parsed | str = SIMPLE, **more: Any) -> Report:
    """Import a file as Ada."""
    if isinstance(parsed, str):
        parsed = mapping(parsed)
    ada = made.id("ada")
    return import_history(
        made.engine, made.vault, Wanted(file, parsed, made.id("programme"), more.pop("by", ada), ada, **more)
    )


def rows(made: World, folder: Path, *lines: str, parsed: Parsed | str = SIMPLE, **more: Any) -> Report:
    """Import lines of the simple CSV."""
    file = folder / "rows.csv"
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return take(made, file, parsed, **more)


def cycles(made: World) -> dict[str, Cycle]:
    """Every cycle by the name of its subject."""
    with made.knowing() as known:
        found = (known.cycle(stream.removeprefix("cycle-")) for stream in known.touching("cycles"))
        return {known.organisation(one.subject).name: one for one in found}


def names(made: World, people: list[str]) -> list[str]:
    """What people are called."""
    with made.knowing() as known:
        kept = [known.person(one).name for one in people]
        return [made.vault.open(one.text, one.stream, one.version, one.path) for one in kept]


def why(report: Report) -> dict[str, int]:
    """Refused rows by reason."""
    return {code: reason.count for code, reason in report.refused.items()}
