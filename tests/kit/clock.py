"""Clocks for tests."""

from datetime import UTC, date, datetime, timedelta


class FixedClock:
    """A clock that stands still until it is moved; each look moves it on by `tick`."""

    def __init__(self, start: datetime, tick: timedelta = timedelta(0)) -> None:
        self.moment, self.tick = start, tick

    def now(self) -> datetime:
        moment = self.moment
        self.moment += self.tick
        return moment

    def set(self, day: date | str, hour: int = 12) -> None:
        if isinstance(day, str):
            day = date.fromisoformat(day)
        self.moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    @property
    def today(self) -> date:
        return self.moment.date()
