"""A file that is looked at first and recorded after.

Between the two it is with the browser, in the form itself: what it holds is kept nowhere on the server before it is
sealed. What is confirmed is decided anew, so nothing depends on what was shown.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request

from reviewflow.errors import BadDefinition, BadInput, DefinitionFault, Fault, Refused
from reviewflow.sheets.packed import told_size
from reviewflow.web.api.sent_files import LARGEST, UNPACKED
from reviewflow.web.doing import NOT_PERMITTED
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.small import Faults
from reviewflow.web.forms.wrong import sentence
from reviewflow.web.refusals import who_may_alone, why_not
from reviewflow.web.sentences import asking
from reviewflow.web.uploads import KINDS, ROOM, Kind, NotTaken, TooManyAtOnce, uploaded
from reviewflow.web.visiting import Posted, Visitor, site_of

SHOWN: Final = 500
"""Rows of a table on a page."""
_PIECE: Final = 300_000
"""Characters of the file in one hidden field: a multiple of four, and below what one field may have."""
_INTO_FORM: Final = "the form"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong in the file."""

    where: str
    got: str
    want: str


@dataclass
class Upload:
    """A file on its way, and what came of looking at it."""

    data: bytes = b""
    command: str = ""
    """The id of the command, the same for looking and for recording."""
    confirmed: bool = False
    faults: Faults = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    """What was entered beside the file, by the names of the inputs."""

    @property
    def pieces(self) -> list[str]:
        """The file as text, in pieces that fields can hold."""
        whole = base64.b64encode(self.data).decode()
        return [whole[begin : begin + _PIECE] for begin in range(0, len(whole), _PIECE)]

    @property
    def status(self) -> int:
        """Of the page."""
        return 422 if self.faults else 200

    @property
    def shown(self) -> list[Wrong]:
        """As many as fit on a page."""
        return self.wrong[:SHOWN]

    @property
    def more(self) -> int:
        """How many others there are."""
        return max(len(self.wrong) - SHOWN, 0)


def carried(
    request: Request, who: Visitor, sent: Posted, upload: Upload, work: Callable[[], None], *,
    kinds: Mapping[str, Kind] = KINDS, inputs: Mapping[str, str] | None = None, needed: bool = True,
    row_by_row: bool = False,
) -> None:  # fmt: skip
    """Take the file, then look at it or record it (`upload.confirmed`): that is `work`; what is wrong is noted.

    `inputs`: the inputs for what faults call otherwise; a fault of none of them is one of the file. Not `needed`: the
    form can be sent without a file. `row_by_row`: what the visitor may not do is said of each row; else it raises
    `Refused`.
    """
    upload.confirmed = bool(sent.text("confirmed"))
    upload.command = command_id(sent.text("command"))
    beside = {"file": "file", **{name: name for name in upload.beside}, **(inputs or {})}
    upload.beside = {name: sent.text(name).strip() or value for name, value in upload.beside.items()}
    try:
        upload.data = _kept(sent) if upload.confirmed else _new(sent, kinds, needed=needed)
        with ROOM.taken(UNPACKED):
            work()
    except NotTaken as error:
        upload.faults = [("file", error.sentence)]
    except TooManyAtOnce:
        upload.faults = [("file", "Several files are being read just now. Try again in a minute")]
    except BadInput as error:
        upload.faults = [(beside[one.where], _said(one)) for one in error.faults if one.where in beside]
        upload.wrong = [_wrong(one.where, one.got, one.want) for one in error.faults if one.where not in beside]
    except BadDefinition as error:
        upload.wrong = [_wrong(_line(one), one.got, one.want) for one in error.faults]
    except Refused as error:
        if NOT_PERMITTED in error.codes and not row_by_row:
            raise who_may_alone(error) from None
        with asking(site_of(request).installation, who.person) as question:
            upload.wrong = [Wrong("", "", text) for text in why_not(question, error)]
    if upload.wrong:
        upload.faults.append(("wrong", summary(len(upload.wrong))))


def _line(fault: DefinitionFault) -> str:
    line = f"Line {fault.line}, column {fault.column}" if fault.line else ""
    return f"{line}: {fault.path}" if line and fault.path else line or fault.path


_WANTED: Final = re.compile(r"^(expected|want) ")
_FOR_A_TERMINAL: Final = re.compile(r"; see: [^;]*$")
_QUOTED: Final = re.compile(r"`([^`]+)`")


def _wrong(where: str, got: str, want: str) -> Wrong:
    """One thing, as a page writes it: quotation marks of people, and no command to be typed."""
    want = _FOR_A_TERMINAL.sub("", _WANTED.sub("wanted: ", want))
    return Wrong(where, _QUOTED.sub(r"“\1”", got), _QUOTED.sub(r"“\1”", want))


def _said(fault: Fault) -> str:
    """What is said of the file itself is a sentence already."""
    return fault.want if fault.where == "file" and not fault.got else sentence(fault)


def summary(number: int) -> str:
    """For the head of the page."""
    return f"{number:,} {'thing is' if number == 1 else 'things are'} wrong. Nothing was recorded"


def no_file(want: str) -> BadInput:
    """A file that cannot be taken, with what to do instead."""
    return BadInput(_INTO_FORM, [Fault("file", "", want)])


def _new(sent: Posted, kinds: Mapping[str, Kind], *, needed: bool) -> bytes:
    file = uploaded(sent.file("file"), kinds)
    if file is None:
        if needed:
            raise no_file("Choose a file")
        return b""
    return _fitting(file.data)


def _kept(sent: Posted) -> bytes:
    text = "".join(str(value) for name, value in sent.pairs if name == "piece")
    try:
        return _fitting(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise no_file("Choose the file again") from None


def _fitting(data: bytes) -> bytes:
    """No file that would take the memory of everybody else's pages."""
    if len(data) > LARGEST:
        most = f"{LARGEST // 1024 // 1024} MB"
        raise no_file(f"The file must be smaller than {most}. Larger ones can be brought in on the command line")
    if told_size(data) > UNPACKED:
        raise no_file("The file holds far more than can be read here")
    return data
