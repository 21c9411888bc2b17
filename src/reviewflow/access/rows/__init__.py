"""The statements of access, a file for each table: what is asked of it, and what is changed in it."""
