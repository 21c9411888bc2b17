"""What the environment says: where the store is, where the keys are, who is at the keyboard.

A pydantic model read from a mapping: pydantic-settings costs every start of the command line what eight
variables are not worth (see docs/decisions/0006).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, field_validator

from reviewflow.errors import BadInput, unheld

PREFIX = "REVIEWFLOW_"
_FILE = "sqlite:///"


class Settings(BaseModel):
    """Settings; in the environment each has the prefix `REVIEWFLOW_`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    store: str = "sqlite:///reviewflow.db"
    """The log's database: an SQLite file, or a PostgreSQL database."""
    keys: Path | str | None = None
    """The vault's file, or the URL of a PostgreSQL database for it; a file beside the store if not given."""
    evidence: Path | None = None
    """The folder of encrypted evidence; beside the store if not given."""
    master_key: str | None = None
    master_key_file: Path | None = None
    master_key_command: str | None = None
    new_master_key: str | None = None
    """The master key that `vault rotate` changes to; likewise in a file or from a command."""
    new_master_key_file: Path | None = None
    new_master_key_command: str | None = None
    webhook: str | None = None
    """Where each record is announced: https addresses, with space between."""
    webhook_secret: str | None = None
    """Signs what is sent there; several while one is being changed."""
    actor: str | None = None
    """Who is at the keyboard: a person's id, address or name. Else it is the operating-system user."""

    @property
    def in_file(self) -> bool:
        """Whether the store is a file on this machine."""
        return not self.store.lower().startswith("postgres")

    @property
    def store_path(self) -> Path:
        """The file of an SQLite store; else `reviewflow.db` in the working folder, where there is none.

        What lies beside a store lies beside this.
        """
        if not self.in_file:
            return Path("reviewflow.db")
        if self.store.lower().startswith(_FILE):
            return Path(unquote(self.store[len(_FILE) :]))  # a URL may have %20 for a space
        return Path(self.store)

    @field_validator("keys")
    @classmethod
    def _place(cls, keys: Path | str | None) -> Path | str | None:
        if isinstance(keys, str) and not re.match(r"postgres(ql)?(\+\w+)?://", keys, re.IGNORECASE):
            if "://" in keys:
                raise ValueError("want the path of a file, or postgresql://host/database")
            return Path(keys)
        return keys

    @property
    def keys_place(self) -> Path | str:
        """Where the vault's keys are: its file, or the URL of its database."""
        return self.keys or self.store_path.with_suffix(".keys")

    @property
    def keys_path(self) -> Path:
        """The vault's file, where it is one."""
        return self.keys if isinstance(self.keys, Path) else self.store_path.with_suffix(".keys")

    @property
    def evidence_path(self) -> Path:
        """The folder of encrypted evidence."""
        return self.evidence or self.store_path.with_suffix(".evidence")

    @property
    def beside_master_key(self) -> Path:
        """Where `init` writes a master key if it was told no other place."""
        return self.store_path.with_suffix(".master-key")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment gives; an empty variable counts as not given.

    `BadInput` for a value that is no UTF-8; pydantic's `ValidationError` for one that does not fit.
    """
    names = ((name, environment.get(f"{PREFIX}{name.upper()}")) for name in Settings.model_fields)
    given = {name: value for name, value in names if value}
    if faults := [fault for name, value in given.items() if (fault := unheld(f"{PREFIX}{name.upper()}", value))]:
        raise BadInput("the settings", faults)
    return Settings.model_validate(given)
