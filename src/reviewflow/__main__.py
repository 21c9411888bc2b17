"""`python -m reviewflow`."""

from reviewflow.cli import main

if __name__ == "__main__":
    main()
