"""Who plays in the demo: seven invented schools and their invented people. Nobody here exists.

Everybody's family name is a part of their school's tree, so that a reader of the story sees who comes from where.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

REVIEWER: Final = "peer-reviewer"
CHAMPION: Final = "improvement-champion"

CLUSTER: Final = "seven-trees"
CLUSTER_NAME: Final = "Seven Trees Invented Cluster"
PROGRAMME: Final = "invented-programme"
PROGRAMME_NAME: Final = "Invented Programme"
ZONE: Final = "Europe/London"


class School(NamedTuple):
    """An invented school; its handle is also the domain of its people's addresses."""

    handle: str
    name: str
    urn: str


class Trained(NamedTuple):
    """A course that somebody completed before the story begins, or in it."""

    course: str
    completed: date
    until: date


class Person(NamedTuple):
    """Somebody invented. `key` is how the story calls them, and the first part of their address."""

    key: str
    name: str
    place: str
    held: str
    trained: tuple[Trained, ...] = ()

    @property
    def email(self) -> str:
        """An address that cannot exist."""
        return f"{self.key}@{self.place}.example"


_LONG: Final = date(2028, 7, 31)
_REVIEWER: Final = Trained(REVIEWER, date(2023, 6, 15), _LONG)
_CHAMPION: Final = Trained(CHAMPION, date(2023, 6, 29), _LONG)
_ENDING: Final = Trained(CHAMPION, date(2022, 12, 5), date(2024, 12, 31))

SCHOOLS: Final = (
    School("hazel", "Hazel Invented Primary School", "900001"),
    School("rowan", "Rowan Invented Primary School", "900002"),
    School("willow", "Willow Invented Primary School", "900003"),
    School("alder", "Alder Invented Primary School", "900004"),
    School("birch", "Birch Invented Primary School", "900005"),
    School("juniper", "Juniper Invented Primary School", "900006"),
    School("maple", "Maple Invented Primary School", "900007"),
)

ADA: Final = Person("ada", "Ada Madeup", "council", "administrator")
LENA: Final = Person("lena", "Lena Madeup", CLUSTER, "partnership_lead")
OTTO: Final = Person("otto", "Otto Madeup", "council", "auditor")


def _staff(place: str, tree: str, head: str, reviewer: str, champion: str) -> tuple[Person, ...]:
    return (
        Person(head.lower(), f"{head} {tree}", place, "head"),
        Person(reviewer.lower(), f"{reviewer} {tree}", place, "staff", (_REVIEWER,)),
        Person(champion.lower(), f"{champion} {tree}", place, "staff", (_REVIEWER, _CHAMPION)),
    )


STAFF: Final = (
    *_staff("hazel", "Hazelnut", "Hester", "Harvey", "Hilda"),
    *_staff("rowan", "Rowanberry", "Rosalind", "Rufus", "Rhona"),
    *_staff("willow", "Willowtwig", "Wilma", "Wendell", "Winifred"),
    *_staff("alder", "Aldercone", "Albert", "Agnes", "Alfred"),
    *_staff("birch", "Birchbark", "Beatrix", "Bruno", "Berenice"),
    *_staff("juniper", "Juniperroot", "Jocasta", "Jasper", "Jemima"),
    *_staff("maple", "Mapleleaf", "Mabel", "Magnus", "Marigold"),
    # Trained for both, once: chapter three needs somebody who may not be champion, for several reasons.
    Person("milo", "Milo Mapleleaf", "maple", "staff", (_REVIEWER, _ENDING)),
)

NEWCOMER: Final = Person("ruth", "Ruth Rowanberry", "rowan", "staff", (Trained(REVIEWER, date(2025, 6, 19), _LONG),))
"""Comes to Rowan in the third year."""

REVIEWERS: Final = {
    "hazel": "harvey", "rowan": "rufus", "willow": "wendell", "alder": "agnes", "birch": "bruno", "juniper": "jasper",
    "maple": "magnus",
}  # fmt: skip
CHAMPIONS: Final = {
    "hazel": "hilda", "rowan": "rhona", "willow": "winifred", "alder": "alfred", "birch": "berenice",
    "juniper": "jemima", "maple": "marigold",
}  # fmt: skip
HEADS: Final = {person.place: person.key for person in STAFF if person.held == "head"}

FORGOTTEN: Final = "rufus"
"""Who asks to be forgotten in chapter six."""


def person(key: str) -> Person:
    """Somebody by the name the story calls them."""
    return next(one for one in (ADA, LENA, OTTO, *STAFF, NEWCOMER) if one.key == key)


def school(handle: str) -> School:
    """A school by its handle."""
    return next(one for one in SCHOOLS if one.handle == handle)
