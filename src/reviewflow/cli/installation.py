"""Making an installation, and saying what is in one."""

from __future__ import annotations

from typing import Any

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Reading, reading


@click.command(
    epilog=example(
        "reviewflow init --admin 'Ada Example' --email ada@council.example --programme 'Example Partnership'"
    )
)
@click.option("--admin", metavar="NAME", help="Registers the first administrator.")
@click.option("--email", metavar="ADDRESS", help="The administrator's e-mail address.")
@click.option("--programme", metavar="NAME", help="Sets up a first programme; goes with --admin.")
@click.option(
    "--time-zone", default="Europe/London", show_default=True, metavar="ZONE", help="The programme's time zone."
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def init(admin: str | None, email: str | None, programme: str | None, time_zone: str, as_json: bool) -> None:
    """Make a store, its keys, and the first administrator.

    Nothing that exists is ever touched. The store is made where REVIEWFLOW_STORE says; the master key is
    taken from REVIEWFLOW_MASTER_KEY, REVIEWFLOW_MASTER_KEY_FILE or REVIEWFLOW_MASTER_KEY_COMMAND, else a
    new one is written beside the store, with a loud warning.
    """
    from reviewflow.cli.making import make

    if admin is None and (email is not None or programme is not None):
        raise click.UsageError("--email and --programme go with --admin NAME: somebody must set things up")
    make(admin, email, programme, time_zone, as_json)


@click.command(epilog=example("reviewflow status", "reviewflow status --json"))
@reading
def status(how: Reading) -> None:
    """Say what is in this store and whether it is well."""
    from reviewflow.cli.printing import facts, say, table
    from reviewflow.cli.request import asking

    with asking(how) as question:
        question.may("status")
        data = _status(question)
        cycles = data["cycles"]

        def show() -> None:
            facts({key: value for key, value in data.items() if key != "cycles"})
            if cycles:
                say()
                table(("workflow", "state", "cycles"), [(c["workflow"], c["state"], c["cycles"]) for c in cycles])

        question.answer(data, show)


def _status(question: Any) -> dict[str, Any]:
    from reviewflow import __version__
    from reviewflow.cycle.seeing import HIDDEN
    from reviewflow.registry.permissions import ADMINISTRATOR, AUDITOR
    from reviewflow.views.cycles import count_cycles
    from reviewflow.views.organisations import list_organisations

    installation, known = question.installation, question.known
    position = known.snapshot.position()
    last = known.snapshot.log(after=position - 1, limit=1) if position else []
    viewer = known.person(question.viewer) if question.viewer else None
    everything = question.viewer is None or any(
        (role, "installation") in viewer.roles_on(question.day()) for role in (ADMINISTRATOR, AUDITOR) if viewer
    )
    with installation.store.reading() as connection:
        organisations = len(list_organisations(connection))
        cycles = [one._asdict() for one in count_cycles(connection)] if everything else []
    sets = {"programmes": "programmes", "partnerships": "partnerships", "people": "people"}
    return {
        "version": __version__,
        "store": installation.settings.store if everything else HIDDEN,
        "master_key": "at hand"
        if installation.vault.readable
        else "not at hand: texts are hidden, nothing can be recorded",
        "records": position,
        "last_recorded_at": last[0].recorded_at if last else None,
        **{name: len(known.touching(of)) for name, of in sets.items()},
        "organisations": organisations,
        "workflows": [stream.removeprefix("workflow-") for stream in known.touching("workflows")],
        "cycles": cycles,
    }
