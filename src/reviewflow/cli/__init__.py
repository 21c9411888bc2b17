"""The command line: parses a request, makes a command, shows a result. No rules here."""


def main() -> None:
    """Run the command line; `reviewflow` and `python -m reviewflow` both come here."""
    from reviewflow.cli.app import door

    door.main()
