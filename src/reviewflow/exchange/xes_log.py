"""What the XML parser tells of an XES log, gathered into rows: one per event, with what its trace says.

`path` is the way from the log down to where the parser is. What holds attributes (log, global, trace, event) stands
there as None, an attribute as its key; so a nested attribute finds the beginning of its own key at the end of it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from reviewflow.errors import Fault
from reviewflow.exchange.limits import DEEPEST, LARGEST_CELL, LARGEST_KEY, MOST_CELLS
from reviewflow.exchange.rows import Row, shown
from reviewflow.exchange.xes_held import Defaults, Held, Stop
from reviewflow.exchange.xes_types import CHECKS, ENCODINGS, HOLDING, WANTED

CASE: Final = "case:"
_COPIED: Final = 64
"""Cells of a case up to which each of its events has them for its own."""
_BRACKETS: Final = 100
_ASIDE: Final = frozenset({"extension", "classifier"})
_ATTRIBUTES: Final = HOLDING | CHECKS.keys()
_Start = Callable[[str, list[str]], None]
_End = Callable[[str], None]
_INSIDE: Final = {"": {"log"}, "log": {"global", "trace"}, "trace": {"event"}, "global": frozenset[str]()}


class Log:
    """The handlers of one parser, and the rows they made since they were last taken."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        """`parser` gives attributes as a list, name and value by turns."""
        self.begins = -1
        """The byte at which the trace's attributes, or the event, that are held now began; -1: nothing is held."""
        self.begun = False
        """Whether the log's own tag has come, after which nothing can be declared."""
        self._parser = parser
        self._path: list[str | None] = []
        self._holders: list[str] = [""]
        self._held = Held(self.place)
        self._defaults = {"trace": Defaults(), "event": Defaults()}
        self._scope = self._defaults["event"]
        self._traces = False
        self._brackets = 0
        self._case: dict[str, str] | None = None  # what a trace says, once its first event has begun
        self._case_faults: tuple[Fault, ...] = ()
        self._event_place = ""
        self._count = 0
        self._rows: list[Row] = []
        self._odd_names: set[str] = set()
        self._texts: set[str] = set()
        self._blanks = 0  # how many texts were blank when last judged
        parser.buffer_text = True
        parser.CharacterDataHandler = self._texts.add
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._document_type
        self._attribute, self._end_in_event = _hot(self, self._path, self._held)
        self._listen(self._start, self._end)

    def taken(self) -> list[Row]:
        """The rows made since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def place(self) -> str:
        """Where the parser is, as people count."""
        return f"line {self._parser.CurrentLineNumber}, column {self._parser.CurrentColumnNumber + 1}"

    def count_bracket(self) -> None:
        """Bound how often the parser is fed a little only, before the log."""
        self._brackets += 1
        if self._brackets > _BRACKETS:
            raise self._stop(f"more than {_BRACKETS} square brackets before <log>", "expected <log> sooner")

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and not ENCODINGS.fullmatch(encoding):
            raise self._stop(f"the encoding {shown(encoding)}", "expected UTF-8, UTF-16 or an encoding of one byte")

    def _document_type(self, *_: object) -> None:
        raise self._stop("a document type (DOCTYPE)", "expected XES, which has none")

    def _start(self, name: str, attributes: list[str]) -> None:
        """Anything outside of events, of which most are the next event."""
        holder = self._holders[-1]
        if name == "event" and holder == "trace" and self._path[-1] is None:
            self._open_event()
            return
        local = self._local(name)
        direct = not self._path or self._path[-1] is None
        if direct and local in _INSIDE[holder]:
            self._open(local, attributes)
        elif holder == "log" and local in _ASIDE | _ATTRIBUTES:
            self._path.append(local)
            self._listen(self._start_aside, self._end_aside)
        elif holder not in {"trace", "global"}:
            inside = f" inside <{holder}>" if holder else " as the root"
            raise self._stop(f"{_tag(local)}{inside}", "expected <log>, in it <trace>, in it <event>")
        elif direct and self._case is not None:
            raise self._stop(f"{_tag(local)} after the events of its trace", "expected it before them")
        else:
            self._attribute(name, attributes)

    def _open(self, holder: str, attributes: list[str]) -> None:
        if holder == "event":
            self._open_event()
            return
        if holder == "global":
            self._open_global(attributes)
        elif holder == "trace":
            self._traces = True
        else:
            self.begun = True
        if holder != "log":
            self.begins = self._parser.CurrentByteIndex
        self._holders.append(holder)
        self._path.append(None)
        self._held.begin({})

    def _open_global(self, attributes: list[str]) -> None:
        scope = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("scope", "event")
        if scope not in self._defaults:
            raise self._stop(f"the scope {shown(scope)}", "expected trace or event")
        if self._traces:
            raise self._stop("<global> after a trace", "expected it before all traces")
        self._scope = self._defaults[scope]

    def _open_event(self) -> None:
        held = self._held
        if self._case is None:
            held.fill(self._defaults["trace"])
            self._case = {CASE + key: value for key, value in held.cells.items()}
            self._case_faults = tuple(held.faults)
        held.begin(self._case.copy() if len(self._case) <= _COPIED else {})
        self._path.append(None)
        parser = self._parser
        self.begins = parser.CurrentByteIndex
        self._event_place = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
        parser.StartElementHandler = self._attribute
        parser.EndElementHandler = self._end_in_event

    def _end(self, _name: str) -> None:
        self.judge_texts()
        key = self._path.pop()
        if key is None:
            self._holders.pop()
            self.begins = -1
            self._case = None
        elif self._path[-1] is None and self._holders[-1] == "global":
            self._scope.keep(key, self._held.copy())
            self._held.begin({})

    def event_ended(self) -> None:
        """Make a row of what is held."""
        if len(self._texts) != self._blanks:
            self.judge_texts()
        held, parser = self._held, self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self.begins = -1
        self._count += 1
        if defaults := self._defaults["event"]:
            held.fill(defaults)
        cells: Mapping[str, str] = held.cells
        if self._case is not None and len(self._case) > _COPIED:
            cells = self._shared(held.cells, self._case)
        faults = (*self._case_faults, *held.faults) if held.faults else self._case_faults
        self._rows.append(Row(self._count, self._event_place, cells, faults))

    def _shared(self, own: dict[str, str], case: dict[str, str]) -> Mapping[str, str]:
        """What both say, where the case says so much that a copy for each event would weigh."""
        for key in own.keys() & case.keys():
            if own[key] != case[key]:
                self._held.add_fault(f"{shown(key)} a second time", "expected each key once")
        return ChainMap(own, case)

    def _start_aside(self, name: str, _attributes: list[str]) -> None:
        """What stands beside the traces, which no row tells: it need only be XES."""
        local = self._local(name)
        if local not in _ATTRIBUTES and local != "values":
            raise self._stop(_tag(local), "expected an attribute of XES")
        self.deeper()
        self._path.append(local)

    def _end_aside(self, _name: str) -> None:
        self._path.pop()
        if self._path[-1] is None:
            self._listen(self._start, self._end)

    def odd(self, name: str, attributes: list[str]) -> None:
        """An attribute that is not just an element of XES with its key and its value."""
        local, parent = self._local(name), self._path[-1]
        for other in attributes[::2]:
            if other not in {"key", "value"}:
                self._known(other)
        if local == "values" and parent is not None:
            self.deeper()
            self._path.append(parent)
        elif local not in _ATTRIBUTES:
            raise self._stop(_tag(local), "expected an attribute of XES")
        elif local in HOLDING:
            key, _ = self._key_and_value(attributes)
            self._list(key, parent)
        else:
            key, value = self._key_and_value(attributes)
            if value is None:
                raise self._stop(f"{_tag(local)} {shown(key)} without a value", "expected key and value")
            self._attribute(local, ["key", key, "value", value])

    def _key_and_value(self, attributes: list[str]) -> tuple[str, str | None]:
        """What an attribute says in any order and among whatever else; the value of a list is None."""
        said = dict(zip(attributes[::2], attributes[1::2], strict=True))
        key, value = said.get("key", ""), said.get("value")
        if not key:
            raise self._stop("an attribute without a key", "expected key and value")
        if len(key) > LARGEST_KEY:
            raise self._stop(f"a key of {len(key):,} characters", f"expected at most {LARGEST_KEY:,}")
        if value is not None and len(value) > LARGEST_CELL:
            raise self._stop(f"a value of {len(value):,} characters", f"expected at most {LARGEST_CELL:,}")
        return key, value

    def _list(self, key: str, parent: str | None) -> None:
        held = self._held
        if parent is not None:
            self.deeper()
            key = f"{parent}/{key}"
        key = self.again(parent, key, None)
        held.add_list(key)
        self._path.append(key)

    def again(self, parent: str | None, key: str, value: str | None) -> str:
        """The key under which a value is kept whose key may have come before; a fault where it must not."""
        if key not in self._held.cells and key not in self._held.lists:
            return key
        numbered = self._held.again(parent, key)
        # Twice the same value says nothing twice; of two lists nobody can tell.
        if numbered is None and (value is None or self._held.cells.get(key) != value):
            self._held.add_fault(f"{shown(key)} a second time", "expected each key once")
        return numbered or key

    def deeper(self) -> None:
        """Bound how far elements stand inside one another."""
        if len(self._path) >= DEEPEST:
            raise self._stop(f"elements more than {DEEPEST} deep", "expected fewer inside one another")

    def _local(self, name: str) -> str:
        """An element's name without its namespace."""
        if ":" not in name:
            return name
        self._known(name)
        return name.rpartition(":")[2]

    def _known(self, name: str) -> None:
        """Bound how many names there are: the parser keeps every one it ever saw."""
        self._odd_names.add(name)
        if len(self._odd_names) > MOST_CELLS:
            raise self._stop(
                f"more than {MOST_CELLS:,} names of elements and their attributes", "expected those of XES"
            )

    def judge_texts(self) -> None:
        """Stop at text between elements: it may well be an attribute that lost its first bracket.

        Texts are gathered as a set, which costs next to nothing, for nearly all are one of a few runs of blanks.
        """
        if len(self._texts) == self._blanks:
            return
        for text in self._texts:
            if not text.isspace():
                raise self._stop(
                    f"text between elements, {shown(text.strip())}", "expected elements only, as XES has them"
                )
        if len(self._texts) > MOST_CELLS:
            self._texts.clear()
        self._blanks = len(self._texts)

    def _stop(self, got: str, want: str) -> Stop:
        return Stop(self.place(), got, want)

    def _listen(self, start: _Start, end: _End) -> None:
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end


