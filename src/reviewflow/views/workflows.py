"""Published editions of workflows by digest; the definitions themselves stay in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from reviewflow.events import Event
from reviewflow.ports import Record
from reviewflow.registry.events import WorkflowPublished
from reviewflow.views.statement import Statement
from reviewflow.views.table import table, whole, word

workflows = table(
    "workflows",
    word("name", key=True),
    word("digest", key=True),
    word("edition"),
    word("title"),
    word("published"),
    whole("position"),
)

_PUBLISH = Statement.inserting(workflows)
_REPLACE = Statement(
    delete(workflows).where(workflows.c.name == bindparam("named"), workflows.c.digest == bindparam("digested")),
    "named", "digested",
)  # fmt: skip


def _published(connection: Connection, record: Record, event: WorkflowPublished) -> None:
    # An edition published again becomes the latest.
    _REPLACE.run(connection, event.workflow, event.digest)
    title = str(event.document.get("title", event.workflow))
    published = event.happened.on.isoformat()
    _PUBLISH.run(connection, event.workflow, event.digest, event.edition, title, published, record.position)


CHANGES: Final[dict[type[Event], Callable[[Connection, Record, Any], None]]] = {WorkflowPublished: _published}


class WorkflowRow(NamedTuple):
    """One published edition; a new cycle is opened with the latest."""

    name: str
    digest: str
    edition: str
    title: str
    published: date
    latest: bool


def list_workflows(connection: Connection, name: str | None = None, *, all_editions: bool = False) -> list[WorkflowRow]:
    """The latest edition of every workflow, or of one; with `all_editions` the earlier ones after it."""
    wanted = select(workflows).order_by(workflows.c.name, workflows.c.position.desc())
    if name is not None:
        wanted = wanted.where(workflows.c.name == name)
    found: list[WorkflowRow] = []
    for named, digest, edition, title, published, _position in connection.execute(wanted):
        latest = not found or found[-1].name != named
        if latest or all_editions:
            found.append(WorkflowRow(named, digest, edition, title, date.fromisoformat(published), latest))
    return found
