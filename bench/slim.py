"""Runs commands in turn and tells the seconds and the peak memory of each: `python -S slim.py < JOB.json`.

A process of its own and small on purpose: what a child is told to have used at most is never less than what the
process that started it held. Standard library only; imports nothing of the bench.

Job: {"commands": [[word, ...], ...], "environment": {...}, "rounds": N, "patience": SECONDS,
"output": FILE or null}: the file gets what the last one printed; a command that took longer than `patience` altogether
has no more rounds. Answer: for each command its list of
[seconds, megabytes, exit code, processor seconds].
"""

import json
import os
import sys
import time


def run(words: list, environment: dict, output: int, quiet: int) -> list:
    """Seconds, megabytes, exit code and processor seconds of one command."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.dup2(output, 1)
        os.dup2(quiet, 2)
        os.execve(words[0], words, environment)
    _, status, used = os.wait4(child, 0)
    took = time.perf_counter() - started
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return [took, used.ru_maxrss / unit, os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime]


def main() -> None:
    """All rounds, the commands in turn."""
    job = json.load(sys.stdin)
    quiet = os.open(os.devnull, os.O_RDWR)
    found = [[] for _ in job["commands"]]
    for _ in range(job["rounds"]):
        for number, words in enumerate(job["commands"]):
            if sum(took for took, *_ in found[number]) > job["patience"]:
                continue  # what takes so long is told well enough by a few rounds
            output = quiet
            if job.get("output"):
                output = os.open(job["output"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            found[number].append(run(words, job["environment"], output, quiet))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
