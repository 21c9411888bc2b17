"""Chapter six: somebody asks to be forgotten. Their name goes from all of history, and no state changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from reviewflow.audit.naming import REMOVED
from reviewflow.demo import cast
from reviewflow.demo.checking import expect
from reviewflow.demo.diary import moment
from reviewflow.demo.founding import welcome
from reviewflow.demo.hand import Hand
from reviewflow.demo.rules import LATE
from reviewflow.demo.years import Years
from reviewflow.registry.commands import ForgetPerson

FORGOTTEN_ON: Final = date(2025, 8, 27)


def forgetting(hand: Hand, years: Years) -> None:
    """The lines that name him before and after; what every cycle is in before and after."""
    years.pass_until(moment(FORGOTTEN_ON))
    gone = cast.person(cast.FORGOTTEN)
    teller = hand.teller
    teller.chapter(
        "Somebody is forgotten",
        f"{gone.name} leaves Rowan and asks to be forgotten. He was on several teams. Nothing may be changed in the "
        f"log, so his name was never in it: only sealed, under a key of his own. In the history of {LATE} these lines "
        "name him:",
    )
    before, states = _lines(hand, gone.name), _states(hand)
    expect("that he is in the history", len(before) > 0)
    teller.command(["reviewflow", "audit", "log", LATE])
    teller.outcome(*before[:3])
    hand.give(ForgetPerson, "ada", told=True, person=hand.ids[gone.key])
    # Nobody calls him anything any more, the demo included.
    hand.called_as[hand.ids[gone.key]] = hand.ids[gone.key]
    teller.say("His key is destroyed. The same history again:")
    after = _lines(hand, REMOVED)
    teller.command(["reviewflow", "audit", "log", LATE])
    teller.outcome(*after[:3])
    expect("how many lines named him, and name nobody now", len(after), len(before))
    expect("lines that name him", _lines(hand, gone.name), [])
    expect("the states and versions of all cycles", _states(hand), states)
    expect("files in which his name can be read", _naming(hand, gone), [])
    teller.outcome(
        "", f"All {len(states)} cycles are where they were, and no file of the store holds the name or the address.",
    )  # fmt: skip
    years.diary.write(moment(date(2025, 9, 2)), lambda: welcome(hand, cast.NEWCOMER))


def _lines(hand: Hand, word: str) -> list[str]:
    with hand.knowing() as (known, names):
        told = hand.history(LATE, known, names).tell()
        return [f"{line.version:>4}  {line.sentence}" for line in told.lines if word in line.sentence]


def _states(hand: Hand) -> dict[str, tuple[str, int]]:
    handles = [handle for handle in hand.ids if handle.endswith("-1")]
    return {handle: (cycle.state, cycle.version) for handle in handles for cycle in [hand.cycle(handle)]}


def _naming(hand: Hand, gone: cast.Person) -> list[str]:
    """The files beside the store that hold a name or an address as it is written."""
    words = [text.encode() for text in (gone.name, gone.email, gone.name.partition(" ")[0])]
    folder: Path = hand.installation.settings.store_path.parent
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return [file.name for file in files if any(word in file.read_bytes() for word in words)]
