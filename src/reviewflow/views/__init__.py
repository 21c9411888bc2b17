"""The synchronous read models: ids, public register data and sealed boxes, changed inside the append's transaction.

A view never calls the engine, and no opened personal value is ever written here.
"""

from reviewflow.views.assembled import Views, all_views

__all__ = ["Views", "all_views"]
