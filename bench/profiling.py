"""Where the time of one of our own contenders goes: `python -m bench.profiling commands` (or postgresql, replay, ...).

By place first, then by function, in own time. The profiler slows Python's calls and not the database's: shares are
right to some parts in a hundred.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from bench import batches, four_steps, ours
from bench.borrowed import postgresql
from bench.large import large
from bench.turns import Job, Side, resolve

WARM, THINGS, FUNCTIONS = 40, 400, 30
CYCLES = 40


def main() -> None:
    """Make it, warm it up, profile it, print."""
    name = sys.argv[1] if len(sys.argv) > 1 else "commands"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        side, things = _side(name, folder, stack)
        job = stack.enter_context(resolve(side.make)(**side.given, client=0))
        profile = _profiled(job, things)
    stats = pstats.Stats(profile)
    places: Counter[str] = Counter()
    for (file, _, function), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        places[_place(file, function)] += own
    whole = places.total()
    print(f"{name}: {whole / things * 1e6:,.0f} µs each under the profiler")
    for place, own in places.most_common(24):
        print(f"{own / whole:7.1%}  {own / things * 1e6:8,.0f} µs  {place}")
    stats.sort_stats("tottime").print_stats(FUNCTIONS)


def _profiled(job: Job, things: int) -> cProfile.Profile:
    for number in range(WARM):
        job(number)
    profile = cProfile.Profile()
    profile.enable()
    for number in range(WARM, WARM + things):
        job(number)
    profile.disable()
    return profile


def _side(name: str, folder: Path, stack: ExitStack) -> tuple[Side, int]:
    """The contender, its store made, and how many things."""
    given = {"folder": str(folder), "cycles": CYCLES}
    match name:
        case "commands":
            ours.prepare(folder, CYCLES)
            return Side("bench.ours:commands", given), THINGS
        case "postgresql":
            url = stack.enter_context(postgresql("full")).database("ours")
            ours.prepare(folder, CYCLES, url)
            return Side("bench.ours:commands", {**given, "url": url}), THINGS
        case "four-steps":
            four_steps.prepare(folder)
            return Side("bench.four_steps:ours", {"folder": str(folder)}), THINGS // 4
        case "replay":
            made = large(5_000, folder)
            return Side("bench.replay:folded", {
                "folder": str(made.folder), "partnerships": made.partnerships, "hashed": True}), THINGS  # fmt: skip
        case "batches":
            batches.prepare(folder)
            return Side("bench.batches:cycles", {"folder": str(folder), "backdated": False, "many": 500}), 4
        case _:
            raise SystemExit(f"got {name!r}; want commands, postgresql, four-steps, replay or batches")


def _place(file: str, function: str) -> str:
    """Our package or module, or the library."""
    if file == "~":
        return function
    path = Path(file)
    if "reviewflow" in path.parts:
        return "reviewflow/" + "/".join(path.parts[len(path.parts) - 1 - path.parts[::-1].index("reviewflow") + 1 :])
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1]
    return "bench" if "bench" in path.parts else "python"


if __name__ == "__main__":
    main()
