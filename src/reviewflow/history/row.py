"""One row with its rule: when it happened, who acted, and the commands it means.

Nothing is judged here: that is the engine's, with the workflow's rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from reviewflow.cycle.commands import (
    AddEvidence,
    AddNote,
    AdoptCycle,
    OpenCycles,
    ReportAssignment,
    ReportStep,
    TakeStep,
    WithdrawAssignment,
)
from reviewflow.events import Asked, Command, Happened, identify
from reviewflow.history.arranging import Arranged, Item
from reviewflow.history.dates import Dates
from reviewflow.history.finding import Finding
from reviewflow.history.mapping import Mapping
from reviewflow.history.rules import Compiled, Ready
from reviewflow.history.tables import Tables
from reviewflow.history.templates import Template
from reviewflow.history.told import NotTaken
from reviewflow.knowing import Knowing
from reviewflow.registry.names import shown


class Source(NamedTuple):
    """What every command of one import has in common."""

    mapping: Mapping
    programme: str
    partnership: str | None
    digest: str
    by: str
    entered_by: str
    zone: str

    @property
    def reason(self) -> str:
        """Why it is recorded so late."""
        return f"imported from {self.mapping.mapping}"


@dataclass
class Means:
    """What every row of one import is planned with."""

    source: Source
    arranged: Arranged
    finding: Finding
    further: Tables
    dates: Dates
    seen: Template | None
    year: Template | None
    state: Template | None
    at: datetime = datetime.min  # noqa: DTZ901 - set for each batch
    """The moment of asking, for the commands made next."""

    def cycle(self, case: str) -> str:
        """The id that the cycle of a case has, or will have."""
        return identify(self.arranged.opening(case))


class RowPlan:
    """One row with its rule."""

    def __init__(self, means: Means, item: Item, rule: Compiled, known: Knowing) -> None:
        self.means, self.item, self.rule, self.known = means, item, rule, known
        self.cells = item.row.cells
        self.first: list[Command] = []

    def _fill(self, template: Template | None) -> str:
        return template.fill(self.cells, self.means.further.look) if template is not None else ""

    def _asked(self, id: str, happened: Happened | None, by: str | None = None) -> Asked:  # noqa: A002 - what it is
        source = self.means.source
        return Asked(
            id=id, at=self.means.at, by=by or source.by, entered_by=source.entered_by, door="import", happened=happened,
            reason=source.reason, batch=f"import {source.mapping.mapping}",
        )  # fmt: skip

    def _acting(self, happened: Happened | None, id: str | None = None) -> Asked:  # noqa: A002 - what it is
        """Asked by whoever the row says acted; under the id of the row where no other is given."""
        by = self._fill(self.rule.by)
        return self._asked(id or self.item.id, happened, self._person(by) if by else None)

    def _person(self, label: str) -> str:
        finding = self.means.finding
        return finding.met(label) or finding.person(label, self.known, self._asked(self.item.id, None), self.first)

    def _seen(self) -> Happened | None:
        """The moment by which it had happened."""
        template = self.means.seen
        text = self._fill(template)
        if not text:
            return None
        found = self.means.dates.read(text)
        if found is None:
            raise NotTaken("bad-date", f"seen {shown(text)}: no date as the mapping reads them")
        return Happened(on=found.on, at=found.at, latest=True)

    def _stated(self, seen: Happened | None) -> Happened | None:
        """When it happened, as the row states it; None if it does not."""
        text = self._fill(self.rule.happened)
        if not text:
            return None
        found = self.rule.dates.read(text)
        if found is None:
            raise NotTaken("bad-date", f"got {shown(text)}; want a date as in: {', '.join(self.rule.dates.formats)}")
        if seen is not None and seen.before(found):
            raise NotTaken("after-seen", f"stated {found}, but this was seen {seen}")
        return found

    def _moment(self) -> Happened:
        """When it happened: as stated, else by when it was seen."""
        seen = self._seen()
        found = self._stated(seen) or seen
        if found is None:
            raise NotTaken("no-date", "the row states no date, and nothing says by when it was seen")
        return found

    def opening(self) -> list[Command]:
        """The cycle is opened; what that implies comes later, where rows beside it may say when."""
        happened = self._moment()
        source = self.means.source
        asked = self._acting(happened, self.means.arranged.opening(self.item.case))
        subject = self._subject(asked)
        opening = OpenCycles(
            asked=asked,
            workflow=source.mapping.workflow, programme=source.programme, partnership=source.partnership,
            subjects=(subject,), year=self._year(happened), digest=source.digest, values=self._values(),
        )  # fmt: skip
        found: list[Command] = [*self.first, opening]
        if self.means.seen is None:
            found += self._supply(happened, identify(opening.asked.id))
        return found

    def implied(self) -> list[Command]:
        """What an opening row implies, by when it was seen."""
        seen = self._seen()
        return self._supply(seen or self._moment(), self.means.cycle(self.item.case))

    def _supply(self, happened: Happened, cycle: str) -> list[Command]:
        """Steps that were taken by then, unless it is known when."""
        by_then = Happened(on=happened.on, at=happened.at, latest=True)
        return [
            ReportStep(asked=self._asked(f"{self.item.id}-{step}", by_then), cycle=cycle, step=step, manner="supply")
            for step in self.rule.implies
        ]

    def adoption(self) -> Command:
        """The case stands in the state before this row, from its day on."""
        source, rule = self.means.source, self.rule
        adopt = source.mapping.adopt
        if adopt is None:
            sentence = "the first row of its case opens nothing, and the mapping does not say to adopt such cases"
            raise NotTaken("not-opened", sentence)
        told = self._fill(self.means.state)
        state = adopt.states.get(told, rule.origin or told) if told else rule.origin
        if not state:
            raise NotTaken("no-state", "nothing says in which state its case was; want it in `adopt:` of the mapping")
        happened = self._moment()
        asked = self._asked(self.means.arranged.opening(self.item.case), happened)
        return AdoptCycle(
            asked=asked, workflow=source.mapping.workflow, programme=source.programme, partnership=source.partnership,
            subject=self._subject(asked), state=state, source=source.mapping.mapping, year=self._year(happened),
            digest=source.digest,
        )  # fmt: skip

    def _subject(self, asked: Asked) -> str:
        return self.means.finding.subject(self.cells, self.means.further.look, self.known, asked, self.first)

    def _year(self, happened: Happened) -> str:
        return self._fill(self.means.year) or str(happened.on.year)

    def command(self, cycle: str) -> list[Command]:
        """What the row says of a cycle that was opened."""
        rule = self.rule
        if rule.action == "date_of":
            return self._date_of(cycle)
        asked = self._acting(self._moment())
        made: Command
        match rule.action:
            case "do":
                made = self._step(cycle, asked, "take")
            case "assign":
                person = self._person(self._fill(rule.person))
                made = ReportAssignment(
                    asked=asked, cycle=cycle, role=rule.rule.assign or "", person=person, instead=rule.rule.instead
                )
            case "withdraw":
                person = self._person(self._fill(rule.person))
                made = WithdrawAssignment(
                    asked=asked, cycle=cycle, role=rule.rule.withdraw or "", person=person,
                    reason=self._fill(rule.reason) or None,
                )  # fmt: skip
            case "evidence":
                made = AddEvidence(
                    asked=asked, cycle=cycle, kind=rule.rule.evidence or "", text=self._fill(rule.text),
                    about=self._fill(rule.about) or None,
                )  # fmt: skip
            case _:
                made = AddNote(asked=asked, cycle=cycle, text=self._fill(rule.text))
        return [*self.first, made]

    def _date_of(self, cycle: str) -> list[Command]:
        """A step is settled on the day stated; where the day is taken away, it is undone."""
        seen = self._seen()
        stated = self._stated(seen)
        asked = self._acting(stated or seen)
        made = self._step(cycle, asked, "settle" if stated is not None else "undo")
        return [*self.first, made]

    def _step(self, cycle: str, asked: Asked, manner: Any) -> Command:
        rule = self.rule
        values, about = self._values(), self._fill(rule.about) or None
        if manner == "take" and not rule.implies and not rule.signed_by:
            return TakeStep(asked=asked, cycle=cycle, step=rule.step, values=values, about=about)
        signers = tuple(self._person(self._fill(one)) for one in rule.signed_by) if manner != "undo" else ()
        return ReportStep(
            asked=asked, cycle=cycle, step=rule.step, values=values, about=about, manner=manner, implied=rule.implies,
            signed_by=signers,
        )  # fmt: skip

    def _values(self) -> dict[str, Any]:
        if not self.rule.set:
            return {}
        return {name: self._value(name, ready) for name, ready in self.rule.set.items()}

    def _value(self, name: str, ready: Ready) -> Any:
        if ready.rows:
            rows = ({key: self._value(key, one) for key, one in row.items()} for row in ready.rows)
            return [row for row in rows if any(row.values())]
        text = self._fill(ready.of)
        if not text:
            return ready.empty
        if ready.split is not None:
            parts = (part.strip() for part in text.split(ready.split))
            return [self._one(name, part, ready) for part in parts if part]
        return self._one(name, text, ready)

    def _one(self, name: str, text: str, ready: Ready) -> str:
        if ready.values:
            if text not in ready.values:
                wanted = ", ".join(ready.values)
                raise NotTaken("bad-value", f"{name}: got {shown(text)}; the mapping knows: {wanted}")
            text = ready.values[text]
        if ready.kind == "person":
            return self._person(text)
        if ready.kind == "date":
            found = self.rule.dates.read(text)
            if found is None:
                formats = ", ".join(self.rule.dates.formats)
                raise NotTaken("bad-date", f"{name}: got {shown(text)}; want a date as in: {formats}")
            return found.on.isoformat()
        return text
