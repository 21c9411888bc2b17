"""Commands for what follows the log: the background process, its views, what it sends."""
