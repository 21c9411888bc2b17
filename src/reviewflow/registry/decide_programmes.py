"""Decisions about the installation, programmes, calendars and workflows."""

from __future__ import annotations

import re
from typing import Final
from zoneinfo import ZoneInfo

from reviewflow.errors import Refused, Unmet
from reviewflow.events import Unsealed, identify
from reviewflow.registry.asking import happened, said, today
from reviewflow.registry.bank_holidays import NATIONS
from reviewflow.registry.commands import (
    ChangeProgramme,
    PublishCalendar,
    PublishWorkflow,
    SetUpInstallation,
    SetUpProgramme,
)
from reviewflow.registry.decided import Events
from reviewflow.registry.events import (
    INSTALLATION,
    CalendarPublished,
    PersonRegistered,
    ProgrammeChanged,
    ProgrammeSetUp,
    RoleGiven,
    WorkflowPublished,
)
from reviewflow.registry.given import Given, free_handle
from reviewflow.registry.handles import is_handle
from reviewflow.registry.holders import holders
from reviewflow.registry.known import Known
from reviewflow.registry.permissions import ADMINISTRATOR

_NAMED_DAY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_WORKFLOW: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


def set_up_installation(command: SetUpInstallation, known: Known) -> Events:
    """The first administrator registers themselves."""
    day = today(command.asked, known)
    given = Given(command.cause)
    name, email = given.name("admin name", command.admin_name), given.email("email", command.email)
    given.check()
    if there := holders(known, ADMINISTRATOR, INSTALLATION, day):
        sentence = f"there is an administrator already ({len(there)} in all); an administrator gives the role to others"
        raise Refused(command.cause, [Unmet("already-set-up", sentence, who=(ADMINISTRATOR,))])
    person, grant = identify(command.asked.id, 0), identify(command.asked.id, 1)
    common = {**said(command, happened(command, day)), "by": person, "role": ADMINISTRATOR}
    return [
        (
            f"person-{person}",
            PersonRegistered(**common, person_name=Unsealed(name), email=Unsealed(email) if email else None),
        ),
        (
            f"person-{person}",
            RoleGiven(
                **common,
                grant=grant,
                held=ADMINISTRATOR,
                scope=INSTALLATION,
                scope_kind="installation",
                since=common["happened"].on,
            ),
        ),
    ]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def _policy(given: Given, command: SetUpProgramme | ChangeProgramme) -> None:
    if command.time_zone is not None and not _is_zone(command.time_zone):
        given.fault("time zone", command.time_zone, "expected a name such as Europe/London")
    if command.backdating_days is not None and command.backdating_days < 0:
        given.fault("backdating days", str(command.backdating_days), "expected 0 or more")
    if command.nation is not None and command.nation not in NATIONS:
        given.fault("nation", command.nation, f"expected one of {', '.join(NATIONS)}")
    # It may be published later; opening a cycle asks for it.
    if command.workflow is not None and not _WORKFLOW.fullmatch(command.workflow):
        given.fault("workflow", command.workflow, "expected a name such as spp-peer-review")


def set_up_programme(command: SetUpProgramme, known: Known) -> Events:
    """A new programme."""
    given = Given(command.cause)
    name = given.name("name", command.programme_name)
    _policy(given, command)
    given.handle(command.handle)
    given.check()
    day = today(command.asked, known)
    event = ProgrammeSetUp(
        **said(command, happened(command, day)),
        name=name,
        handle=free_handle(command.cause, known, command.handle, name, kind="programme"),
        time_zone=command.time_zone,
        workflow=command.workflow,
        backdating_days=command.backdating_days,
        nation=command.nation,
    )
    return [(f"programme-{identify(command.asked.id)}", event)]


def change_programme(command: ChangeProgramme, known: Known) -> Events:
    """What is given and differs."""
    given = Given(command.cause)
    programme = given.programme(known, command.programme)
    name = given.name("name", command.programme_name) if command.programme_name is not None else None
    _policy(given, command)
    given.check()
    assert programme is not None
    wanted = {
        "name": name,
        "time_zone": command.time_zone,
        "workflow": command.workflow,
        "backdating_days": command.backdating_days,
        "nation": command.nation,
    }
    changed = {k: v for k, v in wanted.items() if v is not None and v != getattr(programme, k)}
    if not changed:
        return []
    when = happened(command, today(command.asked, known, programme.id))
    return [(f"programme-{programme.id}", ProgrammeChanged.model_validate({**said(command, when), **changed}))]


def publish_calendar(command: PublishCalendar, known: Known) -> Events:
    """The calendar as it is now, unless that is how it was published last."""
    given = Given(command.cause)
    given.scope(known, "owner", command.owner_kind, command.owner)
    if not is_handle(command.calendar):
        given.fault("calendar", command.calendar, "expected a name such as terms-2026: letters, digits, hyphens")
    for closed in command.closed:
        given.name(f"closed day {closed.on}", closed.name)
    for name in command.named:
        if not _NAMED_DAY.fullmatch(name):
            given.fault("named day", name, "expected a name such as end_of_year: small letters, digits, underscores")
    if not command.closed and not any(command.named.values()):
        given.fault("days", "none", "expected at least one closed or named day")
    given.check()
    programme = command.owner if command.owner_kind == "programme" else None
    closed_days = tuple(sorted(set(command.closed), key=lambda c: (c.on, c.name)))
    named = {name: tuple(sorted(set(days))) for name, days in sorted(command.named.items()) if days}
    before = known.calendar(command.owner)
    last = before.published.get(command.calendar) if before else None
    if last and (last.closed, last.named) == (closed_days, named):
        return []
    event = CalendarPublished(
        **said(command, happened(command, today(command.asked, known, programme))),
        owner=command.owner,
        calendar=command.calendar,
        closed=closed_days,
        named=named,
        source=command.source,
    )
    return [(f"calendar-{command.owner}", event)]


def publish_workflow(command: PublishWorkflow, known: Known) -> Events:
    """An edition becomes the latest, unless it is that already."""
    given = Given(command.cause)
    if not _WORKFLOW.fullmatch(command.workflow):
        given.fault("workflow", command.workflow, "expected a name such as spp-peer-review")
    if not re.fullmatch(r"[0-9a-f]{64}", command.digest, re.ASCII):
        given.fault("digest", command.digest, "expected a SHA-256 in hex")
    given.name("edition", command.edition)
    given.check()
    before = known.workflow(command.workflow)
    if before and before.latest.digest == command.digest:
        return []
    event = WorkflowPublished(
        **said(command, happened(command, today(command.asked, known))),
        workflow=command.workflow,
        edition=command.edition,
        digest=command.digest,
        document=dict(command.document),
    )
    return [(f"workflow-{command.workflow}", event)]
