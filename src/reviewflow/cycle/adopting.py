"""Deciding to adopt a cycle: one that was first seen midway, in a state that a source claims.

What came before is not known and is not made up. From then on its workflow's rules hold as for any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import AdoptCycle, OpenCycles
from reviewflow.cycle.deciding import Decided, refuse, said_by
from reviewflow.cycle.numbering import next_number
from reviewflow.cycle.setting import Known, Setting, local_day, programme_of
from reviewflow.cycle.steps import opening_faults, published_edition
from reviewflow.cycle.timing import LEADS, authority, judge_time
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import identify
from reviewflow.workflow.definition import Definition


def adopt(command: AdoptCycle, known: Known) -> Decided:
    """The cycle stands in the claimed state from that day on."""
    asked = command.asked
    opening = OpenCycles(
        asked=asked, workflow=command.workflow, programme=command.programme, subjects=(command.subject,),
        partnership=command.partnership, year=command.year, digest=command.digest,
    )  # fmt: skip
    digest, definition = published_edition(opening, known)
    faults = [*opening_faults(opening, known), *_state_faults(definition, command.state)]
    if faults:
        raise BadInput("adopting a cycle", faults)
    programme = programme_of(known, command.programme)
    now = local_day(asked.at, programme.time_zone)
    setting = Setting(
        known, definition, digest, command.programme, command.partnership, command.subject, asked.happened or now, now,
        programme.backdating_days,
    )  # fmt: skip
    unmet = judge_time(asked, setting)
    role = authority(setting, asked.by)
    if role is None:
        unmet.append(Unmet("not-permitted", "only a lead or an administrator may adopt a cycle", LEADS))
    subject = known.organisation(command.subject)
    assert subject is not None
    refuse(f"adopting a cycle of {command.workflow} for {subject.handle}", unmet)
    assert role is not None
    number, handle = next_number(known, command.subject, subject.handle, command.year)
    return [(f"cycle-{identify(asked.id, 0)}", ev.CycleAdopted(
        **said_by(asked, command.cause, role, setting), workflow=definition.workflow, edition=definition.edition,
        digest=digest, to=command.state, programme=command.programme, partnership=command.partnership,
        subject=command.subject, year=command.year, number=number, handle=handle, source=command.source,
    ))]  # fmt: skip


def _state_faults(definition: Definition, name: str) -> Iterator[Fault]:
    states = definition.all_states()
    state = states.get(name)
    if state is None:
        yield Fault("state", repr(name), f"{definition.workflow} has no such state; it has: {', '.join(states)}")
    elif state.side:
        # Where it would return to is a part of its state that no source tells in a word.
        open_ones = ", ".join(n for n, s in states.items() if not s.side)
        yield Fault("state", repr(name), f"a side state remembers where it returns to; adopt it in one of: {open_ones}")
