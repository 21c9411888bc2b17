"""Commands given: made from what was sent, handed to the engine, answered as the command line answers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Header, Request, Response

from reviewflow.asking.acted import cycles_after
from reviewflow.asking.acting import asked_by, done_data
from reviewflow.asking.in_names import refused_in_names
from reviewflow.asking.one_cycle import seeing_of
from reviewflow.asking.question import Question
from reviewflow.cycle.commands import AddEvidence
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.events import Asked, Command, Happened
from reviewflow.registry.scopes import Scope
from reviewflow.web.api.answering import answer, asking_for
from reviewflow.web.api.entering import caller_of
from reviewflow.web.api.models.sent import ForAnother, Now, When
from reviewflow.web.visiting import site_of
from reviewflow.wiring import Installation

_KEY: Final = re.compile(r"[\x20-\x7e]{1,200}")


class Ready(NamedTuple):
    """What a request means: one command or several, and what the answer says beside what was recorded."""

    commands: Sequence[Command]
    data: Mapping[str, Any]
    cycle: str | None = None
    """The id of the cycle that it is about."""
    file: bytes | None = None
    """Of evidence."""
    finish: Callable[[Question, Done], Mapping[str, Any]] | None = None
    """What can be said only once it was done."""
    before: Callable[[], object] | None = None
    """What is made ready just before it is recorded."""


Prepare = Callable[[Question, Asked], Ready]


def _key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key", max_length=202, examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
            description="Sent again with the same key, a command is done once, and answered the same with `repeated: "
            "true`. One key for each command; other people's keys never meet yours. Without it, it is done each time "
            "(draft-ietf-httpapi-idempotency-key-header).",
        ),
    ] = None,
) -> str | None:  # fmt: skip
    if key is None:
        return None
    bare = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not _KEY.fullmatch(bare):
        raise BadInput("the key", [Fault("Idempotency-Key", f"{len(bare)} characters", "want 1 to 200 of ASCII")])
    return bare


Key = Annotated[str | None, Depends(_key)]


def give(request: Request, key: str | None, how: Now, prepare: Prepare) -> Response:
    """Give the command that `prepare` makes, and answer. No snapshot is held while it is done."""
    installation, person = site_of(request).installation, caller_of(request).person
    request.state.body = how.model_dump(mode="json", by_alias=True)  # so that faults can point into it
    with asking_for(request) as question:
        asked = asked_for(question, key, how)
        try:
            ready = prepare(question, asked)
        except Refused as error:
            raise with_names(question, error) from error
    try:
        if ready.before is not None and not how.dry_run:
            ready.before()
        done = _do(installation, ready, dry_run=how.dry_run)
    except Refused as error:
        with asking_for(request) as question:
            raise with_names(question, error, ready.cycle) from error
    data = {**done_data(done, dry_run=how.dry_run), **ready.data}
    if ready.finish is not None:
        with asking_for(request) as question:
            data |= ready.finish(question, done)
    if ready.cycle is not None or done.cycles:
        data["cycles"] = data.get("cycles") or cycles_after(installation, done, person)
    return answer(request, data)


def asked_for(question: Question, key: str | None, how: Now) -> Asked:
    """What is asked for, by whoever sent the request; its id follows from their key."""
    installation, person = question.installation, str(question.viewer)
    happened, behalf = None, None
    if isinstance(how, When) and (day := how.on or how.by):
        happened = Happened(on=day, at=how.at.replace(tzinfo=None) if how.at else None, latest=True if how.by else None)
    if isinstance(how, ForAnother) and how.for_ is not None:
        behalf = question.find.person(how.for_, "for")
    # The key is somebody's own text: kept as a keyed hash, with whose it is, so that two people's keys never meet.
    one = installation.vault.lookup("idempotency key", f"{person}\0{key}") if key else secrets.token_hex(16)
    return asked_by(
        installation, person, door="api", command_id=one, happened=happened, reason=how.reason or None,
        on_behalf_of=behalf,
    )  # fmt: skip


def also(asked: Asked, number: int) -> Asked:
    """The same asking for one more command of a request; its id follows from the first one's."""
    return replace(asked, id=f"{asked.id}.{number}") if number else asked


def _do(installation: Installation, ready: Ready, *, dry_run: bool) -> Done:
    engine = installation.engine
    if not ready.commands:
        return Done((), {}, None)
    if ready.file is not None:
        [command] = ready.commands
        assert isinstance(command, AddEvidence)
        return engine.add_evidence(command, ready.file, dry_run=dry_run)
    if len(ready.commands) == 1:
        return engine.handle(ready.commands[0], dry_run=dry_run)
    refused = []
    for command in ready.commands:  # tried first, so that a refusal of one stops them all
        try:
            engine.handle(command, dry_run=True)
        except Refused as error:
            refused.append(error)
    if refused:
        raise Refused("; ".join(one.what for one in refused), [unmet for one in refused for unmet in one.unmet])
    dones = [engine.handle(command, dry_run=dry_run) for command in ready.commands]
    events = tuple(event for done in dones for event in done.events)
    cycles = {key: cycle for done in dones for key, cycle in done.cycles.items()}
    position = max((done.position for done in dones if done.position), default=None)
    return Done(events, cycles, position, all(done.repeated for done in dones))


def with_names(question: Question, error: Refused, cycle: str | None = None) -> Refused:
    """A refusal with names for ids; of people only those whom this person may be told of."""

    def may_name(person: str) -> bool:
        return person == question.viewer or question.allowed("person show", Scope("person", person))

    if cycle is not None:
        setting = question.installation.engine.setting(question.now, cycle)
        may_name = seeing_of(question.installation, question.now, setting, question.viewer).people
    return refused_in_names(error, question.called, may_name)
