"""Fit a logistic regression to the shuttle flights before Challenger, and write its scores to data/orings.csv.

For each flight: the temperature at launch (°F); whether any O-ring in the field joints of the solid rockets showed thermal
distress afterwards (1 or 0); and the score a + b * temperature of the fit. The facts are those of the Report of the
Presidential Commission on the Space Shuttle Challenger Accident (1986), a public document of the United States; the fit is
that of Dalal, Fowlkes and Hoadley (1989), Journal of the American Statistical Association 84. Distress is left empty for
STS-4, whose rockets were lost at sea, and for 51-L, Challenger's last flight; the other 23 are fitted.

    python examples/orings.py
    ogive apply sigmoid examples/data/orings.csv orings.csv --column score --into probability
"""

import csv
from pathlib import Path

import numpy as np

import ogive

TABLE = Path(__file__).parent / "data" / "orings.csv"
UNKNOWN = None
FLIGHTS = [
    ("STS-1", 66, 0), ("STS-2", 70, 1), ("STS-3", 69, 0), ("STS-4", 80, UNKNOWN), ("STS-5", 68, 0),
    ("STS-6", 67, 0), ("STS-7", 72, 0), ("STS-8", 73, 0), ("STS-9", 70, 0), ("41-B", 57, 1),
    ("41-C", 63, 1), ("41-D", 70, 1), ("41-G", 78, 0), ("51-A", 67, 0), ("51-C", 53, 1),
    ("51-D", 67, 0), ("51-B", 75, 0), ("51-G", 70, 0), ("51-F", 81, 0), ("51-I", 76, 0),
    ("51-J", 79, 0), ("61-A", 75, 1), ("61-B", 76, 0), ("61-C", 58, 1), ("51-L", 31, UNKNOWN),
]  # fmt: skip


def fit(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Find the a and b under which the outcomes t are likeliest, by Newton's method on the sum of log σ(±(a + b x))."""
    design = np.stack([np.ones_like(x), x - x.mean()], axis=-1)
    beta = np.zeros(2)
    for _ in range(30):
        score = design @ beta
        gradient = design.T @ (t - ogive.sigmoid(score))
        curvature = design.T @ (ogive.sigmoid.derivative(score)[:, None] * design)
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.max(np.abs(step)) < 1e-12:
            break
    return np.array([beta[0] - beta[1] * x.mean(), beta[1]])


def main() -> None:
    """Fit, tell, write the table."""
    known = [(temperature, distress) for _, temperature, distress in FLIGHTS if distress is not UNKNOWN]
    x, t = np.array(known, dtype=np.float64).T
    a, b = fit(x, t)
    likelihood = float(np.sum(ogive.log_sigmoid(np.where(t == 1, a + b * x, -(a + b * x)))))
    print(f"score = {a:.4f} {b:+.4f} * temperature, log-likelihood {likelihood:.3f}")
    TABLE.parent.mkdir(exist_ok=True)
    with open(TABLE, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["flight", "temperature", "distress", "score"])
        for flight, temperature, distress in FLIGHTS:
            writer.writerow([flight, temperature, "" if distress is UNKNOWN else distress, f"{a + b * temperature:.4f}"])


if __name__ == "__main__":
    main()
