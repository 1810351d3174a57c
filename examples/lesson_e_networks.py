"""Lesson E. From the perceptron to the neural network.

Gates, the exclusive or, why a step teaches nothing below it, and how deep a gradient reaches.

    python examples/lesson_e_networks.py --pictures pictures
"""

import numpy as np
from sklearn.datasets import load_digits
from telling import aloud, begin, keep, row, say, show

import ogive

begin(__doc__)

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0]}
XOR = [0, 1, 1, 0]


row("E1", "The perceptron and its gates")
gates = {name: ogive.networks.Perceptron().fit(CORNERS, outputs) for name, outputs in GATES.items()}
for name, gate in gates.items():
    show(f"{name}, learned by one perceptron", f"{gate.predict(CORNERS)}  weights {gate.coef_[0]}, bias {gate.intercept_[0]:g}")
    keep(f"e1_{name.lower()}.png", lambda gate=gate, name=name: ogive.plot.plot_decision_boundary(gate, CORNERS, GATES[name]))
say("The exclusive or, by one perceptron:")
alone = aloud(lambda: ogive.networks.Perceptron().fit(CORNERS, XOR))
show("XOR, by one perceptron", f"{alone.predict(CORNERS)}  which is wrong")
inner = np.column_stack([gates["NAND"].predict(CORNERS), gates["OR"].predict(CORNERS)])
show("XOR = AND(NAND, OR), by two layers of gates", gates["AND"].predict(inner))
network = ogive.networks.MLPClassifier(4, "tanh", alpha=0, learning_rate_init=0.1, random_state=0).fit(CORNERS, XOR)
show(f"XOR, learned by a network in {network.n_iter_} epochs", network.predict(CORNERS))
print(ogive.networks.sketch_boundary(network, CORNERS, XOR, width=40, height=12))
keep("e1_xor.png", lambda: ogive.plot.plot_decision_boundary(network, CORNERS, XOR))


row("E2", "Three step functions, and a fourth")


def step_by_if(x):
    if x > 0:
        return 1
    return 0


x = np.array([-1.0, 1.0, 2.0])
show("if x > 0, of the number 2", step_by_if(2.0))
say("The same of an array:")
aloud(lambda: step_by_if(x))
show("np.array(x > 0)", np.array(x > 0))
show("np.array(x > 0, dtype=int)", np.array(x > 0, dtype=int))
show("ogive.step([-1, 1, 2], dtype=int)", ogive.step([-1, 1, 2], dtype=int))
show(
    "ogive.step(0), with at_zero=0.5, with at_zero=1",
    f"{ogive.step(0.0):g}, {ogive.step(0.0, at_zero=0.5):g}, {ogive.step(0.0, at_zero=1):g}",
)


row("E3", "A step teaches nothing below it")
show("ogive.step.derivative([-1, 1])", ogive.step.derivative([-1.0, 1.0]))
X, y = load_digits(return_X_y=True)
X = X / 16
stepped = ogive.networks.MLPClassifier((32, 32), "step", alpha=0, batch_size=32, random_state=0)
stepped.partial_fit(X[:32], y[:32], classes=range(10))
before = [weights.copy() for weights in stepped.coefs_]
for _ in range(5):
    stepped.partial_fit(X, y)
moved = [float(np.abs(now - then).max()) for now, then in zip(stepped.coefs_, before, strict=True)]
show("how far the weights of its three layers have moved", ", ".join(f"{distance:.2g}" for distance in moved))
say(ogive.vitals(stepped, X[:300], y[:300]).english)


row("E4", "Step and sigmoid: the vertical line is not there")
x = np.arange(-5, 5, 0.1)
before_0 = int(np.flatnonzero(np.diff(ogive.step(x)))[0])
show("a plain plot joins the samples at", f"x = {x[before_0]:.0e} and {x[before_0 + 1]:.1f} by a stroke from 0 to 1")
say("ogive's plot breaks the line there, with a closed dot where the value is, and an open one where it is not.")


def step_and_sigmoid():
    from ogive.plot import plot

    return plot("step", "sigmoid", derivative=False, saturation=False)


keep("e4_step_and_sigmoid.png", step_and_sigmoid)


row("E5", "The sigmoid of an array")
show("ogive.sigmoid([-1, 1, 2])", ogive.sigmoid([-1, 1, 2]))


row("E6", "ReLU, and what arange leaves out")
coarse = np.arange(-5, 5, 2)
show("np.arange(-5, 5, 2)", coarse)
show("ReLU at these", ogive.relu(coarse))
say("The end is never among them: joined up, the curve would stop at 3, and bend at -1 instead of 0.")


def rectified():
    axes = ogive.relu.plot(derivative=False, saturation=False)
    axes.plot(coarse, ogive.relu(coarse), "o--", color="#D55E00", linewidth=1, markersize=4, zorder=5)
    axes.set_ylim(-1, 5.5)
    return axes


keep("e6_relu.png", rectified)


row("E7", "How deep a gradient reaches")
say(
    "The gradient of the first layer relative to that of the last, after one epoch on digits. Weights start by Xavier's rule for "
    "sigmoid and tanh, by He's for ReLU and GELU."
)
depths = range(1, 21)
reach = {name: [] for name in ("sigmoid", "tanh", "relu", "gelu")}
for name, falls in reach.items():
    for depth in depths:
        model = ogive.networks.MLPClassifier((32,) * depth, name, batch_size=32, random_state=0).partial_fit(X, y, classes=range(10))
        falls.append(ogive.vitals(model, X[:200], y[:200]).fall)
print(f"  {'hidden layers':<15}" + "".join(f"{name:>10}" for name in reach))
for depth in (1, 2, 5, 10, 15, 20):
    print(f"  {depth:<15}" + "".join(f"{falls[depth - 1]:>10.2g}" for falls in reach.values()))
say("Shallow networks can do with the sigmoid. Deep ones take ReLU, GELU, or tanh.")


def by_depth():
    from matplotlib.figure import Figure

    from ogive.plot import COLOURS

    axes = Figure(figsize=(7, 4.4), dpi=150, layout="constrained").add_subplot()
    for colour, (name, falls) in zip(COLOURS, reach.items(), strict=False):
        axes.semilogy(depths, falls, "o-", color=colour, label=name, markersize=4)
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.set_xlabel("hidden layers")
    axes.set_ylabel("gradient of the first layer / of the last")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


keep("e7_depth.png", by_depth)
