"""Metrics for Prometheus: how many, how long, how far behind. No ids, nothing about anybody.

Counters are kept by each process and, where there are several, added up from files beside them; what can be asked of
the store is asked when somebody asks for metrics.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from reviewflow.access.sessions import Sessions
from reviewflow.engine import Done, Engine
from reviewflow.engine.answers import Answer
from reviewflow.errors import BadInput, Refused, ReviewflowError, StreamMoved
from reviewflow.events import Command
from reviewflow.following import effects
from reviewflow.following.lag import lags
from reviewflow.settings import Settings
from reviewflow.web.metrics_together import SHARED
from reviewflow.web.watching import Seen
from reviewflow.wiring import Installation

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_OUTCOMES: Final[dict[type[ReviewflowError], str]] = {Refused: "refused", BadInput: "wrong", StreamMoved: "overtaken"}


disable_created_metrics()  # type: ignore[no-untyped-call]  # twice as many lines, which nobody asks for


class Metrics:
    """What this process counts; safe for threads."""

    def __init__(self, installation: Installation) -> None:
        """Of one installation."""
        self._here = CollectorRegistry()
        self._asked = _AskedOfTheStore(installation)
        self._requests = Counter(
            "reviewflow_requests", "Requests answered.", ("route", "method", "status"), registry=self._here
        )
        self._seconds = Histogram(
            "reviewflow_request_seconds", "How long requests took.", ("route", "method"), buckets=_BUCKETS,
            registry=self._here,
        )  # fmt: skip
        self._commands = Counter(
            "reviewflow_commands", "Commands given through this door.", ("command", "outcome"), registry=self._here
        )
        self._sign_ins = Counter("reviewflow_sign_ins", "Sign-ins tried.", ("how", "outcome"), registry=self._here)
        self._several = SHARED in os.environ
        if not self._several:
            ProcessCollector(registry=self._here)

    def seen(self, one: Seen) -> None:
        """A request was answered."""
        self._requests.labels(one.route, one.method, str(one.status)).inc()
        self._seconds.labels(one.route, one.method).observe(one.seconds)

    def command(self, kind: str, outcome: str) -> None:
        """A command was given: done, refused, wrong, overtaken, failed, or repeated."""
        self._commands.labels(kind, outcome).inc()

    def sign_in(self, how: str, *, done: bool) -> None:
        """Somebody tried to sign in by password, link or oidc."""
        self._sign_ins.labels(how, "done" if done else "failed").inc()

    def counting(self, installation: Installation) -> Installation:
        """The same installation, whose engine counts what becomes of commands."""
        return replace(installation, engine=_Counted(installation.engine, self))

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        counted = self._here
        if self._several:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        asked = CollectorRegistry()
        asked.register(self._asked)
        return bytes(generate_latest(counted) + generate_latest(asked))


class _Counted(Engine):
    """An engine of the same parts."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        vars(self).update(vars(engine))
        self._metrics = metrics

    def handle(self, command: Command, *, dry_run: bool = False) -> Done:
        """As the engine does; a rehearsal does not count."""
        try:
            done = super().handle(command, dry_run=dry_run)
        except Exception as error:
            if not dry_run:
                self._metrics.command(command.name, _outcome(error))
            raise
        if not dry_run:
            self._metrics.command(command.name, "repeated" if done.repeated else "done")
        return done

    def handle_all(self, commands: Sequence[Command], *, dry_run: bool = False) -> list[Answer]:
        """As the engine does."""
        answers = super().handle_all(commands, dry_run=dry_run)
        if not dry_run:
            for command, answer in zip(commands, answers, strict=True):
                self._metrics.command(command.name, "done" if isinstance(answer, Done) else _outcome(answer))
        return answers


def _outcome(error: Exception) -> str:
    return next((told for kind, told in _OUTCOMES.items() if isinstance(error, kind)), "failed")


class _AskedOfTheStore(Collector):
    """What the store says now; where it does not answer, only that."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def collect(self) -> Iterator[Metric]:
        """Each as a metric."""
        try:
            found = list(self._ask())
        except ReviewflowError:
            yield GaugeMetricFamily("reviewflow_store_up", "Whether the store answers.", 0)
            return
        yield GaugeMetricFamily("reviewflow_store_up", "Whether the store answers.", 1)
        yield from found

    def _ask(self) -> Iterable[Metric]:
        installation, now = self._installation, self._installation.clock.now()
        with installation.store.snapshot() as snapshot:
            end = snapshot.position()
            found = lags(snapshot, [view.name for view in installation.views.following])
            counted = effects.counted(snapshot.connection)
        behind = GaugeMetricFamily(
            "reviewflow_follower_behind_records", "Records not followed yet.", labels=["follower"]
        )
        late = GaugeMetricFamily(
            "reviewflow_follower_behind_seconds", "Seconds since the first of those was recorded.", labels=["follower"]
        )
        broken = GaugeMetricFamily("reviewflow_follower_broken", "Whether it stopped.", labels=["follower"])
        for one in found:
            behind.add_metric([one.name], one.behind)
            late.add_metric([one.name], max((now - one.since).total_seconds(), 0) if one.since else 0)
            broken.add_metric([one.name], 0 if one.broken_at is None else 1)
        sending = GaugeMetricFamily("reviewflow_effects", "What is to be sent.", labels=["state"])
        for state in ("waiting", "aside"):
            sending.add_metric([state], counted.get(state, 0))
        sessions = Sessions(installation.store, installation.clock).count()
        return [
            GaugeMetricFamily("reviewflow_log_records", "Records in the log.", end), behind, late, broken, sending,
            GaugeMetricFamily("reviewflow_sessions", "People's sessions that are not over.", sessions),
        ]  # fmt: skip


def routes(installation: Installation, metrics: Metrics) -> APIRouter:
    """`/metrics`, for whoever has the token; without one only for this machine."""
    router = APIRouter()

    @router.get("/metrics", name="metrics")
    def answer(request: Request) -> Response:
        """Everything that is measured."""
        if not may_see(request, installation.settings):
            text = "Metrics are for this machine, or for whoever has the token of REVIEWFLOW_METRICS_TOKEN.\n"
            return PlainTextResponse(text, 403, headers={"cache-control": "no-store"})
        return Response(metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})

    return router


def may_see(request: Request, settings: Settings) -> bool:
    """With a token set: whoever brings it. Without: this machine, if nothing speaks of a proxy in between."""
    if settings.metrics_token:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), settings.metrics_token.encode())
        return same and kind.lower() == "bearer"
    # Behind a proxy on this machine everybody comes from this machine.
    proxied = settings.url or settings.trusted_proxies or any(name in request.headers for name in _FORWARDED)
    return not proxied and _is_loopback(request.client)


def _is_loopback(client: Any) -> bool:
    try:
        return client is not None and ip_address(client.host).is_loopback
    except ValueError:
        return False
