"""When an act happened, and whether it may be recorded that late.

Happened is never after recorded. Recording something further back than the programme allows takes a
lead or administrator and a reason: otherwise an expired champion just back-dates.
"""

from __future__ import annotations

from datetime import timedelta

from reviewflow.cycle.setting import Setting, local_day
from reviewflow.errors import Unmet
from reviewflow.events import Asked, Happened
from reviewflow.registry.programmes import Programme

MAY_BACKDATE = ("partnership_lead", "programme_manager", "administrator")


def moment_of(asked: Asked, programme: Programme) -> Happened:
    """When it happened: as said, else just now in the programme's time zone."""
    return asked.happened or local_day(asked.at, programme.time_zone)


def judge_time(asked: Asked, programme: Programme, setting: Setting) -> list[Unmet]:
    """What stands against the moment said: in the future, or too far back without authority or reason."""
    now = local_day(asked.at, programme.time_zone)
    moment = setting.moment
    if now.before(moment):
        return [Unmet("in-the-future", f"happened {moment}, but it is {now} now; record it when it has happened")]
    unmet = []
    if setting.cycle is not None and moment.before(setting.cycle.opened):
        opened = setting.cycle.opened
        unmet.append(Unmet("before-opening", f"happened {moment}, but the cycle was opened {opened}"))
    earliest = now.on - timedelta(days=programme.backdating_days)
    if moment.on < earliest:
        unmet += _judge_backdating(asked, programme, setting, now)
    return unmet


def is_backdated(asked: Asked, programme: Programme, moment: Happened) -> bool:
    """Whether it is recorded later than the policy's limit."""
    return moment.on < local_day(asked.at, programme.time_zone).on - timedelta(days=programme.backdating_days)


def _judge_backdating(asked: Asked, programme: Programme, setting: Setting, now: Happened) -> list[Unmet]:
    limit = f"{setting.moment.on} is more than {programme.backdating_days} days ago"
    # Whoever was signed in answers for the lateness; an operator without a person leaves it to the actor.
    recorder = asked.entered_by if isinstance(asked.entered_by, str) else asked.by
    person = setting.person(recorder)
    held = {role for role, _ in person.roles_on(now.on)} if person else set()
    scopes = {setting.partnership, setting.programme, "installation"}
    authority = person is not None and any(
        role in MAY_BACKDATE and scope in scopes for role, scope in person.roles_on(now.on)
    )
    unmet = []
    if not authority:
        roles = ", ".join(sorted(held)) or "no role"
        sentence = f"{limit}; recording it takes a lead or an administrator, whoever records this has {roles}"
        unmet.append(Unmet("too-far-back", sentence, tuple(r.replace("_", " ") for r in MAY_BACKDATE)))
    if not (asked.reason and asked.reason.strip()):
        unmet.append(Unmet("no-reason", f"{limit}; say why it is recorded so late"))
    return unmet
