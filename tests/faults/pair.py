"""A primary and its synchronous standby on the loopback, set up and failed over as `docs/how-to/standby.md` says."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from faults.page import Page
from faults.proxy import Proxy
from kit.postgres import Cluster
from kit.postgres_binaries import hand_over

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "standby.md"


class Pair:
    """Two servers; which of them is the primary changes."""

    def __init__(self, folder: Path) -> None:
        """Both are made here."""
        self.page = Page(HOW_TO)
        self._folder = Path(tempfile.mkdtemp(dir=folder))
        self._folder.chmod(0o755)
        self._servers: list[Cluster] = []
        self._wires: list[Proxy] = []
        """The last one lies between the standby and the primary."""
        self.primary = self._server()
        self.primary.start()
        self.page.sql("role", self.primary)
        self.standby: Cluster | None = None
        self.follow()

    def _server(self) -> Cluster:
        server = Cluster(self._folder / f"server{len(self._servers)}", max_connections="50")
        self._servers.append(server)
        return server

    def follow(self) -> None:
        """A new standby of the primary, which from now on is waited for."""
        self.standby = self._server()
        self.standby.folder.mkdir()
        hand_over(self.standby.folder)
        self._name = name = f"db{len(self._servers)}"
        self._wires.append(Proxy(self.primary.port))
        source = f"host=127.0.0.1 port={self._wires[-1].port} "
        words = {"host=db1 port=5432 ": source, "=db2": f"={name}", "/var/lib/postgresql/data": str(self.standby.data)}
        self.page.sh("copy", words)
        self.standby.start()
        self.wait_for_it()

    def wait_for_it(self) -> None:
        """No write is answered that the standby has not got."""
        self.page.sql("wait", self.primary, {"'db2'": f"'{self._name}'"})
        wait(lambda: self.page.sql("look", self.primary) == [(self._name, "streaming", "sync")])

    def url(self, database: str, options: str = "") -> str:
        """Both, the older one first."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in self._servers[-2:])
        return f"postgresql://reviewflow@{hosts}/{database}{options}"

    def new_database(self, name: str) -> None:
        """For one test."""
        self.primary.execute(f"CREATE DATABASE {name}")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The standby gets nothing meanwhile, and nobody is told; what is under way then is lost with the wire."""
        wire = self._wires[-1]
        wire.stall()
        yield
        wire.cut()
        wire.stall(on=False)

    def take_over(self) -> None:
        """What the standby has got until now is what there is."""
        assert self.standby is not None
        self.page.sql("promote", self.standby)
        self.page.sql("alone", self.standby)
        self.primary, self.standby = self.standby, None

    def stop(self) -> None:
        """End whatever runs."""
        for wire in self._wires:
            wire.close()
        for server in self._servers:
            with suppress(psutil.NoSuchProcess):
                server.kill()


def processes_of(server: Cluster) -> list[psutil.Process]:
    """All processes of a server."""
    first = server._server()
    assert first is not None
    return [first, *first.children(recursive=True)]


def wait(until: Callable[[], bool], seconds: float = 60.0) -> None:
    """For what must come."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "in vain"
        time.sleep(0.02)
