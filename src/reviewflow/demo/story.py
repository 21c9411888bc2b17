"""The whole story, in a store of its own: chapter after chapter, and every promise of it checked on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TextIO

from reviewflow.demo.afterwards import afterwards
from reviewflow.demo.calendar import BEGINS, ENDS
from reviewflow.demo.checking import StoryBroken, expect
from reviewflow.demo.diary import Diary, StoryClock, moment
from reviewflow.demo.forgetting import forgetting
from reviewflow.demo.founding import found
from reviewflow.demo.hand import Hand
from reviewflow.demo.past import all_cycles, differences, replays
from reviewflow.demo.rules import late, refusal, waiver
from reviewflow.demo.telling import Teller
from reviewflow.demo.years import Years, first_year
from reviewflow.errors import ReviewflowError
from reviewflow.settings import Settings
from reviewflow.wiring import create_installation, open_installation

STORE: Final = "reviewflow.db"


def tell(out: TextIO, keep: Path | None = None, *, quiet: bool = False) -> None:
    """Tell the story to `out`, in `keep` or in a folder that is gone afterwards.

    Raises `StoryBroken` if anything does not come out as told, `BadInput` if there is a store in `keep` already.
    """
    teller = Teller(out, quiet=quiet)
    with _folder(keep) as folder:
        settings = settings_in(folder)
        clock = StoryClock(moment(BEGINS))
        warnings = create_installation(settings, clock)
        _begin(teller)
        expect("the number of warnings about the master key beside the store", len(warnings), 1)
        with open_installation(settings, clock) as installation:
            hand = Hand(installation, clock, teller)
            try:
                chapters(hand, keep)
            except ReviewflowError as error:
                raise StoryBroken(f"chapter {teller.chapters}", str(error), "that it is done") from error
            records = hand.position
    where = f", kept in {keep / STORE}" if keep else ""
    teller.always("", f"Everything came out as told: {teller.chapters} chapters, 21 cycles, {records:,} events{where}.")


def settings_in(folder: Path) -> Settings:
    """A store in a folder, whatever the environment says of stores and keys."""
    store = folder / STORE
    return Settings(
        store=f"sqlite:///{store}", keys=store.with_suffix(".keys"), evidence=store.with_suffix(".evidence"),
        master_key=None, master_key_file=None, master_key_command=None, actor=None,
    )  # fmt: skip


def _begin(teller: Teller) -> None:
    teller.say(
        "Everything here is invented: schools, people, texts. The clock is the story's own, so that three school "
        f"years ({BEGINS} to {ENDS}) pass in seconds; what is recorded bears the story's dates. Everybody signs in as "
        "themselves. Lines with $ are what one would type. The master key lies beside this store: fine for a demo, "
        "never for real data.",
    )


def chapters(hand: Hand, keep: Path | None) -> None:
    """All of them, in their order."""
    years = Years(hand, Diary(hand.clock))
    found(hand)
    first_year(hand, years)
    refusal(hand, years)
    waiver(hand, years)
    late(hand, years)
    forgetting(hand, years)
    replays(hand, years)
    differences(hand)
    all_cycles(hand)
    afterwards(hand, keep)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with TemporaryDirectory(prefix="reviewflow-demo-") as folder:
        yield Path(folder)
