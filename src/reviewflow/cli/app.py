"""The door itself: the table of all commands, and the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from reviewflow.cli.lazy import Commands, Table, example

TABLE: Table = {
    "demo": ("demo:demo", "Tell the main job step by step, in a store of its own."),
    "init": ("installation:init", "Make a store, its keys, and the first administrator."),
    "status": ("installation:status", "Say what is in this store and whether it is well."),
    "doctor": ("keeping.doctor:doctor", "Look at everything that could be wrong, and say what to do."),
    "inbox": ("inbox:inbox", "List what waits for whom, by when."),
    "programme": ("programme:programme", "Set up and show programmes."),
    "calendar": ("calendar:calendar", "Publish and show calendars: holidays, terms, named days."),
    "workflow": ("workflow:workflow", "Check, publish, show and draw workflow definitions."),
    "organisation": ("organisation:organisation", "Register and show organisations."),
    "partnership": ("partnership:partnership", "Form partnerships and say who belongs to them."),
    "person": ("person:person", "Register people, their roles, training and interests; forget them."),
    "token": ("access.token:token", "Let programs use the API in a person's name."),
    "cycle": ("cycle:cycle", "Open cycles, see what can be done, and do it."),
    "history": ("history:history", "Bring in past cycles from elsewhere."),
    "audit": ("audit:audit", "Read the log, replay a past moment, compare two."),
    "run": ("following.run:run", "Keep the views that follow the log, and send what is to be sent."),
    "serve": ("serving.serve:serve", "Serve the pages and the API until stopped."),
    "views": ("following.views:views", "See how the views stand, check them, make them afresh."),
    "effects": ("following.effects:effects", "See what is to be sent, try it again, or drop it."),
    "vault": ("keeping.vault:vault", "Back up the keys, bring them back, change the master key."),
    "backup": ("keeping.backup:backup", "Write every record and all evidence into one file."),
    "restore": ("keeping.backup:restore", "Make a store from a backup, and prove that it came back."),
    "store": ("keeping.store:store", "Upgrade a store, copy it elsewhere."),
}

QUIET_PIPE = 141
"""What a shell calls a program that ended because nobody read its output any more."""


class _Unread(Exception):  # not an error: nobody reads the output any more
    """Click would make a 1 of it, which is an answer: no."""


class Door(Commands):
    """The root of all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _Unread from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - it is called reviewflow however it was started
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,  # noqa: ARG002 - click's signature
        **extra: Any,
    ) -> Any:
        """Run one command and exit with its code; every error has become a sentence by then."""
        given = sys.argv[1:] if args is None else list(args)
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:  # a terminal that knows few characters gets the others escaped
                reconfigure(errors="backslashreplace")
        try:
            _check_words(given)
            code = super().main(given, "reviewflow", complete_var, standalone_mode=False, **extra) or 0
            sys.stdout.flush()
        except (BrokenPipeError, _Unread):
            code = QUIET_PIPE
            _let_go_of_output()
        except OSError as error:
            from reviewflow.cli.failures import tell

            code = tell(error, as_json="--json" in given)
            if error.filename is None:  # it is our own output that cannot be written
                _let_go_of_output()
        except BaseException as error:  # noqa: BLE001 - the last stop before a person: none passes as a traceback
            from reviewflow.cli.failures import tell

            code = tell(error, as_json="--json" in given)
        if standalone_mode:
            sys.exit(code)
        return code


def _check_words(words: Sequence[str]) -> None:
    """Refuse words that no database holds, whatever they are for: names of files end up in events too."""
    if all(word.isascii() and "\0" not in word for word in words):  # and nothing need be loaded to say what is wrong
        return
    from reviewflow.errors import BadInput, unheld

    named = [before if before.startswith("--") else "" for before in ("", *words)]
    places = (f"word {number}" + (f" (after {name})" if name else "") for number, name in enumerate(named, 1))
    faults = [fault for where, word in zip(places, words, strict=False) if (fault := unheld(where, word))]
    if faults:
        raise BadInput("the command line", faults)


def _let_go_of_output() -> None:
    """Let the interpreter's last flush find somebody who listens."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        from reviewflow import __version__

        click.echo(f"reviewflow {__version__}")
        ctx.exit()


@click.group(
    cls=Door,
    table=TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=example("reviewflow demo", "reviewflow init --admin 'Ada Example' --programme 'Example Partnership'")
    + "\n\n\b\nThe store is named by REVIEWFLOW_STORE (default sqlite:///reviewflow.db), the person who acts by --as or"
    "\nREVIEWFLOW_ACTOR. Exit codes: 0 done; 1 the answer is no; 2 wrong usage or input; 3 somebody else was first;"
    "\n4 integrity broken; 5 store not reachable.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
              help="Show the version and exit.")  # fmt: skip
def door() -> None:
    """Peer review cycles in which every step is an immutable event and every past moment can be replayed."""
