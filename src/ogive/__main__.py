"""The way in for ``ogive`` and ``python -m ogive``: load the command line where its extra is installed, else say how to get it."""

import sys


def main() -> int:
    """Run the command line.

    Returns
    -------
    int
        0 for success, 1 where the work failed, 2 where the request was wrong, 130 after Ctrl-C.
    """
    try:
        from ogive.cli import run
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("typer", "rich"):
            raise
        if sys.argv[1:2] == ["lab"]:
            return _lab(sys.argv[2:])
        print('ogive: the command line needs typer and rich: python -m pip install "ogive[cli]"', file=sys.stderr)
        return 2
    return run(sys.argv[1:])


def _lab(arguments: list[str]) -> int:
    """Serve the lab, which has an extra of its own."""
    try:
        from ogive.lab.__main__ import main
    except ImportError as error:
        print(f"ogive: {error}", file=sys.stderr)
        return 2
    return main(arguments)


if __name__ == "__main__":
    sys.exit(main())
