"""A file that one program at a time may hold, until it ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from reviewflow.errors import BadInput, Fault


def locked(path: Path) -> int:
    """The open file, made (mode 0600) unless it is there; close it to let go. `BadInput` while another holds it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(handle), path.lstat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            want = "another program holds it; let that one end"
            raise BadInput(str(path), [Fault("", "a file that is being written", want)]) from None
        except FileNotFoundError:
            pass  # whoever held it has just removed it: make another
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
