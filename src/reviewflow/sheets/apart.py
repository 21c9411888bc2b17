"""Old and OpenDocument workbooks (.xls, .ods), read in a process of their own with little memory and time.

The reader fills every cell up to the last one used, and ends its whole process where memory does not suffice. What a
.xlsx says can be looked at before; these two cannot, so it is a process that nobody misses which ends.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.sheet import Cell, Merged, Sheet

_MEMORY: Final = 2 * 1024**3
_SECONDS: Final = 60
_MOST_CELLS: Final = 5_000_000
_TAGS: Final[dict[str, Callable[[Any], Cell]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def read_apart(data: bytes, what: str) -> list[Sheet]:
    """The worksheets, in their order. Errors such as `#N/A` come as empty cells."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "reviewflow.sheets.apart"],
        input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        why = _WHY.get(done.returncode, "a workbook that cannot be read, or reaches too far")
        want = f"expected a workbook of at most {_MOST_CELLS:,} cells; or save it as .xlsx"
        raise BadInput(what, [Fault("", why, want)])
    return [_sheet(one) for one in json.loads(done.stdout)]


_WHY: Final = {3: "a workbook protected by a password", 4: "a damaged workbook, or one of another kind"}


def _sheet(told: dict[str, Any]) -> Sheet:
    from reviewflow.sheets.workbook import rows_of

    rows = rows_of([[_cell(cell) for cell in row] for row in told["rows"]])
    merged = tuple(Merged(*one) for one in told["merged"])
    return Sheet(f"sheet {told['name']}", told["name"], rows, merged, told["hidden"])


def _cell(told: Any) -> Cell:
    if not isinstance(told, dict):
        plain: Cell = told
        return plain
    ((kind, text),) = told.items()
    tagged: Cell = _TAGS[kind](text)
    return tagged


def _tagged(value: Any) -> Any:
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    return {type(value).__name__: value.isoformat()}


def main() -> int:
    """Read a workbook from standard input, write its sheets to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    cells = 0
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as workbook:
            for one in workbook.sheets_metadata:
                if one.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_name(one.name)
                if sheet.end is not None:
                    cells += (sheet.end[0] + 1) * (sheet.end[1] + 1)
                if cells > _MOST_CELLS:
                    return 5
                merged = [[t + 1, l + 1, b + 1, r + 1] for (t, l), (b, r) in sheet.merged_cell_ranges or ()]  # noqa: E741
                rows = sheet.to_python(skip_empty_area=False)
                hidden = one.visible is not SheetVisibleEnum.Visible
                sheets.append({"name": one.name, "hidden": hidden, "merged": merged, "rows": rows})
    except PasswordError:
        return 3
    except CalamineError:
        return 4
    sys.stdout.write(json.dumps(sheets, default=_tagged))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
