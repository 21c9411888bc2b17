"""What the environment says: where the store is, where the keys are, who is at the keyboard.

A pydantic model read from a mapping: pydantic-settings costs every start of the command line what eight
variables are not worth (see docs/decisions/0006).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, field_validator

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
    url: str | None = None
    """The address at which people reach the pages, as in https://reviews.example; says whether they come by https."""
    trusted_proxies: str | None = None
    """The addresses or networks, with space between, whose word is taken for who asks and how they came."""
    metrics_token: str | None = None
    """Opens /metrics; without it they are for this machine alone."""
    session_hours: float = Field(12, ge=0.25, le=720)
    """After so many hours without doing anything somebody signs in again."""
    session_days: float = Field(7, ge=0.25, le=30)
    """After so many days they do whatever they did."""
    api_per_minute: int = Field(600, ge=1, le=1_000_000)
    """How many requests one token may send to the API in a minute, to each worker of the service."""
    oidc_issuer: str | None = None
    """The sign-in service (OpenID Connect), as in https://login.example; with the client's id and secret."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_link_by_email: bool = False
    """Whether somebody whom the service knows by a verified address is the person here who has that address."""
    actor: str | None = None
    """Who is at the keyboard: a person's id, address or name. Else it is the operating-system user."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+/?", url):
            raise ValueError("want https://host or https://host:port, and nothing after it")
        return url.rstrip("/") if url else url

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, proxies: str | None) -> str | None:
        from ipaddress import ip_network

        for one in (proxies or "").split():
            try:
                ip_network(one)
            except ValueError as error:
                raise ValueError(f"want addresses or networks, with space between; {one!r}: {error}") from error
        return proxies

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, token: str | None) -> str | None:
        if token is not None and not re.fullmatch(r"[!-~]{20,}", token):
            raise ValueError("want at least 20 letters, digits and signs, without spaces")
        return token

    @property
    def session_idle(self) -> timedelta:
        """How long a session lasts that nobody uses."""
        return timedelta(hours=self.session_hours)

    @property
    def session_whole(self) -> timedelta:
        """How long a session lasts at all."""
        return timedelta(days=self.session_days)

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
