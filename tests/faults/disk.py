"""A disk as the recorded changes leave it, and every state in which a loss of power may leave it.

What was synced is there. Of what was not, any part may be there: each write as a whole, in some of its sectors of 512
bytes, or not at all; each change of a length; each entry of a folder, until that folder is synced (the strict reading
of POSIX: to sync a file says nothing about its name). A sector is there whole, as old or as new. A file that grew may
have the length without the bytes; they are zeros then.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SECTOR = 512
_HEAD = struct.Struct("=IcQQIII")


class Change(NamedTuple):
    """One line of a trace."""

    kind: str
    inode: int
    offset: int
    name: str
    other: str
    data: bytes


def read_trace(path: Path) -> Iterator[Change]:
    """The changes, in the order in which they were made."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            length, kind, inode, offset, name, other, size = _HEAD.unpack(head)
            assert length == _HEAD.size - 4 + name + other + size
            rest = file.read(name + other + size)
            names = rest[:name].decode(), rest[name : name + other].decode()
            yield Change(kind.decode(), inode, offset, *names, rest[name + other :])


class Write(NamedTuple):
    """Bytes at a place."""

    offset: int
    data: bytes


class Length(NamedTuple):
    """A file cut off, or made longer."""

    size: int


Pending = Write | Length


@dataclass(eq=False)
class File:
    """What is surely there, and what may be."""

    synced: bytes = b""
    pending: list[Pending] = field(default_factory=list)

    def sync(self) -> None:
        """All of it is there now."""
        self.synced = bytes(apply(self.synced, self.pending))
        self.pending.clear()


@dataclass(eq=False)
class Folder:
    """The same for names: an entry is a file, a folder, or None once it is removed."""

    synced: dict[str, Node] = field(default_factory=dict)
    pending: list[tuple[tuple[str, Node | None], ...]] = field(default_factory=list)
    """Each of them is one change: a name that comes or goes, or both names of a renaming at once."""

    def sync(self) -> None:
        """All of it is there now."""
        self.synced = entries(self.synced, self.pending)
        self.pending.clear()


Node = File | Folder


def apply(content: bytes, changes: Iterable[Pending]) -> bytearray:
    """The content after some changes; a gap is filled with zeros."""
    now = bytearray(content)
    for change in changes:
        if isinstance(change, Length):
            del now[change.size :]
            now.extend(bytes(change.size - len(now)))
        else:
            end = change.offset + len(change.data)
            now.extend(bytes(max(0, end - len(now))))
            now[change.offset : end] = change.data
    return now


def entries(names: dict[str, Node], changes: Iterable[tuple[tuple[str, Node | None], ...]]) -> dict[str, Node]:
    """The names after some changes."""
    now = dict(names)
    for change in changes:
        for name, node in change:
            if node is None:
                now.pop(name, None)
            else:
                now[name] = node
    return now


class Unfollowable(Exception):
    """The program changed its files in a way that the shim does not follow: nothing can be said then."""


class Disk:
    """The folder that was watched; at first as it was before, all of it synced."""

    def __init__(self, root: Path, before: Path | None = None) -> None:
        """`root` is the folder in the trace, `before` a copy of what it held when the trace began.

        Inodes are those of the original, which must still be there under `root`.
        """
        self.prefix = str(root.resolve())
        self.root = Folder()
        self._inodes: dict[int, File] = {}
        self._folders: dict[str, Folder] = {"": self.root}
        self._now: dict[str, dict[str, Node]] = {"": {}}
        if before is not None:
            self._take(before)

    def remember(self, inodes: dict[str, int]) -> None:
        """Which inode had which name when the trace began."""
        for name, inode in inodes.items():
            folder, _, last = name.rpartition("/")
            node = self._now[folder][last]
            assert isinstance(node, File)
            self._inodes[inode] = node

    def _take(self, before: Path) -> None:
        for path in sorted(before.rglob("*")):
            name = str(path.relative_to(before))
            folder, _, last = name.rpartition("/")
            node: Node = Folder() if path.is_dir() else File(path.read_bytes())
            if isinstance(node, Folder):
                self._folders[name], self._now[name] = node, {}
            self._folders[folder].synced[last] = self._now[folder][last] = node

    def follow(self, change: Change) -> None:
        """One more change was made."""
        match change.kind:
            case "C":
                node = self._inodes[change.inode] = File()
                self._enter(change.name, node)
            case "M":
                made = self._folders[self._inside(change.name)] = Folder()
                self._now[self._inside(change.name)] = {}
                self._enter(change.name, made)
            case "W":
                self._inodes[change.inode].pending.append(Write(change.offset, change.data))
            case "T":
                self._inodes[change.inode].pending.append(Length(change.offset))
            case "S":
                self._inodes[change.inode].sync()
            case "D":
                self._folders[self._inside(change.name)].sync()
            case "U":
                self._enter(change.name, None)
            case "L":
                folder, _, last = self._inside(change.name).rpartition("/")
                self._enter(change.other, self._now[folder][last])
            case "R":
                self._rename(self._inside(change.name), self._inside(change.other))
            case _:
                raise Unfollowable(change)

    def _inside(self, name: str) -> str:
        return name.removeprefix(self.prefix).removeprefix("/")

    def _enter(self, name: str, node: Node | None) -> None:
        folder, _, last = self._inside(name).rpartition("/")
        self._folders[folder].pending.append(((last, node),))
        self._now[folder] = entries(self._now[folder], [((last, node),)])

    def _rename(self, old: str, new: str) -> None:
        (folder, _, before), (other, _, after) = old.rpartition("/"), new.rpartition("/")
        node = self._now[folder][before]
        if folder != other or isinstance(node, Folder):
            raise Unfollowable(f"{old} became {new}")
        change = ((before, None), (after, node))
        self._folders[folder].pending.append(change)
        self._now[folder] = entries(self._now[folder], [change])

    def write_image(self, to: Path, keep: Loss) -> None:
        """The files as a loss of power leaves them now; `keep` chooses what of the pending is there."""
        self._write(self.root, to, keep)

    def _write(self, folder: Folder, to: Path, keep: Loss) -> None:
        to.mkdir(mode=0o700)
        for name, node in entries(folder.synced, keep.names(folder.pending)).items():
            if isinstance(node, Folder):
                self._write(node, to / name, keep)
            elif not name.endswith("-shm"):  # memory that processes share: gone with the power
                place = to / name
                place.write_bytes(apply(node.synced, keep.changes(node)))
                place.chmod(0o600)


@dataclass
class Loss:
    """What of the pending survives: two choices."""

    names: Callable[[list[tuple[tuple[str, Node | None], ...]]], Iterable[tuple[tuple[str, Node | None], ...]]]
    changes: Callable[[File], Iterable[Pending]]
