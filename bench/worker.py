"""One client of a contender in a process of its own: `python -m bench.worker module:function GIVEN-JSON CLIENT`.

It says `ready`, then reads how many things to do, does them and tells the processor
seconds that took; 0 ends it, and it tells its peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from bench.turns import resolve


def main() -> None:
    """Until it is told to stop."""
    make, given, client = sys.argv[1:]
    out = sys.stdout
    sys.stdout = sys.stderr  # whatever a peer prints is not an answer
    with resolve(make)(**json.loads(given), client=int(client)) as job:
        print("ready", file=out, flush=True)
        done = 0
        for line in sys.stdin:
            things = int(line)
            if not things:
                break
            started = time.process_time()
            for number in range(done, done + things):
                job(number)
            done += things
            print(time.process_time() - started, file=out, flush=True)
    print(peak(), file=out, flush=True)


def peak() -> float:
    """The peak memory of this process, MB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells includes the process that started this one
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
