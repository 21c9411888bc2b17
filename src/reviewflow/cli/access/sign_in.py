"""How a person comes in: link, password, sessions."""

from __future__ import annotations

import click

from reviewflow.cli.access.options import acting_here
from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting


@click.command(
    "sign-in",
    epilog=example(
        "reviewflow person sign-in lena@hazel.example", "reviewflow person sign-in lena@hazel.example --link --hours 24"
    ),
)
@click.argument("person_", metavar="PERSON")
@click.option("--link", is_flag=True, help="Make a link that lets them in once; it is shown once.")
@click.option(
    "--hours", type=click.IntRange(1, 336), metavar="N", help="How long the link may wait to be used; without it, 72."
)
@click.option("--password-stdin", is_flag=True, help="Set the password that stands in the first line of the input.")
@click.option("--no-password", is_flag=True, help="Take the password away.")
@click.option("--no-accounts", is_flag=True, help="Let no account of the sign-in service lead to them any more.")
@click.option("--end-sessions", is_flag=True, help="Sign them out everywhere, and let a link that waits open nothing.")
@acting_here
def sign_in(
    person_: str, link: bool, hours: int | None, password_stdin: bool, no_password: bool, no_accounts: bool,
    end_sessions: bool, how: Acting,
) -> None:  # fmt: skip
    """Let PERSON in, or keep them out; without options, show what they have to come in with, and where they are."""
    from reviewflow.cli.access import signing_in

    if sum((link, password_stdin, no_password, no_accounts, end_sessions)) > 1:
        raise click.UsageError("give one of --link, --password-stdin, --no-password, --no-accounts, --end-sessions")
    if hours is not None and not link:
        raise click.UsageError("--hours goes with --link")
    if link:
        signing_in.linking(person_, hours, how)
    elif password_stdin:
        signing_in.setting_password(person_, how)
    elif no_password:
        signing_in.removing_password(person_, how)
    elif no_accounts:
        signing_in.removing_accounts(person_, how)
    elif end_sessions:
        signing_in.ending_sessions(person_, how)
    else:
        signing_in.showing(person_, how)
