"""What the environment says: where the store is, where the keys are, who is at the keyboard.

A pydantic model read from a mapping: pydantic-settings costs every start of the command line what eight
variables are not worth (see docs/decisions/0006).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

PREFIX = "REVIEWFLOW_"


class Settings(BaseModel):
    """Settings; in the environment each has the prefix `REVIEWFLOW_`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    store: str = "sqlite:///reviewflow.db"
    """The log's database."""
    keys: Path | None = None
    """The vault's file; beside the store if not given."""
    evidence: Path | None = None
    """The folder of encrypted evidence; beside the store if not given."""
    master_key: str | None = None
    master_key_file: Path | None = None
    master_key_command: str | None = None
    actor: str | None = None
    """Who is at the keyboard: a person's id, address or name. Else it is the operating-system user."""

    @property
    def store_path(self) -> Path:
        """The file of an SQLite store."""
        return Path(self.store.removeprefix("sqlite:///"))

    @property
    def keys_path(self) -> Path:
        """The vault's file."""
        return self.keys or self.store_path.with_suffix(".keys")

    @property
    def evidence_path(self) -> Path:
        """The folder of encrypted evidence."""
        return self.evidence or self.store_path.with_suffix(".evidence")

    @property
    def beside_master_key(self) -> Path:
        """Where `init` writes a master key if it was told no other place."""
        return self.store_path.with_suffix(".master-key")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment gives; an empty variable counts as not given."""
    names = ((name, environment.get(f"{PREFIX}{name.upper()}")) for name in Settings.model_fields)
    return Settings.model_validate({name: value for name, value in names if value})
