"""Lesson B. Activation functions of a multi-layer network.

Softmax and tanh overflow as the sigmoid does; and why deep networks of sigmoids learn nothing.

    python examples/lesson_b_activations.py --pictures pictures
"""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from telling import aloud, begin, keep, row, say, show

import ogive

begin(__doc__)


row("B1", "Four functions side by side")
x = np.array([-2.0, 0.0, 2.0])
show("x", x)
for card in (ogive.logistic, ogive.softmax, ogive.tanh, ogive.relu):
    show(f"{card.name:<8} {card.formula}", np.round(card(x), 4))


def side_by_side():
    from ogive.plot import plot

    return plot("sigmoid", "tanh", "relu", derivative=False)


keep("b1_side_by_side.png", side_by_side)


row("B2", "Softmax: subtracting the maximum changes nothing, and saves it")


def naive_softmax(z):
    powers = np.exp(z)
    return powers / np.sum(powers)


z = np.array([1000.0, 1000.0])
show("exp(z) / sum(exp(z)) of [1000, 1000]", aloud(lambda: naive_softmax(z)))
show("the same of z - max(z)", naive_softmax(z - z.max()))
show("ogive.softmax([1000, 1000])", ogive.softmax(z))
z = np.random.default_rng(2).normal(0, 3, (1000, 7))
shares = ogive.softmax(z)
show("1000 rows of 7: the sums of the shares lie in", f"1 ± {np.abs(shares.sum(axis=-1) - 1).max():.1e}")
show("the largest is still the largest", f"in {np.mean(shares.argmax(axis=-1) == z.argmax(axis=-1)):.0%} of the rows")


row("B3", "tanh from exponentials")


def naive_tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


x = np.arange(-5, 5, 0.005)
show("on np.arange(-5, 5, 0.005) it differs by", f"{np.abs(naive_tanh(x) - ogive.tanh(x)).max():.1e} at most")
show("at -710 and 710 it is", aloud(lambda: naive_tanh(np.array([-710.0, 710.0]))))
show("ogive.tanh([-710, 710])", ogive.tanh([-710.0, 710.0]))
show("tanh(x) = 2 sigmoid(2x) - 1 holds within", f"{np.abs(2 * ogive.sigmoid(2 * x) - 1 - ogive.tanh(x)).max():.1e}")
show("zero-centred: tanh, sigmoid", f"{ogive.tanh.zero_centred}, {ogive.sigmoid.zero_centred}")


def two_curves():
    from ogive.plot import plot

    axes = plot("tanh", "sigmoid", derivative=False, saturation=False)
    for level in (-0.5, 0.5):  # the limits, -1, 0 and 1, are there already
        axes.axhline(level, color="#8A8F98", linewidth=0.8, linestyle=(0, (8, 5)))
    return axes


keep("b3_tanh_and_sigmoid.png", two_curves)


row("B4", "Logistic regression: the sigmoid of a linear score is a probability")
X, y = load_breast_cancer(return_X_y=True)
X = StandardScaler().fit_transform(X)
ours = ogive.networks.LogisticRegression(tol=1e-12).fit(X, y)
theirs = LogisticRegression(tol=1e-12, solver="newton-cholesky").fit(X, y)
show("569 tumours, accuracy", f"{ours.score(X, y):.4f}")
show("weights differ from scikit-learn's by", f"{np.abs(ours.coef_ - theirs.coef_).max():.1e} at most")
score = ours.decision_function(X[:1])
show(
    "the first one: score, sigmoid(score), probability",
    f"{score[0]:.4f}, {ogive.sigmoid(score)[0]:.3e}, {ours.predict_proba(X[:1])[0, 1]:.3e}",
)


row("B5", "Ten layers of sigmoids are stuck, ten of ReLU are not")
X, y = load_digits(return_X_y=True)
X = X / 16
for name in ("sigmoid", "relu"):
    model = ogive.networks.MLPClassifier((32,) * 10, name, batch_size=32, random_state=0)
    for _ in range(5):
        model.partial_fit(X, y, classes=range(10))
    show(f"{name}, after five epochs: loss, accuracy", f"{model.loss_:.2f}, {model.score(X, y):.2f}")
    say(ogive.vitals(model, X[:300], y[:300]).english)


row("B6", "Several linear layers are one")
model = ogive.networks.MLPClassifier((32,) * 3, "identity", batch_size=32, random_state=0).partial_fit(X, y, classes=range(10))
W, b = np.eye(64), np.zeros(64)
for weights, bias in zip(model.coefs_, model.intercepts_, strict=True):
    W, b = W @ weights, b @ weights + bias
show("four layers with identity between them have", f"{sum(weights.size for weights in model.coefs_)} weights")
show("one affine map that does the same has", f"{W.size}")
show("their outputs differ by", f"{np.abs(model.decision_function(X) - (X @ W + b)).max():.1e} at most")
