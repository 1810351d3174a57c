"""Tell how far a fit has come: with a bar on a terminal, a line a step anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]

WIDTH = 24


@contextmanager
def progress(wanted: bool, unit: str, steps: int) -> Iterator[Callable[[int, str], None]]:
    """Give a function that is to be told the number of each step and what to say of it.

    Parameters
    ----------
    wanted : bool
        Whether to print anything.
    unit : str
        What a step is, such as ``"epoch"``.
    steps : int
        How many there will be at most.

    Yields
    ------
    callable
        ``tell(n, text)``.

    Examples
    --------
    >>> from ogive.networks.progress import progress
    >>> with progress(True, "epoch", 3) as tell:
    ...     tell(1, "loss 0.5")
    epoch 1 of 3: loss 0.5
    """
    drawn = wanted and sys.stdout.isatty()

    def tell(n: int, text: str) -> None:
        if drawn:
            full = WIDTH * n // steps
            print(f"\r{unit} {n:{len(str(steps))}} of {steps} {'━' * full}{'╌' * (WIDTH - full)} {text}\x1b[K", end="", flush=True)
        elif wanted:
            print(f"{unit} {n} of {steps}: {text}")

    try:
        yield tell
    finally:
        if drawn:
            print()  # what comes next has a line of its own, also where the fit was interrupted
