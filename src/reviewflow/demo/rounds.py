"""The rounds: who reviews whom in which year, how far each of the 21 cycles comes, and how it ends."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from reviewflow.demo.calendar import VISITS, YEARS
from reviewflow.demo.cast import CHAMPIONS, NEWCOMER, REVIEWERS, SCHOOLS


class Round(NamedTuple):
    """One school year: its first day, and how far round the ring the reviewers and the champion come from."""

    year: str
    opens: date
    teams: tuple[int, int, int]
    champion: int


# Seven schools in a ring, three reviewers each. With 1, 2, 4 every two schools meet in exactly one team; 3, 5, 6 is the
# other half: in two years every school is visited by every other one once, and no two review one another in one year.
ROUNDS: Final = (
    Round(YEARS[0], date(2023, 9, 6), (1, 2, 4), 3),
    Round(YEARS[1], date(2024, 9, 4), (3, 5, 6), 1),
    Round(YEARS[2], date(2025, 9, 3), (1, 2, 4), 5),
)


class Ending(NamedTuple):
    """A cycle that does not come to its regular end: the last regular step, and what happens instead, if anything."""

    last: str
    step: str | None = None
    by: str = "lena"
    on: date = date.max


_NOT_DONE: Final = ["improvement_workshop", "action_plan", "follow_up", "impact_review"]

ENDINGS: Final = {
    "juniper-2023-1": Ending("respond", "close_incomplete", "lena", date(2024, 7, 19)),
    "willow-2025-1": Ending("check_in_again"),
    "alder-2025-1": Ending("propose_plan"),
    "birch-2025-1": Ending("start_self_evaluation", "postpone", "lena", date(2026, 2, 12)),
    "maple-2025-1": Ending("plan_visit", "withdraw", "mabel", date(2026, 2, 5)),
}
"""Everything else is completed."""

FORMS: Final[dict[str, dict[str, object]]] = {
    "close_incomplete": {
        "steps_not_done": _NOT_DONE,
        "why": "Example text: no champion could be found this year, and nobody pretends otherwise.",
    },
    "postpone": {"code": "inspection", "new_target": "2026-11-10", "remark": "Example text: an inspection."},
    "withdraw": {"reason": "Example text: the school takes no part this year."},
}

REGULAR: Final = "completed"
STATES: Final = {
    "juniper-2023-1": "closed_incomplete",
    "willow-2025-1": "follow_up.under_way",
    "alder-2025-1": "improvement_workshop.action_planning",
    "birch-2025-1": "postponed",
    "maple-2025-1": "withdrawn",
}
"""Where those that are not completed must be when the story ends."""


class Plan(NamedTuple):
    """One cycle as it is meant to go. People by the names of the story."""

    handle: str
    school: str
    year: str
    opens: date
    visit: date
    team: tuple[str, ...]
    champion: str
    ending: Ending


def plans(one: Round) -> list[Plan]:
    """The seven cycles of a year."""
    return [_plan(one, place) for place in range(len(SCHOOLS))]


def _plan(one: Round, place: int) -> Plan:
    def from_(offset: int) -> str:
        return SCHOOLS[(place + offset) % len(SCHOOLS)].handle

    reviewers = REVIEWERS if one.year != YEARS[2] else {**REVIEWERS, NEWCOMER.place: NEWCOMER.key}
    school = SCHOOLS[place].handle
    handle = f"{school}-{one.year[:4]}-1"
    return Plan(
        handle, school, one.year, one.opens, VISITS[one.year][school], tuple(reviewers[from_(n)] for n in one.teams),
        CHAMPIONS[from_(one.champion)], ENDINGS.get(handle, Ending("complete")),
    )  # fmt: skip
