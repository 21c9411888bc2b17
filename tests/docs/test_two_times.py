"""The worked examples of docs/explanation/two-times.md: every line of them is run, every answer compared."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from kit.mending import correct, on, then, undo, version
from kit.trial import trial_world
from kit.world import World
from reviewflow.cycle.commands import Correction, TakeStep
from reviewflow.cycle.state import Cycle
from reviewflow.errors import Refused

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "two-times.md"
_LINE = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})\s+(?P<who>\w+)\s+(?P<what>.+)")
_ASKED = re.compile(r"(?:as of (?P<day>\S+?))?(?:, )?(?:known at (?P<moment>\S+))?")
_SAID = re.compile(r"(?P<step>\w+), (?P<how>on|by) (?P<day>\S+)")
_MENDED = re.compile(r"(?P<step>\w+) on (?P<day>\S+)")


def examples() -> Iterator[tuple[str, list[str]]]:
    """Each example with the heading it stands under."""
    for part in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE):
        title = part.partition("\n")[0]
        for number, block in enumerate(re.findall(r"```history\n(.*?)```", part, flags=re.DOTALL), start=1):
            yield f"{title} {number}", [line for line in block.splitlines() if line.strip()]


EXAMPLES = dict(examples())


def act(world: World, who: str, what: str) -> None:
    """One line that records something."""
    if what == "open":
        world.open("hazel", who)
    elif what == "undo":
        undo(world, who)
    elif what.startswith("undo "):
        _, which, step = what.split()
        undo(world, who, **{"since" if which == "from" else "only": version(world, step)})
    elif what.startswith("correct "):
        said = [_MENDED.fullmatch(one) for one in what.removeprefix("correct ").split(", ")]
        assert all(said), what
        correct(world, who, *(Correction(version(world, one["step"]), on(one["day"])) for one in said if one))
    elif what.startswith("evidence "):
        world.evidence(what.split()[1], who)
    else:
        said = _SAID.fullmatch(what)
        step = said["step"] if said else what
        values = {"points": [{"what": "Writing"}]} if step == "choose_focus" else {}
        moment = on(said["day"], by=said["how"] == "by") if said else None
        asked = dataclasses.replace(world.asked(who), happened=moment)
        world.handle(TakeStep(asked=asked, cycle=world.id("cycle"), step=step, values=values))


def answered(cycle: Cycle | None, wanted: str) -> str:
    """What the store says, in the way in which the example asks."""
    if cycle is None:
        return "not open"
    if counted := re.fullmatch(r"(\w+) (once|\d+ times)", wanted):
        number = len(cycle.said.get(counted[1], ()))
        return f"{counted[1]} {'once' if number == 1 else f'{number} times'}"
    return cycle.state


def test_there_are_examples_for_each_rule():
    titles = {name.rpartition(" ")[0] for name in EXAMPLES}
    assert titles == {"Recorded late", "In order", '"By" a day', "Corrections", "Undos"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_page_comes_out_as_it_says(name):
    world = trial_world()
    try:
        for line in EXAMPLES[name]:
            said, arrow, wanted = (part.strip() for part in line.partition("->"))
            recorded = _LINE.fullmatch(said)
            if recorded is None:
                asked = _ASKED.fullmatch(said)
                assert asked, line
                assert arrow, line
                end = datetime.combine(date.fromisoformat(asked["moment"]), time.max, UTC) if asked["moment"] else None
                assert answered(then(world, as_of=asked["day"], known_at=end), wanted) == wanted, line
                continue
            world.clock.set(recorded["day"])
            if wanted.startswith("refused: "):
                with pytest.raises(Refused) as info:
                    act(world, recorded["who"], recorded["what"])
                assert set(info.value.codes) == set(wanted.split()[1:]), line
            else:
                act(world, recorded["who"], recorded["what"])
                assert not wanted or answered(world.cycle, wanted) == wanted, line
    finally:
        world.close()
