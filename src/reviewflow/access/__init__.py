"""Who may come in, and what the log does not hold: passwords, sessions, sign-in links, tokens, identities, drafts.

Law: nothing here can be read by whoever takes the database. It holds ids, moments, SHA-256 of secrets of 256 bits,
argon2id hashes, keyed hashes and sealed boxes. Nothing here decides what somebody may do: that is the engine's.
"""
