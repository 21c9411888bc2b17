"""The command line: parses a request, makes a command, shows a result. No rules here."""


def main() -> None:
    """Run the command line; `reviewflow` and `python -m reviewflow` both come here."""
    import os

    # No third party's plugin reads our events, and looking for one costs every start 10 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from reviewflow.cli.app import door

    door.main()
