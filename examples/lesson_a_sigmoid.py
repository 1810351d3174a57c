"""Lesson A. The sigmoid and its overflow.

Everybody's first activation function, as it is written in notes, what goes wrong with it, and the right answer.

    python examples/lesson_a_sigmoid.py --pictures pictures
"""

import numpy as np
from telling import aloud, begin, keep, row, say, show

import ogive
from ogive.truth.reference import evaluate
from ogive.truth.ulp import ulp_error

begin(__doc__)


def naive_sigmoid(x):
    return 1 / (1 + np.exp(-x))


row("A1", "The sigmoid, as everybody writes it")
x = np.array([1, 2, 3, 4, 5])
show("1 / (1 + np.exp(-x))", naive_sigmoid(x))
show("ogive.sigmoid(x)", ogive.sigmoid(x))
say("So far nobody needs a library.")


row("A2", "One large negative number")
x = np.array([-9999999999, 2, 3, 4, 5])
show("1 / (1 + np.exp(-x))", np.round(aloud(lambda: naive_sigmoid(x)), 8))
with np.errstate(all="raise"):
    y = ogive.sigmoid(x)
show("ogive.sigmoid(x), under errstate(all='raise')", np.round(y, 8))
say("The value was right by luck, since 1/inf is 0. ogive has nothing to warn of.")


row("A3", "The stable form, by masks")


def masked_sigmoid(x):
    result = np.ones(np.shape(x))
    right, left = x >= 0, x < 0
    result[right] = 1 / (1 + np.exp(-x[right]))
    power = np.exp(x[left])
    result[left] = power / (1 + power)
    return result


x = np.array([-9999999999, 2, np.nan], dtype=np.float32)
y = masked_sigmoid(x)
show("by masks", f"{y} {y.dtype}")
y = ogive.sigmoid(x)
show("ogive.sigmoid(x)", f"{y} {y.dtype}")
say("No warning any more. But nan has become 1, float32 has become float64, and a list or a number is refused:")
aloud(lambda: masked_sigmoid([1.0, 2.0]))
aloud(lambda: masked_sigmoid(2.0))
show("ogive.sigmoid of a list, a number, an integer", f"{ogive.sigmoid([1.0, 2.0])}, {ogive.sigmoid(2.0):.8f}, {ogive.sigmoid(2):.8f}")


row("A4", "The stable form, by logaddexp")


def logaddexp_sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def largest_error(function, x):
    """Measure against ball arithmetic, in units of the last place."""
    return max(abs(ulp_error(value, evaluate("sigmoid", place), "float64")) for place, value in zip(x, function(x), strict=True))


x = np.random.default_rng(4).uniform(-700, 40, 4000)
for name, function in (("exp(-logaddexp(0, -x))", logaddexp_sigmoid), ("ogive.sigmoid(x)", ogive.sigmoid)):
    show(f"largest error of {name}", f"{largest_error(function, x):.2f} ulp")
say("Silent, and five bits short. Half an ulp is the least there is.")


row("A5", "What the sigmoid is like")
card = ogive.sigmoid
show("formula", card.formula)
show("range, so it can be a probability", card.range)
show("point of symmetry", card.symmetry)
show("zero-centred", card.zero_centred)
show("saturates, so its gradient vanishes", card.saturates)
show("largest derivative", card.lipschitz)
show("derivative at 0, 10, 100", card.derivative([0.0, 10.0, 100.0]))


row("A6", "Its picture")
say("ogive plot sigmoid, or ogive.sigmoid.plot(); and print(ogive.sigmoid) draws in the terminal:")
print(ogive.sigmoid)
keep("a6_sigmoid.png", lambda: ogive.sigmoid.plot(low=-5, high=5))
