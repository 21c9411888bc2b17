"""A shell that runs commands in-process against real files, and the small invented world that tests begin with."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from click.testing import CliRunner, Result

from kit.clock import FixedClock
from kit.stored import MASTER_KEY
from reviewflow.cli.app import door

START = datetime(2026, 9, 7, 9, tzinfo=UTC)
ADA, LENA, PRIYA = "ada@council.example", "lena@hazel.example", "priya@north.example"
BEN, CLEO, DAN, EVE = "ben@birch.example", "cleo@birch.example", "dan@cedar.example", "eve@cedar.example"


@dataclass
class Shell:
    """Runs commands in a folder, at a moment that one can set."""

    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(START, timedelta(seconds=1)))
    env: dict[str, str] = field(default_factory=dict)
    store: str = ""
    """The address of a store that is not in the folder; its keys are."""

    def __post_init__(self) -> None:
        if self.store:
            self.env.setdefault("REVIEWFLOW_MASTER_KEY", MASTER_KEY)
            for name in ("keys", "evidence"):
                self.env.setdefault(f"REVIEWFLOW_{name.upper()}", str(self.folder / f"reviewflow.{name}"))

    @property
    def address(self) -> str:
        """The address of the store."""
        return self.store or f"sqlite:///{self.folder / 'reviewflow.db'}"

    def run(self, *args: str, code: int = 0, input: str | bytes | None = None, **env: str) -> Result:  # noqa: A002
        """One command; its exit code must be `code`, and it never shows a traceback."""
        environment = {
            "REVIEWFLOW_STORE": self.address,
            "REVIEWFLOW_MASTER_KEY_FILE": None, "REVIEWFLOW_MASTER_KEY": None, "REVIEWFLOW_MASTER_KEY_COMMAND": None,
            "REVIEWFLOW_KEYS": None, "REVIEWFLOW_EVIDENCE": None, "REVIEWFLOW_ACTOR": None, "REVIEWFLOW_DEBUG": None,
            **self.env, **env,
        }  # fmt: skip
        result = CliRunner(env=environment).invoke(door, list(args), input=input, obj=self.clock)
        assert "Traceback" not in result.output, result.output
        assert result.exit_code == code, f"{args}: exit {result.exit_code}, want {code}\n{result.output}"
        return result

    def json(self, *args: str, code: int = 0, **more: Any) -> Any:
        """The document that a command answers with."""
        return json.loads(self.run(*as_json(args), code=code, **more).stdout)

    def fault(self, *args: str, code: int, **more: Any) -> Any:
        """The error that a command answers with, as data."""
        return json.loads(self.run(*as_json(args), code=code, **more).stderr)["error"]

    @property
    def records(self) -> int:
        """How many records the log has."""
        with closing(
            psycopg.connect(self.store) if self.store else sqlite3.connect(self.folder / "reviewflow.db")
        ) as raw:
            return int(raw.execute("SELECT count(*) FROM records").fetchone()[0])

    def refused(self, *args: str, **more: Any) -> list[str]:
        """The codes of a refusal; nothing was written."""
        before = self.records
        codes = [one["code"] for one in self.fault(*args, code=1, **more)["unmet"]]
        assert self.records == before
        return codes

    def wrong(self, *args: str, **more: Any) -> list[str]:
        """Where something is wrong with what was given; nothing was written."""
        before = self.records
        faults = [one["where"] for one in self.fault(*args, code=2, **more)["faults"]]
        assert self.records == before
        return faults


def copied(made: Path, into: Path) -> Shell:
    """The installation of a folder, copied to a new folder in `into`, an hour after it began; Ada types."""
    folder = into / "north"
    shutil.copytree(made, folder)
    return Shell(folder, FixedClock(START + timedelta(hours=1), timedelta(seconds=1)), {"REVIEWFLOW_ACTOR": ADA})


def as_json(args: tuple[str, ...]) -> list[str]:
    """The command with `--json`, before whatever only looks like an option."""
    place = args.index("--") if "--" in args else len(args)
    return [*args[:place], "--json", *args[place:]]


def build(shell: Shell) -> None:
    """Two schools and a cluster, a head, a lead, three reviewers, one cycle that was opened."""
    shell.run("init", "--admin", "Ada Example", "--email", ADA, "--programme", "Example Partnership")
    shell.env["REVIEWFLOW_ACTOR"] = ADA
    shell.run("workflow", "publish", "spp-peer-review")
    shell.run("programme", "set", "example-partnership", "--workflow", "spp-peer-review")
    for number, name in enumerate(("Hazel", "Birch", "Cedar"), 900001):
        shell.run("organisation", "add", f"{name} Example Primary", "--urn", str(number), "--handle", name.lower())
    shell.run("partnership", "add", "North Example Cluster", "--handle", "north")
    shell.run("partnership", "join", "north", "hazel", "birch", "cedar", "--on", "2026-09-01")
    shell.run(
        "person",
        "add",
        "Lena Example",
        "--email",
        LENA,
        "--organisation",
        "hazel",
        "--role",
        "head",
        "--since",
        "2025-09-01",
    )
    shell.run("person", "add", "Priya Example", "--email", PRIYA)
    shell.run("person", "role", PRIYA, "partnership_lead", "--in", "north", "--since", "2025-09-01")
    for email, place in ((BEN, "birch"), (CLEO, "birch"), (DAN, "cedar"), (EVE, "cedar")):
        shell.run(
            "person", "add", f"{email.partition('@')[0].title()} Example", "--email", email, "--organisation", place
        )
        course = "improvement-champion" if email == EVE else "peer-reviewer"
        shell.run("person", "train", email, course, "--completed", "2026-06-01", "--valid-until", "2028-05-31")
    shell.run("cycle", "open", "hazel", "--year", "2026-27", "--as", PRIYA)
