"""Who may come in: passwords, sign-in links, sessions, tokens; and drafts. What the log does not hold."""
