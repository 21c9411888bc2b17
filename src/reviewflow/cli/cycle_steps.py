"""Taking a step of a cycle, and signing what was proposed."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting, for_another


@click.command(epilog=example(
    "reviewflow cycle do hazel-2026-1 choose_focus --set focus_areas=Writing --as lena@hazel.example",
    "reviewflow cycle do hazel-2026-1 schedule_visit --template > visit.yaml",
    "reviewflow cycle do hazel-2026-1 schedule_visit --form visit.yaml --dry-run",
    "reviewflow cycle do hazel-2026-1 start_self_evaluation --as ben@birch.example --for lena@hazel.example",
))  # fmt: skip
@click.argument("cycle")
@click.argument("step")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE",
              help="A field of the form; again for one more of a list; questions.1.question=... for rows.")  # fmt: skip
@click.option("--form", metavar="FILE", help="The form in a file, JSON or YAML (- reads standard input).")
@click.option("--about", metavar="ROW", help="The row that this is about, where the workflow asks for one.")
@click.option("--template", is_flag=True, help="Print the empty form, with what each field wants, and do nothing.")
@acting
@for_another
def do(
    cycle: str, step: str, sets: tuple[str, ...], form: str | None, about: str | None, template: bool, how: Acting
) -> None:
    """Take STEP in CYCLE: a transition or an act; `cycle next` lists them.

    Where the workflow wants a second signature this is the proposal. A refusal lists everything that is
    not met, who can meet it and who may waive it.
    """
    from reviewflow.asking.step_forms import resolved
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on
    from reviewflow.cli.step_forms import show_template
    from reviewflow.cli.values import entered
    from reviewflow.cycle.commands import TakeStep
    from reviewflow.cycle.steps import find_step

    if template:
        show_template(cycle, step, how)
        return
    values = entered(sets, form)
    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        setting = action.installation.engine.setting(action.known, target)
        found = find_step(setting.definition, step)
        given = resolved(action.find, setting.definition, step, values)
        done = action.do(TakeStep(asked=action.asked, cycle=target, step=step, values=given, about=about))
        verb = "Proposed, waiting for a signature" if found.second else "Done"
        tell_cycles(action, done, {"cycle": target, "step": step}, f"{verb}: {found.title}, by {action.who}.")


@click.command(epilog=example("reviewflow cycle agree hazel-2026-1 schedule_visit --as lena@hazel.example"))
@click.argument("cycle")
@click.argument("step")
@acting
@for_another
def agree(cycle: str, step: str, how: Acting) -> None:
    """Sign what was proposed for STEP; with the last signature it is taken, judged on that day."""
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on
    from reviewflow.cycle.commands import Agree
    from reviewflow.cycle.steps import find_step

    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        found = find_step(action.installation.engine.setting(action.known, target).definition, step)
        done = action.do(Agree(asked=action.asked, cycle=target, step=step))
        tell_cycles(action, done, {"cycle": target, "step": step}, f"Signed: {found.title}.")
