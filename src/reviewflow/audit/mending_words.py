"""Corrections and undos in words: which events they speak of, what was said before and what counts now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from reviewflow.audit.line import Detail
from reviewflow.audit.naming import quoted
from reviewflow.audit.page import Page, Words
from reviewflow.cycle import events as ev
from reviewflow.cycle.history import History, as_known
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Recorded


def _corrected(page: Page, event: ev.EventCorrected) -> Words:
    telling = page.telling
    history, target = _before(page, event.corrects)
    details: list[Detail] = []
    if event.occurred is not None:
        dated = telling.sees("dates", event.by)
        was = f" (was {target.event.happened})" if target else ""
        details.append(
            Detail("Happened", telling.written(f"{event.occurred}{was}") if dated else telling.hide(), "occurred")
        )
    if target is not None:
        details += _values(page, event, target, history)
    if event.about is not None:
        place = _place(page, target.event) if target else None
        details.append(Detail("About", telling.row_title(place, event.about, page.version), "about"))
    return Words(f"{_called(page, event.corrects)} corrected", (*details, _reason(page, event)))


def _values(page: Page, event: ev.EventCorrected, target: Recorded, history: History | None) -> Iterator[Detail]:
    """Each field that is said anew, with what it said before."""
    telling, step = page.telling, _step(target.event)
    seeing = telling.seeing
    by = event.by if seeing is not None and seeing.viewer == event.by else target.event.by
    old = getattr(target.event, "values", {})
    changed = [*event.values, *event.emptied]
    fields_at = history.fields_at.get(target.version, {}) if history else {}
    before: dict[str, list[str]] = {}
    for name in changed:
        if name in old:
            told = telling.form(step, {name: old[name]}, target.version, by, fields_at)
            before[name] = [detail.value for detail in told]
    for name, value in event.values.items():
        for number, detail in enumerate(telling.form(step, {name: value}, page.version, by)):
            was = before.get(name, [])
            one = was[number] if number < len(was) else "nothing"
            yield detail._replace(value=f"{detail.value} (was {one})" if one != detail.value else detail.value)
    for name in event.emptied:
        seen = telling.field_seen(step, name, by)
        was = before.get(name, ["nothing"])
        text = f"nothing (was {'; '.join(was)})" if seen else telling.hide()
        yield Detail(telling.titles.field(step, name), text, name)


def _place(page: Page, event: Event) -> str | None:
    """Where the rows stand that an event is about one of."""
    definition = page.telling.definition
    if isinstance(event, ev.EvidenceAdded):
        group = definition.evidence_kinds().get(event.kind)
        return group.about if group else None
    act = definition.acts.get(_step(event))
    return act.about if act else None


def _undone(page: Page, event: ev.TransitionUndone) -> Words:
    told = [_called(page, version) for version in event.undoes]
    never = "it never happened" if len(told) == 1 else "they never happened"
    return Words(f"undone: {', '.join(told)}; {never}", (_reason(page, event),))


def _adopted(page: Page, event: ev.CycleAdopted) -> Words:
    telling, names = page.telling, page.telling.names
    details = [
        Detail("Subject", names.organisation(event.subject), "subject"),
        Detail("Programme", names.programme(event.programme), "programme"),
        Detail("Workflow", f"{telling.definition.title}, edition {event.edition} ({event.digest[:12]})", "digest"),
        Detail("Source", event.source, "source"),
    ]
    if event.partnership:
        details.insert(1, Detail("Partnership", names.partnership(event.partnership), "partnership"))
    state = quoted(telling.titles.state(event.to))
    subject = names.organisation(event.subject)
    what = f"cycle {event.handle} taken over for {subject}, number {event.number} in {event.year}, midway in {state}"
    return Words(f"{what}: what came before is not known", tuple(details))


def _before(page: Page, version: int) -> tuple[History | None, Recorded | None]:
    """The history as it was known right before this event, and one event in it."""
    try:
        history = as_known(one for one in page.records if one.version < page.version)
    except ImpossibleHistory:
        return None, next((one for one in page.records if one.version == version), None)
    return history, next((one for one in history.told if one.version == version), None)


def _called(page: Page, version: int) -> str:
    """An event by its number and what it was, as far as it may be told to the viewer that it happened."""
    event = next((one.event for one in page.records if one.version == version), None)
    seeing = page.telling.seeing
    if event is None or (seeing is not None and not seeing.event(event)):
        return f"event {version}"
    titles = page.telling.titles
    if step := _step(event):
        return f"event {version} ({titles.step(step)})"
    if role := getattr(event, "assigned", None):
        return f"event {version} ({titles.role(role)})"
    if kind := getattr(event, "kind", None):
        return f"event {version} (evidence: {titles.kind(kind)})"
    return f"event {version}"


def _step(event: Event) -> str:
    return "opens" if isinstance(event, ev.CycleOpened) else getattr(event, "step", "")


def _reason(page: Page, event: ev.MendingEvent) -> Detail:
    telling = page.telling
    seen = telling.sees("status", event.by)
    return Detail("Reason", telling.text(event.reason, page.version, "reason", seen=seen), "reason")


MENDING_WORDS: Final[dict[type[Event], Callable[[Page, Any], Words]]] = {
    ev.CycleAdopted: _adopted,
    ev.EventCorrected: _corrected,
    ev.TransitionUndone: _undone,
}
