"""reviewflow: peer review cycles as state machines whose transitions are immutable events."""

__version__ = "0.1.0.dev0"
