"""What all shapes have in common: nothing in them that the description does not name."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

HIDDEN_TOO = "or `[not shown to you]`"

Id = Annotated[str, Field(description="An opaque id.", examples=["mbzn54fdbvvxb3ci"])]
Moment = Annotated[str, Field(description="A moment with its zone.", examples=["2026-11-20T12:00:00Z"])]
DayText = Annotated[str, Field(description=f"A day, {HIDDEN_TOO}.", examples=["2026-11-20"])]
Day = Annotated[str, Field(description="A day.", examples=["2026-11-20"])]


class Shape(BaseModel):
    """Exactly these members."""

    model_config = ConfigDict(extra="forbid")


class Named(Shape):
    """Somebody, or something, by id and name."""

    id: Id | None = Field(description="None where it is not shown to you.")
    name: str = Field(examples=["Lena Madeup"])