def _hot(log: Log, path: list[str | None], held: Held) -> tuple[_Start, _End]:
    """The two handlers that hear nearly everything there is to hear, closed over what they need.

    An event of four attributes calls them nine times; as methods of `Log` they took a third longer.
    """
    checks, pop = CHECKS, path.pop

    def attribute(name: str, attributes: list[str]) -> None:
        """One attribute of anything: what is usual comes first."""
        try:
            check = checks[name]
            named, key, valued, value = attributes
        except (KeyError, ValueError):
            log.odd(name, attributes)
            return
        if named != "key" or valued != "value" or not key or len(key) > LARGEST_KEY or len(value) > LARGEST_CELL:
            log.odd(name, attributes)
            return
        if (parent := path[-1]) is not None:
            log.deeper()
            key = f"{parent}/{key}"
        cells = held.cells
        if key in cells or held.lists:
            key = log.again(parent, key, value)
        cells[key] = value
        path.append(key)
        if check is not None and not check(value) and not check(value.strip(" \t\r\n")):
            held.add_fault(f"{shown(value)} as {shown(key)}", WANTED[name])
        if len(cells) > held.room:
            raise Stop(log.place(), f"more than {MOST_CELLS:,} attributes", "expected fewer on one event or trace")

    def end(_name: str) -> None:
        if pop() is None:
            log.event_ended()

    return attribute, end


def _tag(name: str) -> str:
    return f"<{shown(name)[1:-1]}>"
