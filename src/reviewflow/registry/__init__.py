"""PURE. Organisations, partnerships, programmes, people, roles, training, relationships, calendars, permissions."""
