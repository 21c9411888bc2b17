"""What could be done now, by whom, and for the rest why not: told before trying, by the code that decides."""

from __future__ import annotations

from typing import NamedTuple

from reviewflow.cycle.judging import Attempt, Judged
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.standing_in import judge_attempt
from reviewflow.workflow.definition import Transition


class Option(NamedTuple):
    """One step (or one signature) with every requirement judged for this person on this day."""

    step: str
    title: str
    kind: str
    """`transition`, `act` or `agree`."""
    by: tuple[str, ...]
    """Titles of the roles that may do it."""
    judged: tuple[Judged, ...]
    proposed: int | None = None
    """For `agree`: the version of the proposal."""

    @property
    def unmet(self) -> list[Judged]:
        """What stands against it."""
        return [j for j in self.judged if j.status == "unmet"]

    @property
    def open(self) -> bool:
        """Whether nothing stands against it: a valid form is all it takes."""
        return not self.unmet

    @property
    def here(self) -> bool:
        """Whether the cycle is in a state where this step belongs."""
        return not any(j.code == "wrong-state" and j.status == "unmet" for j in self.judged)


def options(setting: Setting, actor: str | None, behalf: str | None = None) -> list[Option]:
    """Every step of the workflow, and every signature that is waited for. `actor` None: for whoever may.

    `behalf`: the absent person in whose role `actor` would act.
    """
    found = []
    definition, cycle = setting.definition, setting.cycle
    assert cycle is not None
    for name, step in definition.steps().items():
        judged = judge_attempt(Attempt(setting, name, step, actor, None, behalf=behalf))
        by = tuple(setting.title(role) for role in step.by)
        kind = "transition" if isinstance(step, Transition) else "act"
        found.append(Option(name, step.title, kind, by, tuple(judged)))
    for name, proposal in cycle.proposals.items():
        proposed = definition.step(name)
        assert proposed is not None
        waiting = tuple(role for role in proposed.second if role not in proposal.signed)
        judged = judge_attempt(Attempt(setting, name, proposed, actor, proposal.values, signing=True, behalf=behalf))
        who = behalf or actor
        if who is not None and setting.may(waiting, who) is None and setting.may(proposed.second, who) is not None:
            judged.append(
                Judged("signed-already", "unmet", f"signed for already: {', '.join(proposal.signed)}", named=False)
            )
        if setting.moment.before(proposal.happened):
            sentence = f"proposed {proposal.happened}, after {setting.moment}"
            judged.append(Judged("before-proposal", "unmet", sentence, named=False))
        by = tuple(setting.title(role) for role in waiting)
        found.append(Option(name, proposed.title, "agree", by, tuple(judged), proposal.version))
    return found
