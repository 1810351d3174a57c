"""Print a digest of the results of every ufunc in every dtype, as JSON: run by the tests once for each CPU level."""

from __future__ import annotations

import hashlib
import json

import numpy as np
from inputs import DTYPES, FORMS, ROWS, bits, call, line, places, rng, settings

import ogive
from ogive.truth.ulp import format_of, from_ordinal, rounded


def main() -> None:
    """Compute and print."""
    found = {"level": ogive.show_config()["level"]}
    for dtype in DTYPES:
        for card, form in FORMS:
            digest = hashlib.sha256()
            x = np.concatenate([line(card, form, dtype, 20000), places(card, form, dtype), from_ordinal(np.arange(-400, 401), dtype)])
            g = rounded(rng(card, "g").normal(0, 1, len(x)), dtype)
            for parameters in settings(card, form):
                result = call(card, form, dtype, x, parameters, g)
                for output in result if isinstance(result, tuple) else (result,):
                    digest.update(bits(output).tobytes())
            found[f"{card.name}.{form}.{dtype}"] = digest.hexdigest()
        for card in ROWS:
            generator = rng(card, dtype)
            x = rounded(generator.normal(0, 10, (50, 37)) * generator.choice([0.1, 1, 20], (50, 1)), dtype)
            g = rounded(generator.normal(0, 1, 50 if card.reduces else (50, 37)), dtype)
            with np.errstate(all="ignore"):
                for name, result in (("value", card(x)), ("backward", card.backward(g, x))):
                    found[f"{card.name}.{name}.{dtype}"] = hashlib.sha256(
                        bits(np.asarray(result, format_of(dtype).dtype)).tobytes()
                    ).hexdigest()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
