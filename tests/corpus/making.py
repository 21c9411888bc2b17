"""How a store of the corpus is made: the story typed into the command line of the release at hand, at its moments."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

HERE = Path(__file__).parent
STORE = "reviewflow.db"

FILES = {
    "terms.csv": "kind,date,until,name\nclosed,2025-12-25,,Christmas Day\nnamed,2026-07-20,,end_of_year\n",
    "paper.txt": "Example paper, invented.\n",
    "visit.yaml": (
        "first_day: 2025-11-04\nlast_day: 2025-11-05\nmode: onsite\nquestions:\n"
        "  - {question: 'To what extent do pupils write?', theme: looking_inward}\n"
    ),
    "plan.yaml": (
        "support: none\nactions:\n  - {what: Example action, owner_role: English lead, measure: Example measure,"
        " finding: Example, due: 2026-05-01}\n"
    ),
    "register.csv": (
        "URN,LAEstab,LA,Local Authority,School Name,School Type,Parliamentary Constituency,"
        "Number of pupils on roll,Number of Primary pupils on roll,Number of Secondary pupils on roll\n"
        "900002,9990002,999,Invented County,Rowan Invented Primary,Community school,Inventedshire,180,180,0\n"
    ),
    "people.csv": "Name,E-mail\nBea Nowelse,bea@rowan.example\n",
    "mapping.yaml": (
        "mapping: old-reviews\nworkflow: open-software-review\ncase: '{Submission}'\n"
        "subject: {name: '{Submission}', kind: project, register: true}\nhappened: '{When}'\nadopt: {}\nrows:\n"
        "  - {where: {What: submitted}, open: true}\n  - {where: {What: approved}, do: record_approval}\n"
        "  - {where: {What: closed}, do: close}\n"
    ),
    "past.csv": (
        "Submission,When,What\nInvented Tool,2021-03-01,submitted\nInvented Tool,2021-06-30,approved\n"
        "Made-up Library,2022-01-10,closed\n"
    ),
}
"""What the story reads from files."""

ADDRESSES = {
    "ada": "ada@council.example", "lena": "lena@cluster.example", "hanna": "hanna@hazel.example",
    "rob": "rob@rowan.example", "wilma": "wilma@willow.example", "alan": "alan@alder.example",
    "bea": "bea@rowan.example", "chloe": "chloe@willow.example", "dora": "dora@maple.example",
}  # fmt: skip


class Line(NamedTuple):
    """One line of the story."""

    moment: datetime
    by: str
    words: list[str]


class Ticking:
    """A clock that a line sets; each look moves it on by a second."""

    def __init__(self) -> None:
        self.moment = datetime(2025, 9, 1, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def story() -> Iterator[Line]:
    """Every line, in order."""
    for text in (HERE / "story.txt").read_text(encoding="utf-8").splitlines():
        if not text.startswith("#"):
            day, hour, by, *words = shlex.split(text)
            yield Line(datetime.fromisoformat(f"{day}T{hour}:00+00:00"), by, words)


def tell(folder: Path, store: str) -> None:
    """Type the whole story; the store is named by its address, everything else lies in `folder`."""
    from reviewflow.cli.app import door

    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    clock = Ticking()
    plain = {
        "LOGNAME": "operator", "REVIEWFLOW_STORE": store, "REVIEWFLOW_KEYS": str(folder / "reviewflow.keys"),
        "REVIEWFLOW_EVIDENCE": str(folder / "reviewflow.evidence"),
        "REVIEWFLOW_MASTER_KEY_FILE": str(folder / "reviewflow.master-key"),
    }  # fmt: skip
    for line in story():
        clock.moment = max(clock.moment, line.moment)
        words = [str(folder / word) if word in FILES else word for word in line.words]
        done = CliRunner(env={**plain, "REVIEWFLOW_ACTOR": ADDRESSES.get(line.by)}).invoke(door, words, obj=clock)
        if done.exit_code:
            raise RuntimeError(f"{line.moment} {line.by}: {shlex.join(words)}: {done.exit_code}\n{done.output}")
    for name in FILES:
        (folder / name).unlink()
