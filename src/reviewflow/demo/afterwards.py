"""The last chapter: what to try next, in the store that was kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from reviewflow.demo import cast
from reviewflow.demo.hand import Hand
from reviewflow.demo.rules import LATE, WAIVED

NOTE: Final = "DEMO.txt"
_NOTE: Final = """This folder was made by `reviewflow demo --keep`. Everything in it is invented.
Its clock was the story's, so what is recorded here as of 2023 to 2026 was recorded when the demo ran.
The master key lies beside the store. That is fine for a demo, and never for real data.
"""
_IN_THE_WAY: Final = (
    "REVIEWFLOW_KEYS", "REVIEWFLOW_EVIDENCE", "REVIEWFLOW_MASTER_KEY", "REVIEWFLOW_MASTER_KEY_FILE",
    "REVIEWFLOW_MASTER_KEY_COMMAND",
)  # fmt: skip
"""Settings that would lead away from the kept store's own keys."""


def commands(store: Path) -> list[list[str]]:
    """What to type, in this order; all of it works on any later day."""
    head = cast.person(cast.HEADS["willow"]).email
    return [
        ["export", f"REVIEWFLOW_STORE=sqlite:///{store.resolve()}", f"REVIEWFLOW_ACTOR={cast.LENA.email}"],
        ["reviewflow", "status"],
        ["reviewflow", "inbox", "--person", cast.LENA.email],
        ["reviewflow", "cycle", "list"],
        ["reviewflow", "cycle", "next", "willow-2025-1"],
        ["reviewflow", "cycle", "do", "willow-2025-1", "check_in", "--set", "status=on_track", "--set",
         "sentence=Example text, no finding.", "--as", head],
        ["reviewflow", "audit", "log", WAIVED],
        ["reviewflow", "audit", "replay", LATE, "--as-of", "2025-03-12", "--known-at", "2025-03-14"],
        ["reviewflow", "person", "list", "--trained", cast.CHAMPION],
    ]  # fmt: skip


def afterwards(hand: Hand, kept: Path | None) -> None:
    """Commands that work in the kept store; or how to keep one."""
    if kept is None:
        hand.teller.chapter(
            "What to try next",
            "This store is thrown away now. Keep one, and go on in it with the commands shown above:",
        )
        hand.teller.command(["reviewflow", "demo", "--keep", "my-demo"])
        hand.teller.say("Or begin with your own: reviewflow init --admin NAME --programme NAME.")
        return
    (kept / NOTE).write_text(_NOTE, "utf-8")
    store = hand.installation.settings.store_path
    hand.teller.chapter("What to try next", f"The store is kept: {store}. From now on its clock is yours.")
    if away := [name for name in _IN_THE_WAY if os.environ.get(name)]:
        hand.teller.command(["unset", *away])
    for words in commands(store):
        hand.teller.command(words)
    hand.teller.say(f"The master key lies beside this store: {store.with_suffix('.master-key')}.")
