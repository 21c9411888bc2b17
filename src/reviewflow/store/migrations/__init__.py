"""How the tables that a store owns became what they are: one revision a version, each frozen once it is released.

`log_schema` is the only truth about which version a store has: it is read whenever a store is opened, long before
anybody needs alembic. There is no table of alembic's own beside it that could say something else. Alembic keeps the
order of the revisions and gives them words that both databases understand; `upgrading.py` runs them.

A new version: raise `SCHEMA` in `schema.py`, change the tables in `tables.py` (or in following/tables.py,
access/tables.py), write `versions/vNNNN_what.py` whose `revision` is that number, with every name spelled out: a
revision imports nothing of ours, because what it would import goes on changing. Its docstring is what `store
upgrade` says it does. Triggers and functions have no revision: an upgrade makes them anew as the release at hand
wants them. Nor have the views: they are rebuilt. `tests/store/test_upgrading.py` compares a store that came all the
way with one that was made new.
"""
