"""The course of one cycle: every step with its day, entered in the diary; told for one cycle, silent for the others.

All texts are placeholders: nothing here may sound like a judgement about a school.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from reviewflow.cycle.commands import AcceptAssignment, AddEvidence, Agree, OfferAssignment, TakeStep
from reviewflow.demo.calendar import NAMED, terms
from reviewflow.demo.cast import HEADS
from reviewflow.demo.diary import Diary, moment
from reviewflow.demo.hand import Hand
from reviewflow.demo.rounds import FORMS, Plan

_CLOSED: Final = frozenset(day.on for day in terms())
_EXAMPLE: Final = "Example text, no finding."
_EVIDENCE: Final = (("r1", "work_scrutiny"), ("r2", "pupil_voice"))


class Course:
    """Drives one cycle along its plan. `told` shows its commands from then on, `narrated` also says what they mean."""

    def __init__(self, hand: Hand, plan: Plan) -> None:
        """`hand` gives the commands."""
        self.hand, self.plan = hand, plan
        self.told = self.narrated = False
        self.head = HEADS[plan.school]
        self.lead, *_ = plan.team

    @property
    def visit(self) -> dict[str, Any]:
        """The form that arranges the visit."""
        first = self.plan.visit
        return {
            "first_day": str(first),
            "last_day": str(first + timedelta(days=1)),
            "mode": "onsite",
            "questions": [
                {"question": "To what extent do pupils write at length?"},
                {"question": "To what extent do pupils talk about what they write?"},
            ],
        }

    def enter(self, diary: Diary) -> None:
        """Write every step of the plan into the diary, up to its end."""
        for step in self.until_end():
            diary.write(self.when(step), step)
        if self.plan.ending.step is not None:
            diary.write(moment(self.plan.ending.on), self.end)

    def until_end(self) -> list[Callable[[], None]]:
        """Every step of the plan, in the order of the workflow, up to its end."""
        steps = list(self._steps())
        return steps[: steps.index(getattr(self, self.plan.ending.last)) + 1]

    def when(self, step: Callable[[], None]) -> datetime:
        """When a step of the plan is taken: on a day on which schools are open, each a little later than the last."""
        steps = self._steps()
        return moment(_open_day(steps[step])) + timedelta(minutes=15 * list(steps).index(step))

    # In the order of the workflow, which is not always that of the days: a plan ends at one of these.
    def _steps(self) -> dict[Callable[[], None], date]:
        opens, visit, held = self.plan.opens, self.plan.visit, self.plan.visit + timedelta(days=7)
        return {
            self.plan_visit: opens + timedelta(days=1),
            self.choose_focus: opens + timedelta(days=2),
            self.start_self_evaluation: visit - timedelta(days=35),
            self.ask_reviewers: visit - timedelta(days=26),
            self.accept_reviewing: visit - timedelta(days=25),
            self.submit_self_evaluation: visit - timedelta(days=14),
            self.meet_before: visit - timedelta(days=11),
            self.arrange_visit: visit - timedelta(days=8),
            self.agree_visit: visit - timedelta(days=7),
            self.start_visit: visit,
            self.gather_evidence: visit + timedelta(days=1),
            self.share_feedback: visit + timedelta(days=2),
            self.respond: visit + timedelta(days=6),
            self.find_champion: visit + timedelta(days=2),
            self.arrange_workshop: visit + timedelta(days=3),
            self.hold_workshop: held,
            self.propose_plan: held + timedelta(days=2),
            self.sign_plan: held + timedelta(days=3),
            self.check_in: held + timedelta(days=33),
            self.check_in_again: held + timedelta(days=63),
            self.look_at_impact: max(held + timedelta(days=90), self._last_week()),
            self.complete: max(held + timedelta(days=91), self._last_week() + timedelta(days=1)),
        }

    def _last_week(self) -> date:
        after = (day for day in NAMED["end_of_year"] if day > self.plan.visit)
        return next(after, self.plan.visit + timedelta(days=250)) - timedelta(days=8)

    # Each of these is one morning.

    def plan_visit(self) -> None:
        """The partnership lead puts the visit into the schedule."""
        self._stage("Before it begins", "The partnership lead plans the day of the visit, from which deadlines count.")
        self._do("plan_visit", "lena", planned_day=str(self.plan.visit))

    def choose_focus(self) -> None:
        """The head chooses the focus, and who leads the self-evaluation."""
        self._say("The headteacher chooses the focus - the school decides, nobody else - and who leads at the school.")
        self._do("choose_focus", self.head, focus_areas=["Pupils' writing"], theme="looking_inward")
        self._do("name_school_lead", self.head, school_lead=self._id(self.head))

    def start_self_evaluation(self) -> None:
        """The first stage begins."""
        self._stage("Stage 1 of 4: self-evaluation", "The school begins to write its self-evaluation.")
        self._do("start_self_evaluation", self.head)

    def ask_reviewers(self) -> None:
        """Three reviewers from three other schools are asked."""
        self._say("The lead asks three trained reviewers from three other schools; each is judged on the day.")
        for key in self.plan.team:
            self._offer("peer_reviewer", key)

    def accept_reviewing(self) -> None:
        """They accept, and one of them is to lead."""
        self._say("They answer for themselves; what anybody must meet is judged again. One of them will lead.")
        for key in self.plan.team:
            self._accept("peer_reviewer", key)
        self._offer("lead_reviewer", self.lead)
        self._accept("lead_reviewer", self.lead)

    def submit_self_evaluation(self) -> None:
        """The papers, and then the step."""
        self._say("Two papers are wanted before it can be submitted. A file is sealed under the cycle's own key.")
        paper = ("self-evaluation.txt", _EXAMPLE.encode()) if self.told else None
        self._add("self_evaluation", self.head, file=paper)
        self._add("evidence_list", self.head)
        self._do("submit_self_evaluation", self.head)

    def meet_before(self) -> None:
        """The pre-review meeting."""
        self._stage("Stage 2 of 4: review visit", "The pre-review meeting is recorded: an act, it changes no state.")
        self._do("hold_pre_review_meeting", "lena")

    def arrange_visit(self) -> None:
        """The proposal."""
        self._say("The lead proposes days and enquiry questions. It takes two signatures: so far nothing has changed.")
        self._do("schedule_visit", "lena", **self.visit)

    def agree_visit(self) -> None:
        """The second signature."""
        self._say("The headteacher signs, and only now the visit is arranged.")
        self._agree("schedule_visit", self.head)

    def start_visit(self) -> None:
        """The visit begins."""
        self._say("The day of the visit.")
        self._do("start_visit", self.lead, attended=[self._id(key) for key in self.plan.team])

    def gather_evidence(self) -> None:
        """Evidence for each question."""
        self._say("Each question needs evidence, or a note that none was found.")
        for (about, kind), key in zip(_EVIDENCE, self.plan.team, strict=False):
            self._add(kind, key, about=about)

    def share_feedback(self) -> None:
        """Feedback, oral first."""
        self._say("The team tells the school what it saw, then writes it down. No grade anywhere.")
        told_on = str(self.plan.visit + timedelta(days=1))
        self._do("share_feedback", self.lead, oral_on=told_on, note=_EXAMPLE)

    def find_champion(self) -> None:
        """Somebody who was not on the visit is asked to lead the workshop."""
        self._stage(
            "Stage 3 of 4: improvement workshop",
            "A trained champion is asked who was never on this review's team: the rule at the heart of the programme.",
        )
        self._offer("improvement_champion", self.plan.champion)
        self._accept("improvement_champion", self.plan.champion)

    def arrange_workshop(self) -> None:
        """The day of the workshop."""
        day = str(self.plan.visit + timedelta(days=7))
        self._do("schedule_workshop", self.plan.champion, workshop_on=day, mode="onsite")

    def respond(self) -> None:
        """The head replies to the feedback."""
        self._say("The headteacher confirms the facts of the feedback; the reply stands beside it and changes nothing.")
        self._do("respond_to_feedback", self.head, kind="confirmed")

    def hold_workshop(self) -> None:
        """The workshop."""
        self._say("The workshop. Those who came are told by their roles, never by name.")
        roles = ["senior_leader", "teacher", "early_career_teacher"]
        self._do("hold_workshop", self.plan.champion, attendees=14, attendee_roles=roles, mode="onsite")

    def propose_plan(self) -> None:
        """The action plan is put forward."""
        self._say("The headteacher puts the action plan forward.")
        action = {
            "what": "Example action", "owner_role": "English lead", "measure": "Example measure", "finding": _EXAMPLE,
            "due": f"{self.plan.visit.year + 1}-07-01",
        }  # fmt: skip
        self._do("agree_plan", self.head, actions=[action], support="none")

    def sign_plan(self) -> None:
        """The champion signs it."""
        self._say("The champion signs.")
        self._agree("agree_plan", self.plan.champion)

    def check_in(self) -> None:
        """How the plan is going."""
        self._stage("Stage 4 of 4: follow-up", "Weeks later: how is the plan going?")
        self._do("check_in", self.head, status="on_track", sentence=_EXAMPLE)

    def check_in_again(self) -> None:
        """And again."""
        self._do("check_in", self.plan.champion, status="on_track", sentence=_EXAMPLE)

    def look_at_impact(self) -> None:
        """The impact is looked at."""
        self._say("At the end of the year lead and school look at what came of it.")
        self._do("review_impact", "lena", outcomes=[{"id": "r1", "outcome": "met"}], statement=_EXAMPLE)

    def complete(self) -> None:
        """The head signs, and the cycle is completed."""
        self._agree("review_impact", self.head)

    def end(self) -> None:
        """What happens instead of the regular end."""
        ending = self.plan.ending
        assert ending.step is not None
        self._do(ending.step, ending.by, **FORMS[ending.step])

    def _id(self, key: str) -> str:
        return self.hand.ids[key]

    def _stage(self, title: str, text: str) -> None:
        if self.narrated:
            self.hand.teller.section(title)
            self.hand.teller.say(text)

    def _say(self, text: str) -> None:
        if self.narrated:
            self.hand.teller.say(text)

    def _do(self, step: str, by: str, **values: Any) -> None:
        self.hand.give(TakeStep, by, told=self.told, cycle=self._id(self.plan.handle), step=step, values=values)

    def _agree(self, step: str, by: str) -> None:
        self.hand.give(Agree, by, told=self.told, cycle=self._id(self.plan.handle), step=step)

    def _offer(self, role: str, key: str) -> None:
        self._assignment(OfferAssignment, "lena", role, key)

    def _accept(self, role: str, key: str) -> None:
        self._assignment(AcceptAssignment, key, role, key)

    def _assignment(self, kind: type[OfferAssignment | AcceptAssignment], by: str, role: str, key: str) -> None:
        self.hand.give(kind, by, told=self.told, cycle=self._id(self.plan.handle), role=role, person=self._id(key))

    def _add(self, kind: str, by: str, about: str | None = None, file: tuple[str, bytes] | None = None) -> None:
        self.hand.give(
            AddEvidence, by, told=self.told, file=file, cycle=self._id(self.plan.handle), kind=kind, about=about,
            text=None if file else _EXAMPLE, file_name=file[0] if file else None,
        )  # fmt: skip


def _open_day(day: date) -> date:
    """That day, or the next one on which schools are open."""
    while day in _CLOSED or day.isoweekday() > 5:  # noqa: PLR2004 - Friday
        day += timedelta(days=1)
    return day
