"""Notes and answers directly beneath what they stand beside, in the summary of a cycle.

What an answer stands beside is a field: it is shown under it, to whoever may see both. Otherwise it stands for
itself, as far as `visible` shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewflow.audit.line import Detail, Waived
from reviewflow.audit.telling import Telling
from reviewflow.cycle.state import Cycle, Note, Said


class Threads:
    """The notes and answers of a folded cycle. Tell what is `show`n of the steps first, and the notes last."""

    def __init__(self, telling: Telling, cycle: Cycle) -> None:
        """`telling.beside` says what stands beside what."""
        self.telling, self.beside = telling, telling.beside
        self._said = {one.version: one for takings in cycle.said.values() for one in takings}
        self._notes: dict[int, Note] = {}
        for note in cycle.notes:
            if telling.note_seen(note.version, note.by, note.beside):
                self._notes[note.version] = note
            else:
                telling.hide()
        self._shown: dict[int, Said] = {}
        self._told: set[int] = set()

    def show(self, takings: Iterable[Said]) -> None:
        """The takings that are summed up."""
        self._shown = {said.version: said for said in takings}

    def answers(self, said: Said) -> bool:
        """Whether it is shown under what it answers."""
        step, _, field = self.beside.answers(said.version).partition(".")
        of = self._shown.get(self.beside.home(said.version) or 0)
        return of is not None and self.telling.field_seen(step, field, of.by)

    def title(self, said: Said) -> str:
        """A step, with the row that it is about."""
        title = self.telling.titles.step(said.step)
        if said.about is None:
            return title
        act = self.telling.definition.acts.get(said.step)
        return f"{title}: {self.telling.row_title(act.about if act else None, said.about, said.version)}"

    def done(self, said: Said) -> str:
        """When, and who in which role; and what corrected it last."""
        telling = self.telling
        role, actor = telling.titles.role(said.role), telling.actor(said.by, said.version)
        by = max(self.beside.corrected.get(said.version, 0), self.beside.corrected.get(said.values_at, 0))
        mended = f" (corrected by event {by})" if by else ""
        return f"{telling.day(said.happened, said.by)} by {actor} ({role}){mended}"

    def contents(self, said: Said) -> Iterator[Detail]:
        """What was waived and what the form says, with the answers to each field beneath it."""
        telling = self.telling
        for name in said.waived:
            waived = Waived(name, telling.titles.requirement(said.step, name))
            yield Detail("Waived, not met", str(waived), f"waived.{name}")
        form = telling.form(said.step, said.values, said.values_at, said.by, said.fields_at)
        for number, detail in enumerate(form):
            field = detail.name.partition(".")[0]
            is_last = number + 1 == len(form) or form[number + 1].name.partition(".")[0] != field
            answers = tuple(self._answers(said, field)) if is_last else ()
            yield detail._replace(beside=answers) if answers else detail
        # What answers a field that was left empty.
        given = {detail.name.partition(".")[0] for detail in form}
        for field in telling.definition.fields(said.step):
            if field not in given:
                yield from self._answers(said, field)

    def _answers(self, said: Said, field: str) -> Iterator[Detail]:
        if said.version not in self._shown:
            return
        for version in self.beside.below(said.version):
            answer = self._said.get(version)
            if (
                answer is not None
                and self.beside.answers(version) == f"{said.step}.{field}"
                and self.answers(answer)
                and self.telling.tells_step(answer.step, answer.by)
            ):
                within = (*self.contents(answer), *self.below(version))
                yield Detail(f"{self.title(answer)} (event {version})", self.done(answer), str(version), within)

    def below(self, version: int) -> Iterator[Detail]:
        """The notes beside an event, each with those beside it."""
        for one in self.beside.below(version):
            if one in self._notes:
                yield self._note(self._notes[one], "Note, ", f" (event {one})")

    def _note(self, note: Note, called: str, place: str) -> Detail:
        telling = self.telling
        self._told.add(note.version)
        label = f"{called}{telling.day(note.happened, note.by)} {telling.actor(note.by, note.version)}{place}"
        text = telling.text(note.text, note.version, "text", seen=True)
        return Detail(label, text, str(note.version), tuple(self.below(note.version)))

    def notes(self) -> Iterator[Detail]:
        """The notes that stand beside nothing that is summed up."""
        for version, note in self._notes.items():
            if version in self._told or self.beside.home(version) in self._notes:
                continue
            called = self.beside.called(version) or (f"event {note.beside}" if note.beside is not None else "")
            yield self._note(note, "", f", beside {called}" if called else "")
