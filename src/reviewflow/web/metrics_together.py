"""Where several processes serve, each answers /metrics for all: their counters lie in files of one folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder; prometheus_client looks at it once, when it is imported."""


@contextmanager
def metrics_together() -> Iterator[None]:
    """Such a folder; enter it before anything imports `prometheus_client`."""
    with TemporaryDirectory(prefix="reviewflow-metrics-") as folder:
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            os.environ.pop(SHARED, None)
