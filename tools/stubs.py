"""Write the type stubs from what there is: src/ogive/__init__.pyi from the catalogue, _core/ufunc.pyi from the sheet.

Run: python tools/stubs.py [--check]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import ogive

SOURCE = Path(__file__).parent.parent / "src/ogive"


def package() -> Iterator[str]:
    """Write the stub of the package: every card under its name and its aliases."""
    yield '"""Written by tools/stubs.py: do not edit."""'
    yield ""
    yield "from collections.abc import Mapping"
    yield "from typing import Any, Final"
    yield ""
    yield "from ogive import cli as cli"
    yield "from ogive import graph as graph"
    yield "from ogive import lab as lab"
    yield "from ogive import layers as layers"
    yield "from ogive import networks as networks"
    yield "from ogive import plot as plot"
    yield "from ogive import truth as truth"
    yield "from ogive._core import ufunc as ufunc"
    yield "from ogive.activation import Activation as Activation"
    yield "from ogive.activation import Elementwise as Elementwise"
    yield "from ogive.activation import Form as Form"
    yield "from ogive.borrowed import Borrowed as Borrowed"
    yield "from ogive.borrowed import Formula as Formula"
    yield "from ogive.catalogue import get as get"
    yield "from ogive.loss import Loss as Loss"
    yield "from ogive.networks import vitals as vitals"
    yield "from ogive.vectorwise import Composed as Composed"
    yield "from ogive.vectorwise import Vectorwise as Vectorwise"
    yield "from ogive.workers import get_workers as get_workers"
    yield "from ogive.workers import set_workers as set_workers"
    yield ""
    yield "__version__: Final[str]"
    yield "ALIASES: Final[Mapping[str, str]]"
    yield "CATALOGUE: Final[Mapping[str, Activation]]"
    yield ""
    for name, card in ogive.CATALOGUE.items():
        for label in (name, *card.aliases):
            yield f"{label}: Final[{type(card).__name__}]"
    yield ""
    yield "def show_config() -> dict[str, Any]: ..."


def machine() -> Iterator[str]:
    """Write the stub of the machine: every row is a ufunc."""
    yield '"""Written by tools/stubs.py: do not edit."""'
    yield ""
    yield "from typing import Any, Final"
    yield ""
    yield "import numpy as np"
    yield ""
    yield "__config__: Final[dict[str, Any]]"
    for name, value in vars(ogive.ufunc).items():
        if isinstance(value, np.ufunc):
            yield f"{name}: Final[np.ufunc]"


def main() -> int:
    """Write the stubs, or with --check compare them."""
    stale = 0
    for path, lines in ((SOURCE / "__init__.pyi", package()), (SOURCE / "_core/ufunc.pyi", machine())):
        text = "\n".join(lines) + "\n"
        if "--check" not in sys.argv:
            path.write_text(text)
        elif path.read_text() != text:
            print(f"{path.name} differs from the catalogue; run python tools/stubs.py")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
