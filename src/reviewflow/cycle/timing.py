"""When an act happened, and whether it may be recorded that late.

Happened is never after recorded. Recording something further back than the programme allows takes a
lead or administrator and a reason: otherwise an expired champion just back-dates.
"""

from __future__ import annotations

from reviewflow.cycle.setting import Setting
from reviewflow.errors import Unmet
from reviewflow.events import Asked
from reviewflow.registry.events import INSTALLATION

MAY_BACKDATE = ("partnership_lead", "programme_manager", "administrator")


def judge_time(asked: Asked, setting: Setting) -> list[Unmet]:
    """What stands against the moment said: in the future, or too far back without authority or reason."""
    now, moment = setting.now, setting.moment
    if now.before(moment):
        return [Unmet("in-the-future", f"happened {moment}, but it is {now} now; record it when it has happened")]
    unmet = []
    if setting.cycle is not None and moment.before(setting.cycle.opened):
        opened = setting.cycle.opened
        unmet.append(Unmet("before-opening", f"happened {moment}, but the cycle was opened {opened}"))
    if is_backdated(setting):
        unmet += _judge_backdating(asked, setting)
    return unmet


def is_backdated(setting: Setting) -> bool:
    """Whether it is recorded later than the policy's limit."""
    return setting.day < setting.earliest


def _judge_backdating(asked: Asked, setting: Setting) -> list[Unmet]:
    limit = f"{setting.day} is more than {setting.backdating_days} days ago"
    # Whoever was signed in answers for the lateness; an operator without a person leaves it to the actor.
    recorder = asked.entered_by if isinstance(asked.entered_by, str) else asked.by
    person = setting.person(recorder)
    held = person.roles_on(setting.today) if person else []
    scopes = {setting.partnership, setting.programme, INSTALLATION}
    unmet = []
    if not any(role in MAY_BACKDATE and scope in scopes for role, scope in held):
        roles = ", ".join(sorted({role for role, _ in held})) or "no role"
        sentence = f"{limit}; recording it takes a lead or an administrator, whoever records this has: {roles}"
        unmet.append(Unmet("too-far-back", sentence, tuple(r.replace("_", " ") for r in MAY_BACKDATE)))
    if not (asked.reason and asked.reason.strip()):
        unmet.append(Unmet("no-reason", f"{limit}; say why it is recorded so late"))
    return unmet
