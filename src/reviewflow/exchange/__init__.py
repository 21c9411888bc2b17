"""Files in which histories travel: CSV, JSON Lines and XES, read and written as streams of plain rows.

Nothing here knows what a row means, and no file is ever held whole.
"""

from reviewflow.exchange.held import Held
from reviewflow.exchange.reading import open_rows
from reviewflow.exchange.rows import Format, Row, Rows
from reviewflow.exchange.values import Cell, Value
from reviewflow.exchange.writing import FORMATS, Writer, writer

__all__ = ["FORMATS", "Cell", "Format", "Held", "Row", "Rows", "Value", "Writer", "open_rows", "writer"]
