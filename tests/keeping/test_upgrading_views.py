"""What an upgrade does to views, and who may use what it makes."""

import os

import psycopg
import pytest

from keeping.rights import open_folder, unprivileged
from reviewflow.errors import StoreUnreachable
from reviewflow.keeping.known_views import every_view, following
from reviewflow.keeping.upgrading import ViewChange, bring_up, look
from reviewflow.settings import Settings
from reviewflow.store.addresses import database
from reviewflow.views.swapping import make_new, swap
from store.laid_out import made_as_of


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    named = f"sqlite:///{tmp_path / 'old.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made_as_of(named, 1)
    return named


def with_views(url, *names: str):
    """Views as this release makes them, in a store of version 1."""
    link = database(url, 5).link()
    link.raw.execute("BEGIN")
    for view in every_view():
        if view.name in names:
            view.create(link.connection)
    link.commit()
    link.close()


def test_a_new_view_of_a_follower_is_made_and_one_of_appends_is_named(url):
    with_views(url, "registry", "cycles")
    settings = Settings(store=url)
    want = (ViewChange("tasks", "rebuild"), ViewChange("activity", "make"))
    assert look(settings).views == want
    assert bring_up(settings).views == want
    assert look(settings).views == (ViewChange("tasks", "rebuild"),)


def test_views_are_made_with_the_upgrade_or_not_at_all(url, monkeypatch):
    [activity] = following()
    monkeypatch.setattr(type(activity), "create", lambda *_: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError, match="no"):
        bring_up(Settings(store=url))
    assert look(Settings(store=url)).found == 1


def test_who_may_use_the_views_may_use_new_tables(postgres_url):
    role = f"reviewflow_clerk_{os.getpid()}"
    made_as_of(postgres_url, 1)
    with_views(postgres_url, "registry", "cycles", "tasks")
    with psycopg.connect(postgres_url, autocommit=True) as link:
        link.execute(f"CREATE ROLE {role}")
        link.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON assignments TO {role}")
        bring_up(Settings(store=postgres_url))
        for table in ("followers", "effects", "moved", "activity"):
            asked = f"SELECT has_table_privilege('{role}', '{table}', 'SELECT, INSERT, UPDATE, DELETE')"
            assert link.execute(asked).fetchone() == (True,), table
        link.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_a_table_that_a_rebuild_adds_to_a_view_is_for_whoever_may_use_the_others(postgres_url):
    role = f"reviewflow_porter_{os.getpid()}"
    made_as_of(postgres_url, 1)
    with_views(postgres_url, "cycles")
    [view] = [one for one in every_view() if one.name == "cycles"]
    with psycopg.connect(postgres_url, autocommit=True) as link:
        link.execute(f"DROP TABLE named; CREATE ROLE {role}; GRANT SELECT, INSERT ON cycles, assignments TO {role}")
        opened = database(postgres_url, 5).link()
        make_new(opened.connection, view)
        swap(opened.connection, view)
        opened.commit()
        opened.close()
        for table in ("cycles", "assignments", "named"):
            asked = f"SELECT has_table_privilege('{role}', '{table}', 'SELECT, INSERT')"
            assert link.execute(asked).fetchone() == (True,), table
        link.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_a_file_that_may_only_be_read_is_left_as_it_is():
    with open_folder() as folder:
        file = folder / "old.db"
        made_as_of(str(file), 1)
        before = file.read_bytes()
        file.chmod(0o444)
        with unprivileged(), pytest.raises(StoreUnreachable, match="may be read but not written"):
            bring_up(Settings(store=f"sqlite:///{file}"))
        assert file.read_bytes() == before
