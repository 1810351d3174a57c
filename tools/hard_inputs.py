"""Search for hard inputs and keep them in tests/golden: one file a form, hexadecimal, each with what makes it hard.

Hard are: float64 inputs at which the machine's error is largest, or the truth lies nearest to a midpoint of two numbers; and
float32 inputs whose truth lies nearest to a midpoint of float32. Searching again adds to a file, and keeps what was there.

    python tools/hard_inputs.py                  every form of every card
    python tools/hard_inputs.py silu tanh        these functions
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import ogive
from ogive.truth.reference import ends, evaluate
from ogive.truth.ulp import rounded, sample, ulp_error

FOLDER = Path(__file__).parent.parent / "tests" / "golden"
TRIED, KEPT = 20_000, 8


def candidates(card: ogive.Elementwise, form: str, dtype: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw inputs: a third from all floating-point numbers, the rest from where the curve bends."""
    domain, _ = ends(card, form)
    largest = 3.4e38 if dtype == "float32" else 1.79e308
    low, high = max(domain.low, -largest), min(domain.high, largest)
    whole = sample(low, high, count // 3, dtype, rng).astype(np.float64)
    near = [np.clip(rng.normal(0, spread, count // 3), low, high) for spread in (3, 100)]
    x = rounded(np.concatenate([whole, *near]), dtype).astype(np.float64)
    return np.unique(x[(x > domain.low) & (x < domain.high)])


def search(card: ogive.Elementwise, form: str, rng: np.random.Generator) -> dict[float, str]:
    """Return hard inputs of a form, each with its reason."""
    call = card.forms[form]
    parameters = [float(p.default) for p in call.parameters]
    found: dict[float, str] = {}
    with np.errstate(all="ignore"):
        x = candidates(card, form, "float64", TRIED, rng)
        result = call.ufunc(x, *parameters)
        errors = np.array([ulp_error(y, evaluate(card, v, form, parameters), "float64") for v, y in zip(x, result, strict=True)])
        if not errors.any():
            return {}
        for i in np.argsort(-np.abs(errors))[:KEPT]:
            found[float(x[i])] = f"float64 {errors[i]:+.6f} ulp"
        away = np.abs(np.abs(errors) - 0.5)
        for i in np.argsort(away)[:KEPT]:
            found.setdefault(float(x[i]), f"float64 truth {away[i]:.1e} ulp from a midpoint")
        x = candidates(card, form, "float32", 50 * TRIED, rng)
        result = call.ufunc(x, *parameters)
        unit = np.abs(np.spacing(result.astype(np.float32))).astype(np.float64)
        away = np.abs(np.abs(result - result.astype(np.float32)) / unit - 0.5)
        away[~np.isfinite(away) | (np.abs(result) < 1e-44)] = 1
        for i in np.argsort(away)[:KEPT]:
            if away[i] < 1e-3:
                found.setdefault(float(x[i]), f"float32 truth {away[i]:.1e} ulp from a midpoint")
    return found


def main(names: list[str]) -> None:
    """Search, and write."""
    for card in ogive.CATALOGUE.values():
        if not isinstance(card, ogive.Elementwise) or (names and card.name not in names):
            continue
        for form in card.forms:
            if form in ("backward", "value_and_derivative"):
                continue
            found = search(card, form, np.random.default_rng())
            path = FOLDER / f"{card.name}.{form}.txt"
            lines = (
                path.read_text().splitlines() if path.exists() else [f"# hard inputs of {card.name}.{form}; found by tools/hard_inputs.py"]
            )
            kept = {line.split("#")[0].strip() for line in lines}
            lines += [f"{x.hex():<26}# {why}" for x, why in sorted(found.items()) if x.hex() not in kept and math.isfinite(x)]
            if len(lines) > 1:
                FOLDER.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(lines) + "\n")
                print(f"{path.name}: {len(lines) - 1}")


if __name__ == "__main__":
    main(sys.argv[1:])
