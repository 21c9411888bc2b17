"""What stands beside the steps of a cycle: evidence, notes, waivers, consent."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting, acting_because, for_another


@click.command(epilog=example(
    "reviewflow cycle evidence hazel-2026-1 self_evaluation --file self-evaluation.pdf --as lena@hazel.example",
    "reviewflow cycle evidence hazel-2026-1 visit_evidence --text 'Books of three classes' --about q1"))  # fmt: skip
@click.argument("cycle")
@click.argument("kind")
@click.option("--text", metavar="TEXT", help="What was seen; stored sealed.")
@click.option("--file", metavar="FILE", help="A file; its name and its bytes are stored sealed.")
@click.option("--about", metavar="ROW", help="The row that it is about, where the workflow asks for one.")
@acting
@for_another
def evidence(cycle: str, kind: str, text: str | None, file: str | None, about: str | None, how: Acting) -> None:
    """Add evidence of KIND to CYCLE: a text, a file, or both."""
    from pathlib import Path

    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on
    from reviewflow.cli.values import read_bytes
    from reviewflow.cycle.commands import AddEvidence

    if text is None and file is None:
        raise click.UsageError("give --text TEXT, --file FILE, or both")
    data = read_bytes(file) if file is not None else None
    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        name = None if file is None else "standard input" if file == "-" else Path(file).name
        command = AddEvidence(asked=action.asked, cycle=target, kind=kind, about=about, text=text, file_name=name)
        engine = action.installation.engine
        done = action.do(command) if data is None else engine.add_evidence(command, data, dry_run=how.dry_run)
        tell_cycles(action, done, {"cycle": target, "kind": kind}, f"Evidence added: {kind}.")


@click.command(epilog=example("reviewflow cycle note hazel-2026-1 'Moved to the hall' --as lena@hazel.example"))
@click.argument("cycle")
@click.argument("text")
@click.option("--beside", type=click.IntRange(1), metavar="N", help="The number of the event that it stands beside.")
@acting
@for_another
def note(cycle: str, text: str, beside: int | None, how: Acting) -> None:
    """Write TEXT beside CYCLE; it changes nothing else, and is stored sealed."""
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on
    from reviewflow.cycle.commands import AddNote

    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        done = action.do(AddNote(asked=action.asked, cycle=target, text=text, beside=beside))
        where = f" beside event {beside}" if beside else ""
        tell_cycles(action, done, {"cycle": target, "beside": beside}, f"Noted{where}.")


@click.command(epilog=example(
    "reviewflow cycle waive hazel-2026-1 improvement_champion other_school --person ben@birch.example "
    "--reason 'nobody else is trained' --as priya@north.example"))  # fmt: skip
@click.argument("cycle")
@click.argument("of", metavar="STEP_OR_ROLE")
@click.argument("requirement")
@click.option("--person", metavar="PERSON", help="For a requirement of a role: for whom it is waived.")
@acting_because("Why it is waived; wanted, and stored sealed.")
@for_another
def waive(cycle: str, of: str, requirement: str, person: str | None, how: Acting) -> None:
    """Let REQUIREMENT of a step or role not be asked; it counts as waived, never as met."""
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on
    from reviewflow.cycle.commands import WaiveRequirement

    if not (how.reason or "").strip():
        raise click.UsageError("say why: --reason TEXT")
    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        whom = action.find.person(person, "--person") if person is not None else None
        done = action.do(WaiveRequirement(
            asked=action.asked, cycle=target, of=of, requirement=requirement, reason=how.reason or "", person=whom
        ))  # fmt: skip
        data = {"cycle": target, "of": of, "requirement": requirement, "person": whom}
        tell_cycles(action, done, data, f"Waived: {requirement} of {of}.")


@click.command(epilog=example("reviewflow cycle consent hazel-2026-1 share_feedback --as lena@hazel.example"))
@click.argument("cycle")
@click.argument("what")
@click.option("--withdraw", is_flag=True, help="End the consent.")
@acting
@for_another
def consent(cycle: str, what: str, withdraw: bool, how: Acting) -> None:
    """Let others see WHAT: a step, or STEP.FIELD, as the workflow names it."""
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on
    from reviewflow.cycle.commands import Consent

    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        done = action.do(Consent(asked=action.asked, cycle=target, what=what, withdraw=withdraw))
        verb = "withdrawn" if withdraw else "given"
        tell_cycles(action, done, {"cycle": target, "what": what, "withdraw": withdraw}, f"Consent {verb}: {what}.")
