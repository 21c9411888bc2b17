"""One event of every shape of the registry, with everything in it that it may hold, as it stands in the log."""

from datetime import date, time
from typing import Any

from reviewflow.events import Event, Happened, Sealed
from reviewflow.registry import events as e

SEALED = Sealed(box="Ym94", commit="00" * 32, length=9)
DAY = date(2026, 3, 2)


def common(cause: str) -> dict[str, Any]:
    return {
        "by": "person-id", "role": "administrator", "entered_by": "person-id", "door": "cli",
        "happened": Happened(on=DAY, at=time(9, 30)), "cause": cause,
    }  # fmt: skip


EXAMPLES: tuple[Event, ...] = (
    e.ProgrammeSetUp(
        **common("programme add invented"), name="Invented Programme", handle="invented", time_zone="Europe/London",
        workflow="spp-peer-review", backdating_days=14, nation="england-and-wales",
    ),
    e.ProgrammeChanged(**common("programme set programme-id"), name="Renamed Programme", backdating_days=30),
    e.OrganisationRegistered(
        **common("organisation add hazel"), kind="school", name="Hazel Invented Primary", handle="hazel",
        identities=(e.Identity(scheme="urn", value="900001"), e.Identity(scheme="laestab", value="9991001")),
        details={"la": "Inventshire", "type": "Community school"}, source="entered",
    ),
    e.OrganisationChanged(
        **common("organisation import"), name="Hazel Invented Academy", details={"type": "Academy"}, removed=("la",),
        identities=(e.Identity(scheme="urn", value="900101", since=DAY),), source="gias",
    ),
    e.OrganisationSucceeded(
        **common("organisation succeed"), kind="merger", predecessors=("school-id", "other-id"), successors=("new-id",),
        stands="predecessor",
    ),
    e.PartnershipFormed(
        **common("partnership add programme-id"), name="Oak Cluster", handle="oak-cluster", programme="programme-id"
    ),
    e.MembershipBegan(**common("partnership join"), organisation="school-id", until=date(2027, 8, 31)),
    e.MembershipEnded(**common("partnership leave"), organisation="school-id"),
    e.PersonRegistered(**common("person add"), person_name=SEALED, email=SEALED),
    e.PersonChanged(**common("person set"), person_name=SEALED, email=SEALED),
    e.RoleGiven(
        **common("person role"), grant="grant-id", held="head", scope="school-id", scope_kind="organisation", since=DAY,
        until=date(2027, 8, 31),
    ),
    e.RoleEnded(**common("person role"), grant="grant-id", scope="school-id", on=DAY),
    e.TrainingRecorded(
        **common("person train"), training="training-id", course="peer-reviewer", completed=DAY,
        valid_until=date(2029, 3, 2),
    ),
    e.TrainingWithdrawn(**common("person train"), training="training-id", on=DAY, reason=SEALED),
    e.RelationshipDeclared(
        **common("person declare"), other="school-id", nature="governance", note=SEALED, since=DAY,
        until=date(2027, 8, 31),
    ),
    e.AbsenceDelegated(
        **common("person delegate"), delegation="delegation-id", delegate="other-id", since=DAY, until=date(2026, 4, 2),
        roles=("head",), reason=SEALED,
    ),
    e.AbsenceEnded(
        **common("person delegate"), delegation="delegation-id", delegate="other-id", on=DAY, reason=SEALED
    ),
    e.PersonForgotten(**common("person forget person-id"), reason="request"),
    e.CalendarPublished(
        **common("calendar import"), owner="programme-id", calendar="terms-2026",
        closed=(e.ClosedDay(on=date(2026, 12, 25), name="Christmas Day"),),
        named={"end_of_year": (date(2026, 7, 21), date(2027, 7, 20))}, source="days",
    ),
    e.WorkflowPublished(
        **common("workflow publish"), workflow="invented", edition="2026", digest="1" * 64,
        document={"workflow": "invented", "edition": "2026", "a_last": {"z": 1}, "b": ["y", "x"]},
    ),
)  # fmt: skip
