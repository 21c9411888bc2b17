from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

import pytest

from reviewflow.vault.commits import commit_to, verify_commit

SALT = bytes(range(32))


def test_a_commitment_is_what_hmac_says():
    assert commit_to(SALT, "Zoë".encode()) == hmac.new(SALT, "Zoë".encode(), hashlib.sha256).hexdigest()
    assert verify_commit(SALT, "Zoë", commit_to(SALT, "Zoë".encode()))


@pytest.mark.parametrize(
    ("salt", "value", "commit"),
    [
        (SALT[:-1] + b"\0", "Zoë", None),
        (SALT, "Zoe", None),
        (SALT, "Zoë ", None),
        (SALT, "Zoe\u0308", None),
        (SALT + b"\0", "Zoë", None),
        (b"", "Zoë", None),
        (SALT, "\ud800", None),
        (SALT, "Zoë", ""),
        (SALT, "Zoë", "é"),
        (SALT, "Zoë", commit_to(SALT, "Zoë".encode()).upper()),
    ],
)
def test_anything_else_is_not_it(salt, value, commit):
    assert not verify_commit(salt, value, commit_to(SALT, "Zoë".encode()) if commit is None else commit)


def test_checking_needs_the_standard_library_alone():
    source = Path(__file__).parents[2] / "src"
    script = (
        f"import sys; sys.path.insert(0, {str(source)!r}); import reviewflow.vault.commits; "
        "print(*sorted(name.split('.')[0] for name in sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(found) <= set(sys.stdlib_module_names) | {"__main__", "reviewflow"}
