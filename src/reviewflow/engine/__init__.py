"""The engine: read, fold, decide, seal, append; again if something moved. Knows ports, no adapter."""

from reviewflow.engine.again import TRIES
from reviewflow.engine.answers import Answer, Done
from reviewflow.engine.engine import Engine

__all__ = ["TRIES", "Answer", "Done", "Engine"]
