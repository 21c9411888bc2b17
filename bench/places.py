"""Stores of the bench: where they are made, what the environment of a command on them is, how they are opened.

Everything of a store lies in one folder, its master key too: there is nobody in it. Imports nothing of the tests, so
that the memory of a process that uses it is that of reviewflow.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.courses import County
from reviewflow import wiring
from reviewflow.engine import Engine
from reviewflow.events import Asked, Unsealed, identify
from reviewflow.registry import commands as reg
from reviewflow.settings import Settings
from reviewflow.vault.master_key import create_master_key
from reviewflow.workflow.parse import parse

WORKFLOWS = Path(__file__).parents[1] / "workflows"
SPP = WORKFLOWS / "spp-peer-review.yaml"
COUNTY = County(identify("programme"), identify("install"))
"""Of every store that `found` made: ids follow from the ids of commands."""
BEGUN = datetime(2020, 9, 1, 12, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, moment: datetime = BEGUN) -> None:
        """The moment it shows."""
        self.moment = moment

    def now(self) -> datetime:
        """That moment."""
        return self.moment


def settings_for(folder: Path, url: str | None = None) -> Settings:
    """A store in `folder`, or at `url` with its keys in `folder`."""
    return Settings(
        store=url or f"sqlite:///{folder / 'reviewflow.db'}", keys=folder / "reviewflow.keys",
        evidence=folder / "evidence", master_key_file=folder / "master-key",
    )  # fmt: skip


def environment(settings: Settings) -> dict[str, str]:
    """What a command line on that store needs, with nothing of this one's own settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWFLOW_")}
    given = settings.model_dump(mode="json", exclude_none=True)
    return {**inherited, **{f"REVIEWFLOW_{name.upper()}": str(value) for name, value in given.items()}}


def found(folder: Path, url: str | None = None, workflow: Path = SPP) -> Settings:
    """A new store with its first administrator, a programme and a workflow."""
    settings = settings_for(folder, url)
    assert settings.master_key_file is not None
    create_master_key(settings.master_key_file)
    clock = Clock()
    wiring.create_installation(settings, clock)
    with opened(settings, clock) as engine:

        def asked(command_id: str, by: str = COUNTY.administrator) -> Asked:
            return Asked(id=command_id, at=clock.now(), by=by, entered_by=by or Unsealed("operator"))

        engine.handle(reg.SetUpInstallation(asked=asked("install", ""), admin_name="Ada Invented"))
        programme = reg.SetUpProgramme(
            asked=asked("programme"), programme_name="Invented County", handle="invented", time_zone="Europe/London"
        )
        engine.handle(programme)
        parsed = parse(workflow.read_bytes(), workflow.name)
        publish = reg.PublishWorkflow(
            asked=asked("publish"), workflow=parsed.definition.workflow, edition=parsed.definition.edition,
            digest=parsed.digest, document=parsed.document,
        )  # fmt: skip
        engine.handle(publish)
    return settings


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Engine]:
    """The engine on that store."""
    with wiring.open_installation(settings, clock) as installation:
        yield installation.engine
