"""Lesson D. The sigmoid family.

Distributions whose cumulative functions are sigmoids, the logit, softmax and tanh; and what an exponential costs.

    python examples/lesson_d_family.py --pictures pictures
"""

import numpy as np
from sklearn.datasets import load_digits
from telling import begin, keep, row, say, show

import ogive
from ogive.bench import measure
from ogive.formulas import written

begin(__doc__)


row("D1", "A family of distributions")
x = np.array([-8.0, -2.0, 0.0, 2.0])
show("x", x)
show("logistic   ogive.sigmoid(x)", ogive.sigmoid(x))
show("normal     ogive.normal_cdf(x)", ogive.normal_cdf(x))
show("Student's  ogive.student_t_cdf(x, 3)", ogive.student_t_cdf(x, 3))
say("The tails tell them apart: at -8 there is hardly anything left of the normal one.")


def family():
    from ogive.plot import COLOURS, plot

    axes = plot("sigmoid", "normal_cdf", derivative=False, saturation=False)
    x = np.linspace(-5, 5, 801)
    axes.plot(x, ogive.student_t_cdf(x, 3), color=COLOURS[2], linewidth=2)
    handles, labels = [line for line in axes.get_lines() if len(line.get_xdata()) > 2], ["logistic", "normal", "Student's t, df = 3"]
    axes.legend(handles, labels, loc="center right", frameon=False)
    return axes


keep("d1_family.png", family)


row("D2", "Value and derivative")
x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
show("1 / (1 + exp(-x))", 1 / (1 + np.exp(-x)))
show("exp(x) / (exp(x) + 1)", np.exp(x) / (np.exp(x) + 1))
show("the derivative, y (1 - y)", ogive.sigmoid.derivative(x))
show("a normal density of width 1.702 at the same x", ogive.normal_cdf.derivative(x / 1.702) / 1.702)
many = np.random.default_rng(0).normal(0, 10, 1_000_000)
even = np.array_equal(ogive.sigmoid.derivative(many), ogive.sigmoid.derivative(-many))
show("a million x and -x have the same derivative", f"{even}, bit for bit")
keep("d2_value_and_derivative.png", lambda: ogive.sigmoid.plot(saturation=False))


row("D3", "The logit is the way back, and softmax the general case")
x = np.array([1.0, 10.0, 30.0, 36.0])
show("x", x)
show("logit(sigmoid(x))", ogive.logit(ogive.sigmoid(x)))
say("At 30 the sigmoid has rounded: every x in a whole interval gives the same y, and the logit names one of them.")
x = np.random.default_rng(3).uniform(-40, 40, 10_000)
pairs = ogive.softmax(np.stack([x, np.zeros_like(x)], axis=-1))[:, 0]
apart = np.abs(pairs - ogive.sigmoid(x)) / np.spacing(ogive.sigmoid(x))
show("softmax([x, 0])[0] and sigmoid(x) differ by", f"{apart.max():.0f} ulp at most")


row("D4", "tanh is steeper and zero-centred, and learns faster")
show("largest derivative: tanh, sigmoid", f"{ogive.tanh.lipschitz}, {ogive.sigmoid.lipschitz}")
show("zero-centred: tanh, sigmoid", f"{ogive.tanh.zero_centred}, {ogive.sigmoid.zero_centred}")
X, y = load_digits(return_X_y=True)
for name in ("tanh", "sigmoid"):
    model = ogive.networks.MLPClassifier((32, 32), name, batch_size=32, random_state=0)
    for _ in range(5):
        model.partial_fit(X / 16, y, classes=range(10))
    show(f"{name}: the loss of five epochs", " ".join(f"{loss:.2f}" for loss in model.loss_curve_))


row("D5", "An exponential is expensive")
for card in (ogive.sigmoid, ogive.tanh, ogive.relu):
    timing = measure(card, card, "value", "float64", 100_000, written(card.name))
    show(f"{card.name:<8} beside {timing.formula}", f"{timing.nanoseconds:.2f} against {timing.formula_nanoseconds:.2f} ns an element")
say("And both its ends are flat. So hidden layers use ReLU and its kin, and the sigmoid stands at the output.")
say("ogive bench sigmoid relu tanh measures it from the command line.")


row("D6", "The logistic function with lines at y = 0.5 and x = 0")
show("it crosses both at once: sigmoid(0)", ogive.sigmoid(0.0))


def crossed():
    axes = ogive.sigmoid.plot(derivative=False, saturation=False)
    axes.axhline(0.5, color="#333333", linewidth=0.8)
    axes.axvline(0, color="#333333", linewidth=0.8)
    return axes


keep("d6_cross.png", crossed)
