"""The options that commands share, and what they say: who acts, when it happened, what is asked about when."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any, TypeVar

import click

Run = TypeVar("Run", bound=Callable[..., Any])


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks only
    """A date as in 2026-03-14, and no other way of writing one."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date."""
        if isinstance(value, datetime | date):
            return value
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            with suppress(ValueError):
                return date.fromisoformat(value)
        return self.fail(f"got {value!r}, want a date that exists, as in 2026-03-14", param, ctx)


class Hour(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks only
    """A time of day as in 14:30."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """The time."""
        if isinstance(value, time):
            return value
        if re.fullmatch(r"\d{2}:\d{2}", value, re.ASCII):
            with suppress(ValueError):
                return time.fromisoformat(value)
        return self.fail(f"got {value!r}, want a time of day as in 14:30", param, ctx)


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks only
    """A moment as in 2026-03-14T12:00Z; UTC unless it says otherwise, a day alone means all of it."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, aware."""
        if isinstance(value, datetime):
            return value
        if re.match(r"\d{4}-\d{2}-\d{2}(T|$)", value, re.ASCII):
            with suppress(ValueError, OverflowError):
                if len(value) == len("2026-03-14"):
                    return datetime.combine(date.fromisoformat(value), time.max, UTC)
                moment = datetime.fromisoformat(value)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return self.fail(f"got {value!r}, want a moment as in 2026-03-14T12:00Z, or a day", param, ctx)


DAY, HOUR, MOMENT = Day(), Hour(), Moment()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said beside a question."""

    viewer: str | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    json: bool = False


@dataclass(frozen=True, slots=True)
class Acting:
    """What was said beside a command."""

    actor: str | None = None
    on: date | None = None
    at: time | None = None
    latest: date | None = None
    reason: str | None = None
    command_id: str | None = None
    dry_run: bool = False
    json: bool = False
    behalf: str | None = None
    """The absent person for whom it is done."""


_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")


def reading(command: Run) -> Run:
    """Add the options of a question; they come as `how`."""

    @wraps(command)
    def run(
        *args: Any, viewer: str | None, as_of: date | None, known_at: datetime | None, as_json: bool, **rest: Any
    ) -> Any:
        return command(*args, how=Reading(viewer, as_of, known_at, as_json), **rest)

    return _with(run, [  # type: ignore[return-value]
        click.option("--as", "viewer", metavar="PERSON", help="Show what this person may see; without it, all."),
        click.option("--as-of", type=DAY, metavar="DATE", help="As it was at the end of that day."),
        click.option("--known-at", type=MOMENT, metavar="MOMENT",
                     help="As it was known at that moment (2026-03-14T12:00Z; a day means all of it; UTC)."),
        _JSON,
    ])  # fmt: skip


def acting_because(why: str) -> Callable[[Run], Run]:
    """Add the options of a command; they come as `how`. `why` says what `--reason` is for."""

    def add(command: Run) -> Run:
        @wraps(command)
        def run(
            *args: Any, actor: str | None, on: date | None, at: time | None, latest: date | None,
            why_: str | None, command_id: str | None, dry_run: bool, as_json: bool, **rest: Any,
        ) -> Any:  # fmt: skip
            if on is not None and latest is not None:
                raise click.UsageError("--on says the day itself, --by the latest it can have been: give one of them")
            if at is not None and on is None and latest is None:
                raise click.UsageError("--at needs its day: give --on DATE (or --by DATE) with it")
            _check_command_id(command_id)
            how = Acting(actor, on, at, latest, why_, command_id, dry_run, as_json)
            return command(*args, how=how, **rest)

        return _with(run, [  # type: ignore[return-value]
            click.option("--as", "actor", metavar="PERSON", help="Who acts; without it, REVIEWFLOW_ACTOR."),
            click.option("--on", type=DAY, metavar="DATE", help="The day it happened; without it, now."),
            click.option("--at", type=HOUR, metavar="HH:MM", help="The time of that day, if known."),
            click.option("--by", "latest", type=DAY, metavar="DATE", help="It happened on that day or before."),
            click.option("--reason", "why_", metavar="TEXT", help=why),
            click.option("--command-id", metavar="ID", help="Given twice, it is done once: for scripts."),
            click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
            _JSON,
        ])  # fmt: skip

    return add


acting = acting_because("Why it is recorded late; wanted when it happened long ago.")


def for_another(command: Run) -> Run:
    """Add `--for`, for a command that a stand-in may give; stands below the options of a command."""

    @wraps(command)
    def run(*args: Any, how: Acting, behalf: str | None, **rest: Any) -> Any:
        return command(*args, how=replace(how, behalf=behalf), **rest)

    told = "The absent person for whom it is done; they asked you to stand in (person delegate)."
    return _with(run, [click.option("--for", "behalf", metavar="PERSON", help=told)])  # type: ignore[return-value]


def acting_now(why: str) -> Callable[[Run], Run]:
    """The same for a command that is about what is known, and happens when it is given: it has no day of its own."""

    def add(command: Run) -> Run:
        @wraps(command)
        def run(
            *args: Any, actor: str | None, why_: str | None, command_id: str | None, dry_run: bool, as_json: bool,
            **rest: Any,
        ) -> Any:  # fmt: skip
            _check_command_id(command_id)
            how = Acting(actor, reason=why_, command_id=command_id, dry_run=dry_run, json=as_json)
            return command(*args, how=how, **rest)

        return _with(run, [  # type: ignore[return-value]
            click.option("--as", "actor", metavar="PERSON", help="Who acts; without it, REVIEWFLOW_ACTOR."),
            click.option("--reason", "why_", metavar="TEXT", help=why),
            click.option("--command-id", metavar="ID", help="Given twice, it is done once: for scripts."),
            click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
            _JSON,
        ])  # fmt: skip

    return add


def _check_command_id(command_id: str | None) -> None:
    if command_id is not None and not re.fullmatch(r"[A-Za-z0-9_.:-]{1,100}", command_id, re.ASCII):
        raise click.UsageError("--command-id: want 1 to 100 letters, digits, and - _ . :")


def _with(run: Callable[..., Any], options: list[Callable[[Any], Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        run = option(run)
    return run
