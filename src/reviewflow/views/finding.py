"""From what a person types to ids: an id, a handle, an identity of a register, or the beginning of one.

What is typed is only ever a value of a statement, never a part of it.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from sqlalchemy import Column, Connection, Table, bindparam, or_, select, union

from reviewflow.views.cycles import cycles
from reviewflow.views.organisations import identities, organisations
from reviewflow.views.partnerships import partnerships
from reviewflow.views.people import people
from reviewflow.views.programmes import programmes
from reviewflow.views.statement import Statement
from reviewflow.views.workflows import workflows

Kind = Literal["cycle", "organisation", "partnership", "programme", "person", "workflow"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_LAST = "\U0010ffff"
"""Stands after every text: what begins with T lies from T up to T and this."""
