"""One process that serves: the application around an open installation, the followers beside it, and how both end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from reviewflow.asking.tidying import Daily
from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.following.assembled import all_followers
from reviewflow.following.notices import Notices
from reviewflow.following.runner import Runner
from reviewflow.settings import Settings
from reviewflow.web.app import create_app
from reviewflow.web.logging import Log, listening_to_libraries
from reviewflow.web.metrics import Metrics
from reviewflow.web.request_limits import HEADERS, RequestLimits
from reviewflow.web.site import WebOptions
from reviewflow.web.slow_clients import PatientProtocol
from reviewflow.web.static_files import STATIC
from reviewflow.web.stopping import FINISH_WITHIN, Stopping
from reviewflow.web.watching import Watching
from reviewflow.wiring import Installation

Ready = Callable[[], None]
"""Called once it answers."""

_KEEP_ALIVE: Final = 20
_AT_ONCE: Final = 500
"""Connections; to whoever asks then, 503. Some more may be open (`slow_clients.MOST_AT_ONCE`) to be told so."""
_WAITING: Final = 256


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    followers: bool = True
    demo: bool = False


_UNSTYLED: Final = (
    "the pages' stylesheet is not there: it is fetched while reviewflow is built or installed. Pages work, unstyled"
)
_UNPROTECTED: Final = (
    "others can reach {}, and REVIEWFLOW_URL names no https address: passwords and cookies pass unprotected. "
    "Put a proxy with TLS before it, and set REVIEWFLOW_URL=https://..."
)


@contextmanager
def listening(serving: Serving) -> Iterator[socket.socket]:
    """The place where people connect; `BadInput` if it cannot be had."""
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            serving.host, serving.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        want = f"want an address of this machine, as in 127.0.0.1: {getattr(error, 'strerror', None) or error}"
        raise BadInput("serve", [Fault("--host", repr(serving.host), want)]) from error
    # asyncio sends small answers at once (TCP_NODELAY) only on a socket that says it is TCP: else each takes 40 ms.
    with socket.socket(family, kind, protocol) as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind(address)
            found.listen(_WAITING)
        except OSError as error:
            where = f"{serving.host} port {serving.port}"
            want = f"it cannot be had ({error.strerror}): stop what is there, or name another with --port"
            raise BadInput("serve", [Fault("--port", where, want)]) from error
        yield found


def address_of(found: socket.socket) -> str:
    """What one types into a browser."""
    host, port = found.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - told, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def warnings(serving: Serving, settings: Settings) -> list[str]:
    """What is likely not meant so."""
    found = [] if (STATIC / "govuk" / "govuk-frontend.css").exists() else [_UNSTYLED]
    try:
        far = not ip_address(serving.host).is_loopback
    except ValueError:
        far = serving.host != "localhost"
    if far and not (settings.url or "").startswith("https://"):
        found.append(_UNPROTECTED.format(serving.host))
    return found


def check_workers(serving: Serving, installation: Installation) -> None:
    """`BadInput` for several workers where all that write wait for one another."""
    if serving.workers > 1 and installation.store.one_writer:
        want = (
            "want 1: all that write to an SQLite file wait for one another. Several want PostgreSQL (REVIEWFLOW_STORE)"
        )
        raise BadInput("serve", [Fault("--workers", str(serving.workers), want)])


def check_keys(installation: Installation) -> None:
    """`StoreUnreachable` where texts can be neither read nor recorded."""
    if not installation.vault.readable:
        why = "the master key is missing: no text can be read, and nothing can be recorded"
        remedy = "give it by REVIEWFLOW_MASTER_KEY_FILE, REVIEWFLOW_MASTER_KEY or REVIEWFLOW_MASTER_KEY_COMMAND"
        raise StoreUnreachable(f"the vault {installation.settings.keys_place}", why, remedy)


def application(installation: Installation, serving: Serving, log: Log) -> ASGIApp:
    """The application with what stands around it: limits, and who watches."""
    app = create_app(installation, WebOptions(url=installation.settings.url, demo=serving.demo))
    metrics: Metrics = app.state.metrics
    return Watching(RequestLimits(app), [log.seen, metrics.seen], lambda error, one: log.failed(error, request=one))


def serve(
    installation: Installation, serving: Serving, found: socket.socket, stop: Stopping, log: Log,
    ready: Ready,
) -> None:  # fmt: skip
    """Serve until told to stop. Raises what ended the followers, if it was they who could not go on."""
    trusted = (installation.settings.trusted_proxies or "").split()
    server = _Server(config(application(installation, serving, log), trusted=trusted), ready)
    following = _following(installation, log, stop) if serving.followers else _nobody()
    with listening_to_libraries(log), following as failures:
        stop.server = server
        if not stop.told:
            server.run([found])
    if failures:
        raise failures[0]


def config(app: ASGIApp, *, trusted: Sequence[str]) -> uvicorn.Config:
    """How uvicorn serves: with limits, and without a log of its own."""
    return uvicorn.Config(
        app, http=PatientProtocol, ws="none", lifespan="off", interface="asgi3", log_config=None, access_log=False,
        server_header=False, timeout_keep_alive=_KEEP_ALIVE, timeout_graceful_shutdown=FINISH_WITHIN,
        h11_max_incomplete_event_size=HEADERS, limit_concurrency=_AT_ONCE, backlog=_WAITING,
        # Whose word is taken for who asks: nobody's, unless it was said. Never what the environment tells uvicorn.
        proxy_headers=bool(trusted), forwarded_allow_ips=list(trusted) or "127.0.0.1",
    )  # fmt: skip


class _Server(uvicorn.Server):
    """Signals are ours, and mean a good end."""

    def __init__(self, config: uvicorn.Config, ready: Ready) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """They are caught already."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so once it answers."""
        await super().startup(sockets)
        self._ready()


def nothing() -> None:
    """Nobody need be told."""


@contextmanager
def _nobody() -> Iterator[list[BaseException]]:
    yield []


@contextmanager
def _following(installation: Installation, log: Log, stop: Stopping) -> Iterator[list[BaseException]]:
    """Followers in a thread of their own; one process of several leads, the others stand by."""
    followers = all_followers(installation.views.following, installation.settings)
    failures: list[BaseException] = []
    with installation.store.leadership() as leads:
        said = Notices(installation.clock, log.notice)
        daily = Daily(installation)
        runner = Runner(installation.store, followers, installation.clock, said, leads=leads, beside=daily)

        def work() -> None:
            try:
                runner.run()
            except BaseException as error:  # noqa: BLE001 - raised again where the process ends
                failures.append(error)
                stop.stop()

        thread = threading.Thread(target=work, name="reviewflow-following", daemon=True)
        thread.start()
        try:
            yield failures
        finally:
            runner.stop()
            with suppress(RuntimeError):
                thread.join()
