"""How somebody comes in: what they have for it, never a secret; links, passwords and sessions changed for them.

None of it is in the log. Who may: the permission table, asked about the person it is for.
"""

from __future__ import annotations

from typing import Any

from reviewflow.access.identities import Identities
from reviewflow.access.links import HOURS, Links, check_hours
from reviewflow.access.passwords import Passwords
from reviewflow.access.sessions import Sessions
from reviewflow.access.tokens import Tokens
from reviewflow.access.weak import check_password
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.registry.scopes import Scope

PATH = "/sign-in/link/"


def whom(question: Question, name: str, typed: str) -> str:
    """The id of the person it is for, if the viewer may do this for them; `Refused` for somebody forgotten."""
    found = question.find.person(typed)
    question.may(name, Scope("person", found))
    person = question.now.person(found)
    if person is None or person.forgotten:
        raise Refused(name, [Unmet("forgotten", f"{found} was forgotten; nobody comes in as them any more")])
    return found


def about(question: Question, person: str) -> list[str]:
    """What whoever knows a person would try as their password: name, address, where they work."""
    folded = question.now.person(person)
    if folded is None:
        return []
    places = {grant.scope for grant in folded.roles if grant.scope_kind == "organisation"}
    known = [question.called.kept(folded.name), question.called.kept(folded.email)]
    return [*(one for one in known if one), *sorted(map(question.called.organisation, places))]


def sign_in(question: Question, typed: str) -> dict[str, Any]:
    """What a person has to come in with."""
    person = whom(question, "person sign-in", typed)
    made = question.installation
    link = Links(made.store, made.clock).of(person)
    waiting = {"by": link.by, "made": link.made, "until": link.until} if link else None
    return {
        **_named(question, person),
        "password": Passwords(made.store, made.vault, made.clock).has(person),
        "link": waiting,
        "identities": Identities(made.store, made.vault, made.clock).of(person),
        "sessions": [
            {
                "id": one.id,
                "how": one.how,
                "let_in_by": one.let_in_by,
                "begun": one.begun,
                "seen": one.seen,
                "until": one.until,
            }
            for one in sessions(question).of(person)
        ],
        "tokens": len([one for one in _tokens(question).of(person) if one.until > made.clock.now()]),
    }


def make_link(question: Question, typed: str, hours: int = HOURS, *, dry_run: bool = False) -> dict[str, Any]:
    """A new sign-in link for a person; `address` stands in this answer and nowhere else, None in a dry run."""
    person = whom(question, "person sign-in", typed)
    links = Links(question.installation.store, question.installation.clock)
    check_hours(hours)
    address = None
    if not dry_run:
        secret = links.make(person, hours, by=question.viewer)
        address = f"{question.installation.settings.url or ''}{PATH}{secret}"
    return {**_named(question, person), "dry_run": dry_run, "hours": hours, "address": address}


def set_password(question: Question, typed: str, text: str, *, dry_run: bool = False) -> dict[str, Any]:
    """A new password for a person, whose sessions all end; `BadInput` for a weak one."""
    person = whom(question, "person sign-in", typed)
    known = about(question, person)
    check_password(text, known)
    if not dry_run:
        made = question.installation
        Passwords(made.store, made.vault, made.clock).set(person, text, about=known)
    return {**_named(question, person), "dry_run": dry_run, "password": True}


def remove_password(question: Question, typed: str, *, dry_run: bool = False) -> dict[str, Any]:
    """No password any more; `changed`: whether there was one."""
    person = whom(question, "person sign-in", typed)
    made = question.installation
    passwords = Passwords(made.store, made.vault, made.clock)
    changed = passwords.has(person) if dry_run else passwords.remove(person)
    return {**_named(question, person), "dry_run": dry_run, "password": False, "changed": changed}


def end_sessions(question: Question, typed: str, *, dry_run: bool = False) -> dict[str, Any]:
    """Signed out everywhere, and no link waits any more; how many sessions `ended`."""
    person = whom(question, "person sign-in", typed)
    made = question.installation
    links, found = Links(made.store, made.clock), sessions(question)
    waiting = links.of(person) is not None
    ended = len(found.of(person))
    if not dry_run:
        found.end_all(person)
        links.drop(person)
    return {**_named(question, person), "dry_run": dry_run, "ended": ended, "link_dropped": waiting}


def remove_accounts(question: Question, typed: str, *, dry_run: bool = False) -> dict[str, Any]:
    """No account of the sign-in service leads to a person any more; how many `removed`."""
    person = whom(question, "person sign-in", typed)
    made = question.installation
    identities = Identities(made.store, made.vault, made.clock)
    removed = len(identities.of(person)) if dry_run else identities.remove(person)
    return {**_named(question, person), "dry_run": dry_run, "removed": removed}


def sessions(question: Question) -> Sessions:
    """Sessions with the limits that the settings say."""
    settings = question.installation.settings
    return Sessions(
        question.installation.store,
        question.installation.clock,
        idle=settings.session_idle,
        whole=settings.session_whole,
    )


def tokens(question: Question, typed: str | None = None) -> dict[str, Any]:
    """A person's tokens, or all of those of whom the viewer may know: their own, or everybody's."""
    person = None
    if typed is not None:
        person = question.find.person(typed)
        question.may("token list", Scope("person", person))
    return {
        "tokens": [
            {"id": one.id, **_named(question, one.person), "called": one.name, "scopes": sorted(one.scopes),
             "by": one.by, "made": one.made, "until": one.until, "used_on": one.used_on,
             "ended": one.until <= question.installation.clock.now()}
            for one in _tokens(question).of(person)
            if question.allowed("token list", Scope("person", one.person))
        ]
    }  # fmt: skip


def add_token(
    question: Question, typed: str, name: str, scope: str, days: int, *, dry_run: bool = False
) -> dict[str, Any]:
    """A new token for a person; `secret` stands in this answer and nowhere else, None in a dry run."""
    from reviewflow.access.tokens import check_token

    person = whom(question, "token add", typed)
    scopes = check_token(name, [scope], days)
    one, secret = (None, None) if dry_run else _tokens(question).make(person, name, scopes, days, by=question.viewer)
    return {
        **_named(question, person), "dry_run": dry_run, "id": one, "called": name, "scopes": sorted(scopes),
        "days": days, "secret": secret,
    }  # fmt: skip


def revoke_token(question: Question, typed: str, *, dry_run: bool = False) -> dict[str, Any]:
    """A token, by its id or the beginning of it, opens nothing any more."""
    seen = [
        one for one in _tokens(question).of()
        if question.allowed("token list", Scope("person", one.person)) and typed and one.id.startswith(typed.lower())
    ]  # fmt: skip
    if len(seen) != 1:
        got = f"{typed!r}, which is none" if not seen else f"{typed!r}, which begins {len(seen)} of them"
        raise BadInput(
            "the token", [Fault("id", got, "want an id that `reviewflow token list` shows, or its beginning")]
        )
    found = seen[0]
    question.may("token revoke", Scope("person", found.person))
    if not dry_run:
        _tokens(question).revoke(found.id)
    return {"id": found.id, **_named(question, found.person), "called": found.name, "dry_run": dry_run}


def _tokens(question: Question) -> Tokens:
    made = question.installation
    return Tokens(made.store, made.vault, made.clock)


def _named(question: Question, person: str) -> dict[str, Any]:
    return {"person": person, "name": question.called.person(person)}
