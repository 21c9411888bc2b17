"""The vault: whether its keys are there, whether they open, and whether what was forgotten is gone."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.keeping.doctor_check import Check, Verdict
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.keeping.key_state import KeyState, look

_LOST = "their texts cannot be read: restore a backup of the keys (`reviewflow vault restore`)"
_MODES = "others may read "
_SOME = 5


def keys(patient: Patient) -> Iterator[Check]:
    """The keys, and the master key that opens them."""
    _ = patient.keys
    state = look(patient.settings, patient.clock.now().date().isoformat())
    made = f"; backups that still exist: {len(state.backups)}" if state.backups else ""
    yield Check("keys", "ok", f"{state.name}: {state.keys:,} keys{made}")
    yield _master_key(state)
    for warning in state.warnings:
        if not warning.startswith(_MODES):  # told with the other files
            yield Check("keys", "warning", warning)


def people(patient: Patient) -> Iterator[Check]:
    """Everybody who was not forgotten has a key."""
    # The log first: a key is durable before the event that needs it. Whoever is registered has a name, and it is
    # sealed under a key of their own.
    registered = patient.log.streams("person")
    there, gone = _owners(patient)
    without = [one for one in registered if one not in there and one not in gone]
    if without:
        more = f" and {len(without) - _SOME} more" if len(without) > _SOME else ""
        yield Check("keys of people", "fault", f"no key of {', '.join(without[:_SOME])}{more}", _LOST)
    else:
        yield Check("keys of people", "ok", "everybody who was not forgotten has one")


def _master_key(state: KeyState) -> Check:
    seen = state.master_key
    if seen.opens:
        return Check("master key", "ok", f"{seen.told}: it opens the keys; fingerprint {seen.fingerprint}")
    if seen.opens is None:
        verdict: Verdict = "warning" if seen.told == "none" else "fault"
        return Check("master key", verdict, f"{seen.told}: {seen.why}", "see docs/how-to/keep-the-keys.md")
    found = f"{seen.told}, fingerprint {seen.fingerprint}, does not open these keys"
    return Check("master key", "fault", found, "put the right one back, or restore the keys that belong to it")


def forgotten(patient: Patient) -> Iterator[Check]:
    """Who is forgotten in the log and in the vault: both, or it was cut short, or one of them is an older copy."""
    _, before = _owners(patient)
    with patient.store.snapshot() as snapshot:
        said = set(snapshot.touching("forgotten"))
    _, gone = _owners(patient)  # what is forgotten at this very moment comes between
    half, unsaid = sorted(said - gone), sorted(before - said)
    if half:
        found = f"{len(half)} forgotten in the log whose keys are still there: {', '.join(half[:_SOME])}"
        yield Check("forgotten", "fault", found, "any command finishes it, as in `reviewflow status`")
    if unsaid:
        found = f"{len(unsaid)} keys destroyed for whom the log says nothing of it: {', '.join(unsaid[:_SOME])}"
        yield Check(
            "forgotten", "fault", found, "the store is older than its keys: restore the one that belongs to them"
        )
    if not half and not unsaid:
        yield Check("forgotten", "ok", f"{len(gone)} forgotten, in the log and in the vault")


def _owners(patient: Patient) -> tuple[set[str], set[str]]:
    """Whose keys there are, and whose were destroyed."""
    with patient.keys.whole() as whole:
        there = {owner for chunk in whole.chunks() for owner, _ in chunk}
        return there, {one.stream for one in whole.forgotten()}
