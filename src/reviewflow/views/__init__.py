"""The synchronous read models: ids, public register data and sealed boxes, changed inside the append's transaction.

A view never calls the engine, and no opened personal value is ever written here. `assembled` has all of them. Nothing
is imported here: who asks the log alone does not wait for the tables of the views.
"""
