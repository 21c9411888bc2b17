"""Who may come in, on the command line."""
