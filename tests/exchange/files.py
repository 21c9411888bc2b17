"""Files made for tests, and how they are read."""

import gzip
import io
from typing import Any

from reviewflow.errors import BadInput
from reviewflow.exchange import open_rows, writer


def read(path, **options: Any):
    """All rows of a file."""
    with open_rows(path, **options) as rows:
        return list(rows)


def read_bytes(folder, data, **options: Any):
    """All rows of these bytes."""
    path = folder / "given"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read(path, **options)


def cells(folder, data, **options: Any):
    """The cells of all rows of these bytes, none of which may have a fault."""
    rows = read_bytes(folder, data, **options)
    assert [row.faults for row in rows if row.faults] == []
    return [dict(row.cells) for row in rows]


def refusal(folder, data, **options: Any):
    """The rows given out before the file was refused, and the one fault."""
    path = folder / "given"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    rows = []
    try:
        with open_rows(path, **options) as given:
            rows.extend(given)
    except BadInput as error:
        assert error.what == str(path)
        (fault,) = error.faults
        return rows, fault
    raise AssertionError(f"read without a refusal: {rows}")


def written(form, events, **options: Any):
    """What the writer makes of (case, event) pairs, and how many characters it replaced."""
    out = io.StringIO()
    with writer(form, out, **options) as made:
        for case, event in events:
            made.write(case, event)
    return out.getvalue(), made.replaced


def log(inside, attributes=""):
    """An XES log with this inside."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016"{attributes}>\n{inside}\n</log>\n'


def event(*attributes: tuple[str, str, str]):
    """An event with these (element, key, value)."""
    return "<event>" + "".join(f'<{kind} key="{key}" value="{value}"/>' for kind, key, value in attributes) + "</event>"


def many(count):
    """A log of this many events, ten to a trace, four attributes each."""
    out = io.StringIO()
    with writer("xes", out) as made:
        for number in range(count):
            made.write(
                {"concept:name": f"case-{number // 10}"},
                {
                    "concept:name": f"step {number % 10}",
                    "time:timestamp": f"2026-03-01T09:{number % 60:02}:00+00:00",
                    "org:resource": f"person-{number % 97}",
                    "lifecycle:transition": "complete",
                },
            )
    return out.getvalue().encode()


def packed(data):
    """Gzipped, the same each time."""
    return gzip.compress(data if isinstance(data, bytes) else data.encode(), mtime=0)
