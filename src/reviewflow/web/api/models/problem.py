"""Problems (RFC 9457)."""

from __future__ import annotations

from pydantic import Field

from reviewflow.web.api.models.shape import Shape


class Problem(Shape):
    """What went wrong."""

    type: str = Field(description="Where this kind of problem is described.", examples=["/api/problems/not-met"])
    title: str = Field(examples=["Not yet, or not any more"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["cycle do hazel-2026-1: 2 of 3 reviewers have accepted"])
    instance: str = Field(examples=["/api/cycles/hazel-2026-1/steps/schedule_visit"])


class UnmetRequirement(Shape):
    """One requirement that is not met."""

    code: str = Field(examples=["too-few-reviewers"])
    sentence: str = Field(
        description="With names as far as you may see them.", examples=["2 of 3 reviewers have accepted"]
    )
    who: list[str] = Field(description="The roles that can change it.", examples=[["partnership_lead"]])
    by_when: str | None = Field(examples=[None])
    waivable_by: list[str] = Field(description="The roles that may waive it.", examples=[[]])
    source: str | None = Field(description="The document that asks for it.", examples=["S2b"])


class Refusal(Problem):
    """Everything that stands against it; nothing was recorded."""

    unmet: list[UnmetRequirement]


class ConflictProblem(Problem):
    """What stands against it, or that somebody else was first (then there is no `unmet`)."""

    unmet: list[UnmetRequirement] = Field(default=[])


class ForbiddenProblem(Problem):
    """What stands against it; nothing of that for a token that may only read."""

    unmet: list[UnmetRequirement] = Field(default=[])


class FaultFound(Shape):
    """One thing that is wrong."""

    where: str = Field(examples=["focus_areas"])
    got: str = Field(examples=["nothing"])
    want: str = Field(examples=["must be given: a list of texts"])
    pointer: str | None = Field(description="A JSON pointer into the body.", examples=["/values/focus_areas"])
    line: int = Field(default=0, description="Of a workflow's document, from 1.", examples=[12])
    column: int = Field(default=0, examples=[3])


class FaultyProblem(Problem):
    """Everything that is wrong; nothing was recorded."""

    faults: list[FaultFound] = Field(default=[])
