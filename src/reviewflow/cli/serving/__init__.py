"""The command that serves the pages and the API."""
