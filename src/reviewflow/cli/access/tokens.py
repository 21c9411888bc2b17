"""Tokens: what is done, and what is said of it."""

from __future__ import annotations

from reviewflow.asking import signing_in as asking
from reviewflow.cli.access.request import asked, told
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, table


def adding(person: str, name: str, scope: str, days: int, how: Acting) -> None:
    """One more, shown once."""
    with asked(how) as question:
        data = asking.add_token(question, person, name, scope, days, dry_run=how.dry_run)
        may = "read and act" if "act" in data["scopes"] else "read"
        what = f"with which a program may {may} as {data['name']}, for {count(days, 'day')}"
        if how.dry_run:
            told(how, data, f"A token would be made {what}.")
            return
        told(
            how, data, f"A token {what}; its id is {data['id']}:", f"  {data['secret']}",
            "It is not shown again. Whoever has it is taken for that person.",
        )  # fmt: skip


def listing(person: str | None, how: Acting) -> None:
    """Those of a person, or all."""
    with asked(how) as question:
        data = asking.tokens(question, person)
        if how.json:
            told(how, data)
            return
        header = ("id", "person", "called", "may", "until", "last used")
        rows = [
            [one["id"], one["name"], one["called"], ", ".join(one["scopes"]),
             "ended" if one["ended"] else one["until"], one["used_on"] or "never"]
            for one in data["tokens"]
        ]  # fmt: skip
        table(header, rows, none="no tokens")


def revoking(token: str, how: Acting) -> None:
    """One."""
    with asked(how) as question:
        data = asking.revoke_token(question, token, dry_run=how.dry_run)
        called = f" ({data['called']})" if data["called"] else ""
        told(how, data, f"The token {data['id']}{called} of {data['name']} opens nothing any more.")
