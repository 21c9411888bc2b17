"""Reads the settings; what is wrong with them is said by the names that people set."""

from __future__ import annotations

import os

from pydantic import ValidationError

from reviewflow.errors import BadInput, Fault
from reviewflow.settings import PREFIX, Settings, settings_from


def read_settings() -> Settings:
    """The settings that the environment gives."""
    try:
        return settings_from(os.environ)
    except ValidationError as error:
        faults = [
            Fault(f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()}", repr(one["input"]), one["msg"])
            for one in error.errors()
        ]
        raise BadInput("the settings", faults) from error
