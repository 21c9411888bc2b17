"""Another process at the same keys file: one command a line, one answer a line."""

from __future__ import annotations

import sys
from pathlib import Path

from reviewflow.errors import ReviewflowError
from reviewflow.events import Sealed
from reviewflow.ports import Forgotten
from reviewflow.vault.vault import KeyVault, open_vault
from vault.vault_given import MASTER, StandingClock, noted


def answer(vault: KeyVault, verb: str, stream: str, *rest: str) -> str:
    if verb == "seal":
        return vault.seal(noted(f"of {stream}"), stream, 1).text.model_dump_json()
    if verb == "open":
        return vault.open(Sealed.model_validate_json(" ".join(rest)), stream, 1, "text")
    vault.forget(stream)
    return "forgotten"


def main() -> None:
    vault = open_vault(Path(sys.argv[1]), MASTER, clock=StandingClock())
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            said = answer(vault, *line.split())
        except (ReviewflowError, Forgotten) as error:
            said = type(error).__name__
        print(said, flush=True)


main()
