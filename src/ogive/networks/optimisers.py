"""Optimisers over one flat vector of parameters: stochastic gradient descent with momentum, and Adam.

Each step is a handful of NumPy calls into arrays that are made once; scalars are put together before they touch the vector.
"""

from __future__ import annotations

import math
from typing import Protocol, final

import numpy as np

from ogive.networks.network import Array

__all__ = ["Adam", "Descent", "Optimiser"]


class Optimiser(Protocol):
    """What takes a step."""

    learning_rate: float

    def step(self, parameters: Array, gradient: Array) -> None:
        """Update the parameters in place; the gradient is used up."""


@final
class Descent:
    """Gradient descent with momentum.

    Parameters
    ----------
    like : ndarray
        The parameters.
    learning_rate : float
        The length of a step.
    momentum : float
        How much of the last step is kept.
    nesterov : bool
        Whether to look ahead along it.
    """

    def __init__(self, like: Array, learning_rate: float, momentum: float, nesterov: bool) -> None:
        self.learning_rate, self.momentum, self.nesterov = learning_rate, momentum, nesterov
        self.velocity = np.zeros_like(like)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Update the parameters in place; the gradient is used up.

        Parameters
        ----------
        parameters, gradient : ndarray
            Both flat.
        """
        velocity = self.velocity
        np.multiply(gradient, -self.learning_rate, out=gradient)
        np.multiply(velocity, self.momentum, out=velocity)
        np.add(velocity, gradient, out=velocity)
        if self.nesterov:
            np.add(parameters, gradient, out=parameters)
            np.multiply(velocity, self.momentum, out=gradient)
            np.add(parameters, gradient, out=parameters)
        else:
            np.add(parameters, velocity, out=parameters)


@final
class Adam:
    """Adam of Kingma and Ba (2015).

    Parameters
    ----------
    like : ndarray
        The parameters.
    learning_rate : float
        The length of a step.
    beta_1, beta_2 : float
        How much is kept of the mean gradient and of its mean square.
    epsilon : float
        What keeps the division from 0.
    """

    def __init__(self, like: Array, learning_rate: float, beta_1: float, beta_2: float, epsilon: float) -> None:
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.steps = 0
        self.mean, self.square, self.scratch = np.zeros_like(like), np.zeros_like(like), np.empty_like(like)

    def step(self, parameters: Array, gradient: Array) -> None:
        """Update the parameters in place; the gradient is used up.

        Parameters
        ----------
        parameters, gradient : ndarray
            Both flat.

        Notes
        -----
        The sums Σ β^(t-s) g are kept and not the means (1 - β) Σ β^(t-s) g: one multiplication fewer each. The factors that make
        means of them, and their corrections for the start at 0, are scalars of the step.
        """
        self.steps += 1
        mean, square, scratch = self.mean, self.square, self.scratch
        np.multiply(mean, self.beta_1, out=mean)
        np.add(mean, gradient, out=mean)
        np.multiply(gradient, gradient, out=gradient)
        np.multiply(square, self.beta_2, out=square)
        np.add(square, gradient, out=square)
        to_mean = (1 - self.beta_1) / (1 - self.beta_1**self.steps)
        to_root = math.sqrt((1 - self.beta_2) / (1 - self.beta_2**self.steps))
        np.sqrt(square, out=scratch)
        np.add(scratch, self.epsilon / to_root, out=scratch)
        np.divide(mean, scratch, out=scratch)
        np.multiply(scratch, -self.learning_rate * to_mean / to_root, out=scratch)
        np.add(parameters, scratch, out=parameters)
