"""Rechecking of random histories, mended and recorded late: at each moment what was just decided stands."""

from datetime import timedelta

import pytest

from history.mended_walks import MendedWalk
from kit.rechecked import LogOf
from reviewflow.cycle.hindsight import Shelf
from reviewflow.cycle.rechecking import Asked, recheck
from reviewflow.events import Recorded
from reviewflow.registry import commands as reg


class Changing(MendedWalk):
    """With a registry that changes, often as of an earlier day."""

    def beside(self) -> None:
        if self.random.random() < 0.5:
            super().beside()
            return
        person, asked = self.world.id(self.random.choice(["rob", "wilma", "tim"])), self.world.asked("ada")
        day = self.world.clock.moment.date() - timedelta(days=self.random.randint(0, 12))
        with self.world.knowing() as known:
            training = [one.id for one in known.person(person).training if one.withdrawn is None]
        if training:
            self.world.handle(
                reg.WithdrawTraining(asked=asked, person=person, training=training[-1], reason="a slip", on=day)
            )
        else:
            self.world.handle(reg.RecordTraining(asked=asked, person=person, course="checking", completed=day))


class Then(LogOf):
    """The log when it had so many records."""

    position = 0

    def records(self, stream: str) -> list[Recorded]:
        return [one for one in super().records(stream) if one.position <= self.position]


@pytest.mark.parametrize("seed", [0, 2, 4, 9, 32, 37, 43, 83])
def test_a_decision_stands_when_it_is_made_and_until_a_record_says_otherwise(seed):
    world = Changing(seed).world
    try:
        with world.knowing() as known:
            before: set[tuple[int, Asked]] = set()
            opened = known.records(world.cycle.stream)[0].position
            for position in range(opened, world.position() + 1):
                then = Then(world, known)
                then.position = position
                found = recheck(world.id("cycle"), Shelf(then)).findings
                assert not any(f.unjudged or f.decision.position == position for f in found)
                now = {(f.decision.version, f.asked) for f in found}
                known_from = {(f.decision.version, f.asked): f.known.position for f in found}
                assert {key for key, at in known_from.items() if at == position} == now - before
                before = now
    finally:
        world.close()
