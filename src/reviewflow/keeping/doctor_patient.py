"""What the doctor looks at, opened as far as it goes and when it is first asked for; closed at the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self, TypeVar

from reviewflow.errors import ReviewflowError, StoreUnreachable
from reviewflow.keeping.key_places import master_key_of
from reviewflow.ports import Clock
from reviewflow.settings import Settings
from reviewflow.store.looking import Look
from reviewflow.store.sql import SqlStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.keys import Keys
from reviewflow.vault.places import open_keys
from reviewflow.vault.vault import KeyVault, open_vault

T = TypeVar("T")
Heard = Callable[[str, int, int], None]


class Unopened(Exception):
    """Something cannot be opened; `told` if that was said before."""

    def __init__(self, what: str, why: str, todo: str, *, told: bool) -> None:
        """`what` in a word, as in "the store"."""
        self.what, self.why, self.todo, self.told = what, why, todo, told
        super().__init__(what, why, told)


class Patient:
    """An installation, whatever is wrong with it. For one thread; enter it."""

    def __init__(self, settings: Settings, clock: Clock, *, deep: bool, heard: Heard | None) -> None:
        """Opens nothing yet."""
        self.settings, self.clock, self.deep = settings, clock, deep
        self.heard: Heard = heard or (lambda *_: None)
        self._stack = ExitStack()
        self._opened: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def look(self) -> Look:
        """The store's database, whatever is in it."""
        return self._open("the database", lambda: self._stack.enter_context(Look(self.settings.store)))

    @property
    def version(self) -> int:
        """The version of the store's tables; not to be had of what is no store."""
        return self._open("the log", self.look.version)

    @property
    def log(self) -> Look:
        """The store's database, if there is a log in it, of whatever version."""
        assert self.version
        return self.look

    @property
    def store(self) -> SqlStore:
        """The store, if it is one that this release can use."""
        return self._open("the store", self._store)

    @property
    def keys(self) -> Keys:
        """Wrapped keys where they lie."""
        return self._open("the vault", self._keys)

    @property
    def vault(self) -> KeyVault:
        """The vault; without a master key it has keys and opens nothing."""
        return self._open("the opened vault", self._vault)

    @property
    def files(self) -> EvidenceFolder:
        """Where evidence lies."""
        return EvidenceFolder(self.settings.evidence_path)

    def _store(self) -> SqlStore:
        assert self.version  # what is no store is told where that is asked
        store = SqlStore(self.settings.store, self.clock)
        self._stack.callback(store.close)
        with store.snapshot():
            return store

    def _keys(self) -> Keys:
        keys = open_keys(self.settings.keys_place)
        self._stack.callback(keys.close)
        return keys

    def _vault(self) -> KeyVault:
        _ = self.keys  # why there are none is told where they are asked
        source = master_key_of(self.settings)
        vault = open_vault(self.settings.keys_place, source.read(), clock=self.clock, others=source.others)
        self._stack.callback(vault.close)
        return vault

    def _open(self, what: str, opening: Callable[[], T]) -> T:
        found = self._opened.get(what)
        if isinstance(found, ReviewflowError):
            raise self._unopened(what, found, told=True)
        if what not in self._opened:
            try:
                self._opened[what] = opening()
            except ReviewflowError as error:
                self._opened[what] = error
                raise self._unopened(what, error, told=False) from error
        return self._opened[what]  # type: ignore[no-any-return]

    def _unopened(self, what: str, error: ReviewflowError, *, told: bool) -> Unopened:
        if isinstance(error, StoreUnreachable):
            return Unopened(what, f"{error.what}: {error.why}", error.remedy, told=told)
        return Unopened(what, str(error), "", told=told)
