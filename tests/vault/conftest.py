from __future__ import annotations

import pytest

from vault.vault_given import new_vault


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "reviewflow.keys"


@pytest.fixture(params=["in memory", "in a file"])
def vault(request, keys):
    made = new_vault(keys if request.param == "in a file" else None)
    yield made
    made.close()


@pytest.fixture
def another():
    """A second vault, in memory, with keys of its own."""
    made = new_vault()
    yield made
    made.close()


@pytest.fixture
def stored(keys):
    made = new_vault(keys)
    yield made
    made.close()
