"""The synchronous read models: ids, public register data and sealed boxes, changed inside the append's transaction.

A view never calls the engine, and no opened personal value is ever written here. Which views there are says
`assembled.all_views`; nothing is imported here, so that `--help` need not pay for SQLAlchemy.
"""
