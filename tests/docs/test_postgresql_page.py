"""docs/how-to/postgresql.md: its statements and its commands, as they stand there, in a real database."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import psycopg
import pytest

from docs.test_examples import INSTALLED
from reviewflow.errors import StoreUnreachable
from reviewflow.store.sql import SqlStore
from reviewflow.wiring import SystemClock

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "postgresql.md"
BLOCKS = re.compile(r"^```(sql|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OWNER, APP, DATABASE = "reviewflow_owner", "reviewflow_app", "reviewflow"


class Followed:
    """Somebody who does what the page says, with names of their own, so that several can at once."""

    def __init__(self, server, folder: Path, programs: Path) -> None:
        self.server, self.folder, self.said = server, folder, []
        self.mark = f"_{os.getpid()}"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("REVIEWFLOW_")}
        self.environment["PATH"] = os.pathsep.join([str(programs), INSTALLED, self.environment["PATH"]])

    def url(self, role: str) -> str:
        host = psycopg.conninfo.conninfo_to_dict(self.server.url)
        return f"postgresql://{role}{self.mark}:x@/{DATABASE}{self.mark}?host={host['host']}&port={host['port']}"

    def sql(self, text: str) -> None:
        text = re.sub(rf"\b({OWNER}|{APP}|DATABASE {DATABASE})\b", rf"\1{self.mark}", text)
        place = self.server.url if "CREATE DATABASE" in text else self.server.url_of(DATABASE + self.mark)
        with psycopg.connect(place, autocommit=True) as link:
            for statement in text.split(";\n"):
                link.execute(statement)

    def sh(self, text: str) -> None:
        text = re.sub(
            rf"postgresql://({OWNER}|{APP})@db\.example/{DATABASE}\b", lambda m: shlex.quote(self.url(m[1])), text
        )
        exported = "".join(f"{line}\n" for line in self.said if line.startswith("export "))
        self.said += text.splitlines()
        done = subprocess.run(
            ["bash", "-euc", exported + text],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def followed(postgres, tmp_path_factory, forked):
    one = Followed(postgres, tmp_path_factory.mktemp("page"), forked)
    for kind, text in BLOCKS.findall(PAGE.read_text(encoding="utf-8")):
        getattr(one, kind)(text)
    yield one
    with psycopg.connect(postgres.url, autocommit=True) as link:
        link.execute(f"DROP DATABASE {DATABASE}{one.mark} WITH (FORCE)")
        link.execute(f"DROP ROLE {OWNER}{one.mark}, {APP}{one.mark}")


def test_what_the_page_says_can_be_done(followed):
    with SqlStore(followed.url(APP), SystemClock()) as store, store.snapshot() as snapshot:
        assert {record.topic for record in snapshot.log()} >= {
            "registry.workflow-published/1", "registry.organisation-registered/1",
        }  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET body = ''",
        "DELETE FROM records",
        "TRUNCATE records",
        "ALTER TABLE records DISABLE TRIGGER ALL",
        "DROP TRIGGER records_never_change ON records",
        "DROP TABLE records",
        "CREATE OR REPLACE FUNCTION records_never_change() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE public.records_of_mine (position bigint)",
        "DELETE FROM log_schema",
        "INSERT INTO moved VALUES ('elsewhere', 0)",
        "SET session_replication_role = replica",
    ],
)
def test_the_role_of_every_day_cannot_change_the_log(followed, statement):
    with (
        psycopg.connect(followed.url(APP), autocommit=True) as link,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        link.execute(statement)


def test_a_right_that_is_lacking_is_told(followed):
    with (
        SqlStore(followed.url(APP), SystemClock()) as store,
        pytest.raises(StoreUnreachable, match="this role may not do that: permission denied for table moved"),
        store.changing() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM moved")


def test_the_owner_is_stopped_by_the_trigger(followed):
    with psycopg.connect(followed.url(OWNER), autocommit=True) as link:
        for statement in ("UPDATE records SET body = ''", "DELETE FROM records", "TRUNCATE records"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                link.execute(statement)


def test_a_view_that_the_owner_rebuilds_can_still_be_used(followed):
    followed.sh(
        f"export REVIEWFLOW_STORE=postgresql://{OWNER}@db.example/{DATABASE}\nreviewflow views rebuild\n"
        f"export REVIEWFLOW_STORE=postgresql://{APP}@db.example/{DATABASE}\n"
        'reviewflow organisation add "Rowan Invented School" --handle rowan\nreviewflow views check\n'
    )
