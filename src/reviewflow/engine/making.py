"""From what was decided to events that are ready to be stored: sealed, placed, turned into bytes once."""

from __future__ import annotations

from reviewflow.engine.answers import Made
from reviewflow.events import Command, Event, Recorded, encode
from reviewflow.knowing import Knowing
from reviewflow.ports import Clock, NewKeys, Staged, Vault


def make(
    command: Command, decided: list[tuple[str, Event]], known: Knowing, vault: Vault, clock: Clock, *,
    seal: bool, unkept: NewKeys | None = None,
) -> Made:  # fmt: skip
    """Seal what was decided and give it its place; all of it, or it raises and nothing is made."""
    if len(decided) > 1:
        known.preload([stream for stream, _ in decided])
    versions: dict[str, int] = {}
    made, moment = Made(command, [], [], {}), clock.now()
    for stream, event in decided:
        version = versions[stream] = (versions[stream] if stream in versions else known.head(stream)) + 1
        sealed = vault.seal(event, stream, version, unkept) if seal else event
        place = Recorded(0, moment, stream, version, sealed)
        state = None
        if stream.startswith("cycle-"):
            cycle_id = stream.removeprefix("cycle-")
            before = made.after.get(cycle_id) or known.cycle(cycle_id)
            state = made.after[cycle_id] = known.evolve(before, place, made.placed)
        body = encode(sealed) if seal else b""
        made.staged.append(Staged(stream, version, event.topic, body, sealed, event.touches(), state))
        made.placed.append(place)
    return made
