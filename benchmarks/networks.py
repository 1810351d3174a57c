"""Time an epoch of a small network here, in scikit-learn and in PyTorch: digits, 64-100-50-10, batches of 32, Adam, one thread.

Run: OMP_NUM_THREADS=1 python benchmarks/networks.py

The three take turns, so that a busy machine slows all of them; what counts is the ratio of the medians.
"""

from __future__ import annotations

import time
import warnings
from statistics import median

import numpy as np
from sklearn import neural_network
from sklearn.datasets import load_digits

from ogive import networks

EPOCHS, ROUNDS, HIDDEN, BATCH = 8, 7, (100, 50), 32


def estimator(kind, X, y, activation):
    """Return the seconds of an epoch of an estimator."""
    model = kind(HIDDEN, activation, batch_size=BATCH, max_iter=EPOCHS, random_state=0, tol=0, n_iter_no_change=EPOCHS)
    start = time.perf_counter()
    model.fit(X, y)
    return (time.perf_counter() - start) / EPOCHS


def torch_module(X, y, activation, fused):
    """Return the seconds of an epoch of the same network in PyTorch."""
    import torch

    torch.set_num_threads(1)
    between = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[activation]
    features, labels = torch.from_numpy(X), torch.from_numpy(y)
    layers = [torch.nn.Linear(64, 100), between(), torch.nn.Linear(100, 50), between(), torch.nn.Linear(50, 10)]
    model = torch.nn.Sequential(*layers).to(features.dtype)
    optimiser, loss = torch.optim.Adam(model.parameters(), fused=fused), torch.nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(EPOCHS):
        order = torch.randperm(len(X))
        for first in range(0, len(X), BATCH):
            batch = order[first : first + BATCH]
            optimiser.zero_grad()
            loss(model(features[batch]), labels[batch]).backward()
            optimiser.step()
    return (time.perf_counter() - start) / EPOCHS


def main():
    """Print a line for each dtype and activation."""
    warnings.simplefilter("ignore")
    digits, y = load_digits(return_X_y=True)
    for dtype in (np.float32, np.float64):
        X = (digits / 16).astype(dtype)
        for activation in ("relu", "tanh"):
            racers = {
                "ogive": lambda: estimator(networks.MLPClassifier, X, y, activation),  # noqa: B023
                "scikit-learn": lambda: estimator(neural_network.MLPClassifier, X, y, activation),  # noqa: B023
                "PyTorch": lambda: torch_module(X, y, activation, fused=False),  # noqa: B023
                "PyTorch, fused Adam": lambda: torch_module(X, y, activation, fused=True),  # noqa: B023
            }
            seconds = {name: [] for name in racers}
            for _ in range(ROUNDS):
                for name, run in racers.items():
                    seconds[name].append(run())
            middle = {name: median(values) for name, values in seconds.items()}
            others = ", ".join(f"{middle['ogive'] / value:.2f} x {name}" for name, value in middle.items() if name != "ogive")
            print(f"{dtype.__name__} {activation}: {1e3 * middle['ogive']:.1f} ms an epoch; {others}")


if __name__ == "__main__":
    main()
