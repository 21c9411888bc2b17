"""Cycles: the table of their commands."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, Table, example

TABLE: Table = {
    "open": ("cycle_opening:open_", "Open a cycle for each subject."),
    "list": ("cycle_reading:list_", "List cycles and where they stand."),
    "show": ("cycle_reading:show", "Show a cycle: where it is, who takes part, what was said."),
    "next": ("cycle_reading:next_", "Show what can be done now, by whom, and for the rest why not."),
    "do": ("cycle_steps:do", "Take a step: a transition or an act."),
    "agree": ("cycle_steps:agree", "Give the second signature to what was proposed."),
    "assign": ("cycle_people:assign", "Ask a person to take a role."),
    "accept": ("cycle_people:accept", "Take the role that was offered."),
    "decline": ("cycle_people:decline", "Say no to a role that was offered."),
    "withdraw": ("cycle_people:withdraw", "Leave a role, or take an offer back."),
    "evidence": ("cycle_beside:evidence", "Add evidence: a text, a file, or both."),
    "note": ("cycle_beside:note", "Write a note beside the cycle or one of its events."),
    "waive": ("cycle_beside:waive", "Let a requirement not be asked."),
    "consent": ("cycle_beside:consent", "Let others see something, or end that."),
    "correct": ("cycle_mending:correct", "Say what events should have said."),
    "undo": ("cycle_mending:undo", "Say that the latest transition, or everything from an event on, never happened."),
}


@click.group(cls=Commands, table=TABLE, epilog=example("reviewflow cycle next hazel-2026-1"))
def cycle() -> None:
    """Open cycles, see what can be done, and do it."""
