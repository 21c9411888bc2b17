"""The one ordered log and its tables: the only package that knows `eventsourcing`.

`sql.SqlStore` keeps the log in a database, `memory.MemoryStore` in memory; both pass one contract suite.
`persistence` is the same log as a persistence module of the eventsourcing library (`PERSISTENCE_MODULE`).
Nothing is imported here: reading and appending must not pay for the library.
"""
