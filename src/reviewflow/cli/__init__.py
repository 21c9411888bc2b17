"""The command line: parses a request, makes a command, shows a result. No rules here."""


def main() -> None:
    """Run the command line; `reviewflow` and `python -m reviewflow` both come here."""
    import gc
    import os

    # Most of a short command is imports, whose objects all stay: looking through them for garbage is a tenth of it.
    gc.set_threshold(50_000, 20, 50)
    # No third party's plugin reads our events, and looking for one costs every start 10 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from reviewflow.cli.app import door

    door.main()
