"""Commands that somebody interrupts (Ctrl-C) at any moment, in a process of their own: `main(SETTINGS, NAME, ROUNDS)`.

The interruption is an alarm after some time; it comes between any two instructions of Python, also inside libraries.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from faults.bad_disk import run_door
from faults.lengths import SEED
from faults.site import Site, heard, on_sqlite
from faults.worker import Now, say
from kit.checking import check_everything

WORDS = {
    "init": ["init", "--admin", "Ada Example", "--programme", "Example Partnership"],
    "backup": ["backup", "new.backup"],
    "restore": ["restore", "it.backup", "--to", "sqlite:///other.db"],
    "copy": ["store", "copy", "--to", "sqlite:///other.db"],
    "rebuild": ["views", "rebuild"],
    "keys": ["vault", "backup", "new.keys-backup"],
    "run": ["run", "--once"],
}


def main(settings: str, name: str, rounds: str) -> None:
    """Interrupt one command again and again, and look what is left."""
    place, random = heard(settings), Random(f"{SEED} {name}")
    template = place.store_path.parent
    os.environ |= {"REVIEWFLOW_STORE": "sqlite:///reviewflow.db", "REVIEWFLOW_MASTER_KEY": place.master_key or ""}
    signal.signal(signal.SIGALRM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has those in the background ignore it
    os.chdir(template)
    if name == "restore":
        assert _apart(["backup", "it.backup"], None)[0] == 0
    _once(template, name, None)  # whatever is to be loaded is loaded then
    took = _once(template, name, None)
    number = interrupted = 0
    while number < int(rounds) or not interrupted:
        number += 1
        assert number < int(rounds) + 20, f"in {number} rounds of {took:.3f} s it was never interrupted"
        interrupted += _once(template, name, random.random() * took) is None
    say("well")


def _interrupt(_signal: int, _frame: object) -> None:
    signal.raise_signal(signal.SIGINT)


def _once(template: Path, name: str, after: float | None) -> float | None:
    """Seconds it took in a copy of the template, None if it was interrupted."""
    work = template.with_name("work")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(template, work)
    os.chdir(work)
    if name == "init":
        for path in work.iterdir():
            path.unlink()
    before = {path.name for path in work.iterdir()}
    begun = time.perf_counter()
    code, said = _apart(WORDS[name], after)
    took = time.perf_counter() - begun
    assert code in (0, 130), f"{name} after {after}: exit {code}: {said}"
    assert code == 0 or "interrupted" in said, said
    _look(work, name, before, interrupted=code == 130)
    return took if code == 0 else None


def _apart(words: list[str], after: float | None) -> tuple[int, str]:
    """Exit code and what was said, in a process of its own: what it left open goes with it."""
    saying = Path("../said")
    pid = os.fork()
    if pid == 0:
        code, said = 130, "interrupted"
        with suppress(KeyboardInterrupt):  # before it had begun, or after its end
            try:
                signal.setitimer(signal.ITIMER_REAL, after or 0)
                code, said = run_door(words)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        saying.write_text(said)
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), saying.read_text()


def _look(work: Path, name: str, before: set[str], *, interrupted: bool) -> None:
    """All of it is there, or nothing; or it goes on."""
    left = {path.name for path in work.iterdir()} - before
    if name != "init":  # what a killed one leaves as well: SQLite's own files, and beginnings under names of their own
        left = {one for one in left if not one.startswith("reviewflow.db-") and not one.endswith(BEGINNINGS)}
    if interrupted and name != "copy":
        assert left in (set(), ALL.get(name)), f"{name} leaves {left}"
    if interrupted and name in ("init", "copy", "rebuild") and not (name == "init" and left):
        code, said = _apart(WORDS[name], None)
        assert code == 0, f"{name} after an interruption: {said}"
    stores = {"copy": "other.db", "restore": "other.db"}
    for store in {"reviewflow.db", stores.get(name, "reviewflow.db")}:
        if (work / store).exists():
            place = on_sqlite(work).model_copy(update={"store": f"sqlite:///{work / store}"})
            world = Site(settings=place, clock=Now(), there=True)
            try:
                check_everything(world)
            finally:
                world.close()


BEGINNINGS = (".part", ".partial", ".restoring")
ALL = {
    "init": {"reviewflow.db", "reviewflow.keys"},
    "restore": {"other.db"},
    "backup": {"new.backup"},
    "keys": {"new.keys-backup"},
}
"""What there is if the interruption came when all was done."""
