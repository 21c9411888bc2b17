"""A backup is made: what it holds, and what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reviewflow.cli.keeping.progress import progressing
from reviewflow.cli.printing import count, document, facts, say
from reviewflow.cli.request import opened
from reviewflow.keeping.backing_up import Written, back_up
from reviewflow.registry.permissions import OPERATOR, check

_SHOWN: Final = 5


def backing_up(file: str, *, force: bool, as_json: bool) -> int:
    """Write it; the exit code."""
    check("backup", [OPERATOR])
    with opened() as installation, progressing({"writing": "writing records"}) as heard:
        done = back_up(
            installation.store, installation.engine.files, Path(file), force=force,
            heard=lambda written, of: heard("writing", written, of),
        )  # fmt: skip
    if as_json:
        document({"file": file, **done._asdict()})
    else:
        _tell(file, done)
    return 1 if done.missing else 0


def _tell(file: str, done: Written) -> None:
    facts({
        "file": file,
        "bytes": f"{done.size:,}",
        "records": f"{done.position:,}",
        "last recorded at": done.last_recorded_at,
        "evidence": f"{count(done.evidence, 'file')}, {done.evidence_bytes:,} bytes",
        "digest": done.digest,
    })  # fmt: skip
    say("Note the digest down, elsewhere. The keys are not in it: reviewflow vault backup.")
    if done.missing:
        some = ", ".join(one[:12] for one in done.missing[:_SHOWN])
        more = ", ..." if len(done.missing) > _SHOWN else ""
        say(
            f"{count(len(done.missing), 'file')} of evidence are named by records and missing or damaged: {some}{more}"
            " (`reviewflow doctor --deep` says more)",
            err=True,
        )
