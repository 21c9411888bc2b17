"""XES (IEEE 1849-2016) as rows of texts, by a push parser: fed a piece, it gives the events that ended in it.

The parser knows no document type, no entity and no address: what would make it look elsewhere or grow ends the
reading. Namespaces, comments and processing instructions are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from reviewflow.errors import BadInput
from reviewflow.exchange.limits import LARGEST_EVENT, LARGEST_TAG, PIECE
from reviewflow.exchange.rows import Row, Rows
from reviewflow.exchange.source import Source
from reviewflow.exchange.xes_held import Stop
from reviewflow.exchange.xes_log import Log

_FAR: Final = 1024 * 1024
"""Bytes of an unfinished tag from which on more is fed at once: the parser begins it anew each time."""
_MORE: Final = 4 * PIECE


def xes_rows(source: Source, pieces: Iterator[bytes]) -> Rows:
    """The rows of an XES log."""
    return Rows("xes", (), _rows(source, pieces))


def _rows(source: Source, pieces: Iterator[bytes]) -> Iterator[Row]:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    log = Log(parser)
    source.place = log.place
    fed = lag = 0
    held = b""
    for piece in pieces:
        held += piece
        if lag > _FAR and len(held) < _MORE:
            continue
        fed += len(held)
        broken = _feed(source, parser, log, held, last=False)
        held = b""
        yield from log.taken()
        if broken is not None:
            raise broken
        # The parser holds a tag until it ends, and the log an event.
        lag = fed - parser.CurrentByteIndex
        if lag > LARGEST_TAG:
            raise source.refusal(f"a tag of more than {LARGEST_TAG:,} bytes", "expected shorter values")
        if log.begins >= 0 and fed - log.begins > LARGEST_EVENT:
            raise source.refusal(f"an event of more than {LARGEST_EVENT:,} bytes", "expected smaller ones")
    broken = _feed(source, parser, log, held, last=True)
    yield from log.taken()
    if broken is not None:
        raise broken


def _feed(source: Source, parser: expat.XMLParserType, log: Log, piece: bytes, *, last: bool) -> BadInput | None:
    """What ends the reading in this piece, if anything; events before it are the log's to give."""
    try:
        while not log.begun and (bracket := piece.find(b"[") + 1):
            # Told of a document type, the parser would run on into its entities: it is never given them.
            parser.Parse(piece[:bracket], False)  # noqa: FBT003 - the parser's own order
            piece = piece[bracket:]
            log.count_bracket()
        parser.Parse(piece, last)
        log.judge_texts()
    except Stop as stop:
        return BadInput(source.what, [stop.fault])
    except expat.ExpatError as error:
        return source.refusal(expat.ErrorString(error.code), "expected well-formed XML")
    except (LookupError, ValueError):
        return source.refusal("an encoding that is not known here", "expected UTF-8, or an encoding of one byte")
    return None
