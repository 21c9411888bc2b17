"""What the environment says: where the store is, where the keys are, who is at the keyboard."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings from the environment, each with the prefix `REVIEWFLOW_`."""

    model_config = SettingsConfigDict(env_prefix="REVIEWFLOW_", extra="ignore")

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
