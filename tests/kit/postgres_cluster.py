"""One cluster of PostgreSQL in a folder: started, stopped, killed, given a standby, promoted."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from kit.postgres_binaries import binaries, hand_over, unprivileged

USER = "reviewflow"

# The shell's input ends when the test process ends, however that ends: no server outlives a test run that was killed.
_BOUND = """
"$@" </dev/null & server=$!
exec 3<&0
(read _ <&3; kill -QUIT $server) & watch=$!
exec 3<&- </dev/null
wait $server
kill $watch
"""


class Cluster:
    """A cluster whose files lie in `folder`; it listens on a free port of the loopback and on a socket."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """`settings` go to postgresql.conf. fsync is on unless they say otherwise."""
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.settings = settings
        self.port = _free_port()
        self._bound: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    @property
    def sockets(self) -> Path:
        """Where its socket lies: a short path, for such a path has room for a hundred letters only."""
        if self._sockets is None:
            self._sockets = Path(tempfile.mkdtemp(prefix="rfpg", dir="/tmp"))
            atexit.register(shutil.rmtree, self._sockets, ignore_errors=True)
            hand_over(self._sockets)
        return self._sockets

    def url(self, database: str = "postgres", *, socket: bool = False) -> str:
        """Its address, by the loopback or by the socket."""
        if socket:
            return f"postgresql://{USER}@/{database}?host={quote(str(self.sockets), safe='')}&port={self.port}"
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, made first if it is not there, and wait until it answers."""
        if not self.data.exists():
            self._make()
        self._configure()
        with self.log.open("ab") as log:
            self._bound = subprocess.Popen(
                ["/bin/sh", "-c", _BOUND, "sh", binaries() / "postgres", "-D", self.data],
                stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, **unprivileged(),
            )  # fmt: skip
        self._await()

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `smart`, `fast` or `immediate` (which is as good as a crash)."""
        if self._bound is None:
            return
        server = self._server()
        if server is not None:
            server.send_signal({"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
        self._over()

    def kill(self) -> None:
        """SIGKILL for all its processes; none has time for a last word."""
        server = self._server()
        if server is not None:
            server.suspend()  # so that it starts no more
            others = server.children(recursive=True)
            for process in (*others, server):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            while any(_lives(process) for process in others):
                time.sleep(0.005)
        self._over()

    @property
    def running(self) -> bool:
        """Whether its processes live."""
        return self._server() is not None

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows of one statement, each run in a transaction of its own."""
        with psycopg.connect(self.url(database), autocommit=True) as link:
            cursor = link.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def standby(self, folder: Path, name: str = "standby", **settings: str) -> Cluster:
        """A copy that follows this one by streaming, running; `name` goes into synchronous_standby_names here."""
        other = Cluster(folder, **{**self.settings, **settings})
        other.folder.mkdir(parents=True, exist_ok=True)
        hand_over(other.folder)
        source = f"host=127.0.0.1 port={self.port} user={USER} application_name={name}"
        self._run("pg_basebackup", "-d", source, "-D", other.data, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        other.start()
        return other

    def promote(self) -> None:
        """Make a standby a primary, and wait until it takes writes."""
        self.execute("SELECT pg_promote(true, 60)")

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        hand_over(self.folder)
        self._run("initdb", "-D", self.data, "-U", USER, "--locale=C", "--encoding=UTF8", "--auth=trust", "--no-sync")

    def _configure(self) -> None:
        """At the end of the file, where the last word on a setting is had."""
        ours = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.sockets,
            "dynamic_shared_memory_type": "mmap",  # in its folder, so that a killed one leaves nothing elsewhere
            "shared_buffers": "32MB",
            **self.settings,
        }
        lines = [f"{name} = '{value}'\n" for name, value in ours.items()]
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(lines)

    def _await(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._bound is None or self._bound.poll() is not None:
                    said = self.log.read_text(errors="replace")[-2000:]
                    self.kill()
                    raise AssertionError(f"PostgreSQL did not start:\n{said}") from None
                time.sleep(0.02)
            else:
                return

    def _server(self) -> psutil.Process | None:
        if self._bound is None or self._bound.poll() is not None:
            return None
        children = psutil.Process(self._bound.pid).children()
        return next((child for child in children if child.name().startswith("postgres")), None)

    def _over(self) -> None:
        """Wait until it has gone."""
        if self._bound is not None:
            self._bound.wait(60)
            assert self._bound.stdin is not None
            self._bound.stdin.close()
            self._bound = None

    def _run(self, program: str, *words: object) -> None:
        done = subprocess.run(
            [str(binaries() / program), *map(str, words)], capture_output=True, text=True, check=False,
            env={**os.environ, "LC_ALL": "C"}, **unprivileged(),
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{program}: {done.stderr}")


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
