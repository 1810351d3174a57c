"""Print digests of the inputs and the results of every ufunc in every dtype, as JSON: run by the tests once for each CPU level.

With --write (make bits) they go to tests/golden/digests.json, the bits that ogive has promised: after a change that makes some better.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from inputs import DTYPES, FORMS, ROWS, bits, call, line, places, rng, settings

import ogive
from ogive.truth.ulp import format_of, from_ordinal, rounded

GOLDEN = Path(__file__).parent / "golden/digests.json"


def digest(arrays) -> str:
    """Digest the bits of arrays."""
    whole = hashlib.sha256()
    for a in arrays:
        whole.update(bits(a).tobytes())
    return whole.hexdigest()[:16]


def main() -> None:
    """Compute, and print or write."""
    found = {}
    for dtype in DTYPES:
        for card, form in FORMS:
            x = np.concatenate([line(card, form, dtype, 20000), places(card, form, dtype), from_ordinal(np.arange(-400, 401), dtype)])
            g = rounded(rng(card, "g").normal(0, 1, len(x)), dtype)
            outputs = []
            for parameters in settings(card, form):
                result = call(card, form, dtype, x, parameters, g)
                outputs += result if isinstance(result, tuple) else (result,)
            found[f"{card.name}.{form}.{dtype}"] = [digest([x, g]), digest(outputs)]
        for card in ROWS:
            generator = rng(card, dtype)
            x = rounded(generator.normal(0, 10, (50, 37)) * generator.choice([0.1, 1, 20], (50, 1)), dtype)
            g = rounded(generator.normal(0, 1, 50 if card.reduces else (50, 37)), dtype)
            with np.errstate(all="ignore"):
                for name, result in (("value", card(x)), ("backward", card.backward(g, x))):
                    outputs = [np.asarray(result, format_of(dtype).dtype)]
                    found[f"{card.name}.{name}.{dtype}"] = [digest([x, g]), digest(outputs)]
    if "--write" in sys.argv:
        GOLDEN.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(found.items())) + "\n}\n")
    else:
        print(json.dumps({"level": ogive.show_config()["level"], "digests": found}))


if __name__ == "__main__":
    main()
