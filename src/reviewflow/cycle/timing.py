"""When an act happened, and whether it may be recorded that late.

Happened is never after recorded. Recording something further back than the programme allows takes a
lead or administrator and a reason: otherwise an expired champion just back-dates.
"""

from __future__ import annotations

from datetime import date

from reviewflow.cycle.setting import Setting
from reviewflow.errors import Unmet
from reviewflow.events import Asked
from reviewflow.registry.events import INSTALLATION

MAY_BACKDATE = ("partnership_lead", "programme_manager", "administrator")
LEADS = tuple(role.replace("_", " ") for role in MAY_BACKDATE)


def judge_time(asked: Asked, setting: Setting) -> list[Unmet]:
    """What stands against the moment said: in the future, or too far back without authority or reason."""
    now, moment = setting.now, setting.moment
    if now.before(moment):
        return [Unmet("in-the-future", f"happened {moment}, but it is {now} now; record it when it has happened")]
    unmet = []
    opened = setting.cycle.opened if setting.cycle is not None else None
    if opened is not None and not opened.latest and moment.before(opened):
        unmet.append(Unmet("before-opening", f"happened {moment}, but the cycle was opened {opened}"))
    if is_backdated(setting):
        unmet += judge_backdating(asked, setting, moment.on)
    return unmet


def is_backdated(setting: Setting) -> bool:
    """Whether it is recorded later than the policy's limit."""
    return setting.day < setting.earliest


def judge_backdating(asked: Asked, setting: Setting, day: date) -> list[Unmet]:
    """What stands against saying today that something happened on a day further back than the policy allows."""
    limit = f"{day} is more than {setting.backdating_days} days ago"
    # Whoever was signed in answers for the lateness; an operator without a person leaves it to the actor.
    recorder = asked.entered_by if isinstance(asked.entered_by, str) else asked.by
    unmet = []
    if authority(setting, recorder) is None:
        person = setting.person(recorder)
        roles = ", ".join(sorted({role for role, _ in person.roles_on(setting.today)} if person else ())) or "no role"
        sentence = f"{limit}; recording it takes a lead or an administrator, whoever records this has: {roles}"
        unmet.append(Unmet("too-far-back", sentence, LEADS))
    if not (asked.reason and asked.reason.strip()):
        unmet.append(Unmet("no-reason", f"{limit}; say why it is recorded so late"))
    return unmet


def authority(setting: Setting, person_id: str) -> str | None:
    """The standing role, held today, in which a person answers for what is recorded of this cycle; None if none."""
    person = setting.person(person_id)
    scopes = {setting.partnership, setting.programme, INSTALLATION}
    held = {role for role, scope in person.roles_on(setting.today) if scope in scopes} if person else ()
    return next((name for name in MAY_BACKDATE if name in held), None)
