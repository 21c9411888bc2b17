"""Links, passwords and sessions of a person: what is done, and what is said of it."""

from __future__ import annotations

import sys
from typing import Any

from reviewflow.access.links import HOURS
from reviewflow.asking import signing_in as asking
from reviewflow.cli.access.request import asked, told
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import cell, count, facts, say, table
from reviewflow.errors import BadInput, Fault


def showing(person: str, how: Acting) -> None:
    """What they have."""
    with asked(how) as question:
        data = asking.sign_in(question, person)
        if how.json:
            told(how, data)
            return
        facts({
            "name": data["name"], "password": data["password"], "link": _link(question.called, data["link"]),
            "sign-in service": count(len(data["identities"]), "account") if data["identities"] else None,
            "tokens": data["tokens"] or None,
        })  # fmt: skip
        say()
        rows = [[_how(question.called, one), one["begun"], one["seen"], one["until"]] for one in data["sessions"]]
        table(("signed in by", "since", "last seen", "ends at the latest"), rows, none="not signed in anywhere")


def linking(person: str, hours: int | None, how: Acting) -> None:
    """A link, shown once."""
    with asked(how) as question:
        data = asking.make_link(question, person, HOURS if hours is None else hours, dry_run=how.dry_run)
        told(
            how, data,
            f"A link for {data['name']}; it lets in whoever has it, once, within {count(data['hours'], 'hour')}:",
            f"  {data['address'] or '(it would stand here)'}",
            "It is not shown again. A link made before opens nothing any more.",
        )  # fmt: skip


def setting_password(person: str, how: Acting) -> None:
    """A password from the input."""
    text = _from_input()
    with asked(how) as question:
        data = asking.set_password(question, person, text, dry_run=how.dry_run)
        told(how, data, f"{data['name']} has this password now, and is signed out everywhere.")


def removing_password(person: str, how: Acting) -> None:
    """No password."""
    with asked(how) as question:
        data = asking.remove_password(question, person, dry_run=how.dry_run)
        had = "has no password any more" if data["changed"] else "had no password"
        told(how, data, f"{data['name']} {had}. Sessions go on; --end-sessions ends them.")


def removing_accounts(person: str, how: Acting) -> None:
    """No account."""
    with asked(how) as question:
        data = asking.remove_accounts(question, person, dry_run=how.dry_run)
        removed = count(data["removed"], "account")
        told(how, data, f"{removed} of the sign-in service led to {data['name']}; none does any more.")


def ending_sessions(person: str, how: Acting) -> None:
    """Out everywhere."""
    with asked(how) as question:
        data = asking.end_sessions(question, person, dry_run=how.dry_run)
        also = "; the link that waited opens nothing any more" if data["link_dropped"] else ""
        told(how, data, f"{data['name']} is signed out: {count(data['ended'], 'session')} ended{also}.")


def _from_input() -> str:
    """The first line, without its end; `BadInput` for bytes that are no UTF-8."""
    stream = getattr(sys.stdin, "buffer", None)
    given = stream.readline() if stream is not None else sys.stdin.readline().encode()
    try:
        text: str = given.decode()
    except UnicodeDecodeError as error:
        got = f"the byte 0x{given[error.start]:02X}"
        raise BadInput("the password", [Fault("first line of the input", got, "want UTF-8")]) from error
    return text.removesuffix("\n").removesuffix("\r")


def _how(called: Any, session: dict[str, Any]) -> str:
    if session["how"] != "link" or session["let_in_by"] is None:
        return str(session["how"])
    return f"link made by {called.person(session['let_in_by'])}"


def _link(called: Any, link: dict[str, Any] | None) -> str | None:
    if link is None:
        return None
    by = f"made by {called.person(link['by'])}" if link["by"] else "made on the command line"
    return f"waits to be used until {cell(link['until'])}, {by}"
