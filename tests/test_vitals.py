"""Vitals: each illness is planted and found, healthy networks are left in peace, and modules of PyTorch are left as they were."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from itertools import chain

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.datasets import load_breast_cancer, load_digits, make_moons
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import ogive
from ogive.networks import (
    FINDINGS,
    LogisticRegression,
    MLPClassifier,
    MLPRegressor,
    Network,
    VitalsCallback,
    VitalsWarning,
    load,
    vitals,
)

unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def digits():
    X, y = load_digits(return_X_y=True)
    return X[:600] / 16, y[:600]


def moons():
    return make_moons(300, noise=0.15, random_state=0)


def waves():
    random = np.random.RandomState(0)
    X = random.normal(size=(400, 6))
    return X, X[:, 0] * X[:, 1] + np.sin(X[:, 2])


def tissue():
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def trained(data, hidden, activation, epochs=1, dtype=np.float64, X=None, **settings):
    """Train a network for some epochs, and give it with its samples."""
    samples, y = data()
    samples = (samples if X is None else X(samples)).astype(dtype)
    kind, classes = (MLPRegressor, {}) if y.dtype.kind == "f" else (MLPClassifier, {"classes": np.unique(y)})
    model = kind(hidden, activation, batch_size=32, **{"random_state": 0, **settings})
    for _ in range(epochs):
        model.partial_fit(samples, y, **classes)
    return model, samples, y


# ── illnesses ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def planted(data, dtype, seed, change, hidden, activation, **settings):
    model, X, y = trained(data, hidden, activation, dtype=dtype, random_state=seed, **settings)
    change(model)
    return vitals(model, X, y)


def plant_dead(*where):
    model_hidden, activation = (32, 32), "relu"
    return planted(*where, lambda model: model.intercepts_[1].fill(-50), model_hidden, activation)


def plant_saturated(*where):
    def change(model):
        model.coefs_[1][:] *= 100

    return planted(*where, change, (32, 32), "tanh")


def plant_vanishing(*where):
    return planted(*where, lambda model: None, (16,) * 10, "sigmoid")


def plant_exploding(*where):
    def change(model):
        for weights in model.coefs_[1:-1]:
            weights *= 3

    return planted(*where, change, (16,) * 10, "relu")


def plant_nan(*where):
    def change(model):
        model.coefs_[1][3, 2] = np.nan

    return planted(*where, change, (16, 16), "gelu")


def plant_steps(*where):
    return planted(*where, lambda model: None, (32,), "tanh", learning_rate_init=3.0, epochs=10)


def plant_scale(*where):
    return planted(*where, lambda model: None, (32,), "tanh", X=lambda X: X * np.r_[5000.0, np.ones(X.shape[1] - 1)] + 300)


def plant_step_function(*where):
    return planted(*where, lambda model: None, (16, 16), "step")


#: The illness, how it is planted, what is to be found, and what the sentences name.
ILLNESSES = [
    ("dead ReLU", plant_dead, "dead", "100% of the units in layer 2 are dead: relu", "2층 유닛의 100%가 죽었습니다"),
    ("saturation", plant_saturated, "saturated", "of layer 2 is saturated: tanh", "포화되었습니다"),
    ("vanishing", plant_vanishing, "vanishing", "mathematically, not by rounding: each of 10 layers of sigmoid", "수학적으로"),
    ("exploding", plant_exploding, "exploding", "on its way from the output to layer 1 it grows", "폭발합니다"),
    ("nan", plant_nan, "nan", "1 of 256 weights of layer 2 are nan or infinite", "2층의 가중치 256개 중 1개"),
    ("learning rate too high", plant_steps, "learning rate", "lower learning_rate_init from 3, to 0.3", "학습률이 너무 높습니다"),
    ("unscaled input", plant_scale, "unscaled", "of layer 1 is saturated; scale each feature", "입력의 크기가 맞지 않습니다"),
    ("step activation", plant_step_function, "no gradient", "gets past layer 2: the derivative of step is 0", "2층 아래로는"),
]


@pytest.mark.parametrize(("name", "plant", "finding", "english", "korean"), ILLNESSES, ids=[row[0] for row in ILLNESSES])
@pytest.mark.parametrize("data", [digits, moons, waves])
@pytest.mark.parametrize(("dtype", "seed"), [(np.float32, 0), (np.float64, 1)])
def test_each_planted_illness_is_found(name, plant, finding, english, korean, data, dtype, seed):
    found = plant(data, dtype, seed)
    assert found.finding == finding and not found.healthy, f"{name}: {found}"
    assert english in found.english and korean in found.korean, f"{found.english}\n{found.korean}"
    assert found.english in str(found) and finding in FINDINGS
    plain = json.dumps(found.as_dict(), allow_nan=False)
    assert json.loads(plain)["finding"] == finding


def test_every_illness_is_planted():
    assert {row[2] for row in ILLNESSES} | {"rounding", "healthy"} == set(FINDINGS)


@pytest.mark.parametrize(
    ("scale", "activation", "harm"),
    [
        (lambda X: X * 1000, "sigmoid", "of layer 1 is saturated"),
        (lambda X: X * 100 + 50, "relu", "the loss is"),
        (lambda X: X * 1e-4, "tanh", "layer 1 learns nothing"),
    ],
    ids=["large", "shifted", "small"],
)
def test_unscaled_features_are_named_where_they_do_harm(scale, activation, harm):
    model, X, y = trained(waves, (32,), activation, X=scale)
    found = vitals(model, X, y)
    assert found.finding == "unscaled" and harm in found.english and "as StandardScaler does" in found.english, str(found)
    raw, _ = load_digits(return_X_y=True)  # from 0 to 16, which does no harm to a rectifier
    model, X, y = trained(digits, (32,), "relu", 5, X=lambda X: X * 16)
    assert vitals(model, X, y).healthy and raw.max() == X.max()


def test_overflow_is_said_to_be_one():
    model, X, y = trained(moons, (8, 8), "relu", dtype=np.float32)
    model.coefs_[0][:] = np.finfo(np.float32).max
    found = vitals(model, X, y)
    assert found.finding == "nan" and "of the values of layer 1 are nan or infinite: they overflow" in found.english
    assert found.as_dict()["loss"] in ("nan", "inf") and found.histograms[1].counts.sum() < found.histograms[0].counts.size * X.size


def test_small_weights_make_a_gradient_vanish_too():
    model = MLPClassifier((16,) * 8, "gelu", random_state=0)
    X, y = moons()
    model.partial_fit(X, y, classes=[0, 1])
    for weights in model.coefs_[1:-1]:
        weights *= 0.2
    for bias in model.intercepts_:
        bias[:] = 0
    found = vitals(model, X, y)
    assert found.finding == "vanishing" and "for the weights are small; start from larger ones" in found.english, str(found)


def test_a_fit_that_diverges_keeps_its_last_finite_weights_and_says_why():
    X, y = waves()
    model = MLPRegressor((32,), "relu", solver="sgd", learning_rate_init=1.0, random_state=0)
    with pytest.raises(ValueError, match="the steps are too long"):
        model.fit(X, y)
    assert np.isfinite(model.network_.parameters).all()
    found = vitals(model, X, y)
    assert found.finding == "learning rate" and "training ended with a loss that is nan or infinite" in found.english, str(found)
    with pytest.warns(ConvergenceWarning):
        model.set_params(learning_rate_init=0.001, max_iter=5).fit(X, y)
    assert vitals(model, X, y).healthy


# ── the two ways of vanishing ────────────────────────────────────────────────────────────────────────────────────────────


def one_unit(bias, dtype=np.float32):
    """Make a network of one sigmoid that sees x + bias."""
    model = MLPClassifier(1, "sigmoid")
    model.network_, model.classes_, model.n_features_in_ = Network([1, 1, 1], [ogive.sigmoid], "sigmoid", dtype), np.array([0, 1]), 1
    model.coefs_[0][:], model.coefs_[1][:], model.intercepts_[0][:] = 1, 1, bias
    return model


@pytest.mark.parametrize("bias", [24, 0], ids=["bias", "input"])
def test_rounding_takes_derivatives_that_are_normal_numbers(bias):
    """Between 18 and 30 the derivative falls from 1.5e-8 to 9.4e-14, all normal; y is 1 in float32 and y(1 - y) is 0."""
    x = np.linspace(18, 30, 100, dtype=np.float32)[:, None]
    y = np.arange(100) % 2
    found = vitals(one_unit(bias), x - np.float32(bias), y)
    truth = np.exp(-x.astype(float)) / (1 + np.exp(-x.astype(float))) ** 2
    assert np.isclose(found.layers[0].slope, np.sqrt(np.mean(truth**2)), rtol=1e-5) and found.layers[0].slope > np.finfo(np.float32).tiny
    assert found.layers[0].rounded_away == 1 and found.layers[0].dead == 0
    assert found.finding == "rounding" and "100% of the derivatives in layer 1 would be rounded to 0" in found.english
    assert "though they reach 1.5e-08" in found.english and "반올림되어 0이 됩니다" in found.korean
    wide = vitals(one_unit(bias, np.float64), x.astype(np.float64) - bias, y)
    assert wide.layers[0].rounded_away == 0 and wide.finding != "rounding"


def test_rounding_begins_where_it_is_said_to():
    """From 17.33 on in float32, y(1 - y) of a correctly rounded y is 0; the derivative is 3e-8."""
    layer = vitals(one_unit(0), np.array([[17.32], [17.34]], np.float32), [0, 1]).layers[0]
    assert layer.rounded_away == 0.5 and layer.dead == 0 and 0 < layer.slope < 1e-7
    with pytest.raises(ValueError, match=r"y contains \[2\], which are none of the classes"):
        vitals(one_unit(0), [[1.0], [2.0]], [0, 2])


def test_multiplication_makes_a_gradient_vanish_without_rounding():
    """Ten derivatives of at most 1/4 leave less than 1e-6 and not one of them is rounded away."""
    model, X, y = trained(digits, (32,) * 10, "sigmoid", dtype=np.float32)
    found = vitals(model, X, y)
    slopes = [layer.slope for layer in found.layers[:-1]]
    assert max(slopes) <= 0.25 and math.prod(slopes) < 1e-6 and {layer.rounded_away for layer in found.layers[:-1]} == {0.0}
    assert found.finding == "vanishing" and "not by rounding" in found.english and found.fall < 1e-4
    reach = found.layers[0].signal / found.layers[-1].signal
    assert f"{reach:.1g} of it reaches layer 1" in found.english and f"{reach:.1g}배" in found.korean


# ── health ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

HEALTHY = [
    (moons, (8, 8), "tanh", {"learning_rate_init": 0.02}),
    (digits, (100,), "relu", {}),
    (digits, (32,) * 10, "gelu", {}),
    (waves, (32, 32), "silu", {"learning_rate_init": 0.005}),
    (moons, (16,), "sigmoid", {"learning_rate_init": 0.01}),
    (tissue, (16, 16), "hard_tanh", {"learning_rate_init": 0.01}),
    (tissue, (30,), "relu", {"solver": "sgd", "learning_rate_init": 0.01}),
    (waves, (16,) * 4, "leaky_relu", {"learning_rate_init": 0.005}),
    (waves, (), "relu", {}),
    (digits, (16, 16), ["softmax", "tanh"], {"learning_rate_init": 0.01}),
]


@pytest.mark.parametrize(("data", "hidden", "activation", "settings"), HEALTHY, ids=[f"{row[2]} on {row[0].__name__}" for row in HEALTHY])
@pytest.mark.parametrize(("dtype", "seed"), [(np.float32, 0), (np.float64, 1), (np.float32, 2)])
def test_healthy_networks_are_left_in_peace(data, hidden, activation, settings, dtype, seed):
    model, X, y = trained(data, hidden, activation, dtype=dtype, random_state=seed, **settings)
    classes = {} if isinstance(model, MLPRegressor) else {"classes": np.unique(y)}
    for epoch in range(1, 21):
        if epoch in (1, 3, 10, 20):
            found = vitals(model, X, y)
            assert found.finding == "healthy" and "건강합니다" in found.korean, f"epoch {epoch}\n{found}"
        model.partial_fit(X, y, **classes)


@unconverged
def test_what_was_measured_is_there_apart_from_any_picture(tmp_path):
    X, y = moons()
    model = MLPClassifier((8, 6), ["relu", "tanh"], max_iter=5, random_state=0).fit(X, y)
    before = model.network_.parameters.copy()
    found = vitals(model, X, y)
    assert np.array_equal(before, model.network_.parameters)
    (first, second), passed = found.histograms, model.network_.layers(X)
    assert (first.layer, first.activation, second.layer, second.activation) == (1, "relu", 2, "tanh")
    assert first.counts.sum() == 300 * 8 and second.counts.sum() == 300 * 6 and len(first.edges) == len(first.counts) + 1
    assert first.edges[0] == passed[0][1].min() and first.edges[-1] == passed[0][1].max()
    dead = (passed[0][0] <= 0).all(axis=0)
    assert np.array_equal(found.dead_units.units[0], dead) and [len(units) for units in found.dead_units.units] == [8, 6]
    assert np.allclose(found.saturation.shares[0], (passed[0][0] <= 0).mean(axis=0))
    assert found.layers[0].saturated == np.mean(found.saturation.shares[0])
    flow = found.gradient_flow
    assert flow.layers == (1, 2, 3) and flow.gradients.shape == flow.ratios.shape == (3,)
    assert flow.gradients[0] == found.layers[0].gradient and flow.ratios[2] == found.layers[2].ratio
    assert found.next_loss < found.loss < found.chance + 0.2 and np.isclose(found.chance, math.log(2))
    plain = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert plain["saturation"]["shares"][0] == found.saturation.shares[0].tolist()
    model.save(tmp_path / "model.safetensors")
    again = vitals(load(tmp_path / "model.safetensors"), X, y)  # without the memory of Adam nothing is known of its next step
    assert again.as_dict()["next_loss"] == "nan" and again.healthy


def test_a_pipeline_is_measured_behind_its_scaler():
    X, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(8, "tanh", learning_rate_init=0.02, tol=0.01, random_state=0)).fit(X, y)
    assert vitals(pipeline, X, y).healthy


@unconverged
def test_what_cannot_be_measured():
    X, y = moons()
    model = MLPClassifier(2, max_iter=1).fit(X, y)
    with pytest.raises(TypeError, match="LogisticRegression has none"):
        vitals(LogisticRegression().fit(X, y), X, y)
    with pytest.raises(NotFittedError):
        vitals(MLPRegressor(), X, y)
    with pytest.raises(TypeError, match="loss and learning_rate are for modules of PyTorch; MLPClassifier has its own"):
        vitals(model, X, y, learning_rate=0.1)
    with pytest.raises(ValueError, match="3 features"):
        vitals(model, np.ones((4, 3)), [0, 1, 0, 1])
    assert vitals(model, X, y[:, None]).loss == vitals(model, X, y).loss, "a column is as good"
    with pytest.raises(ValueError, match=r"y has shape \(\d+, 2\); for this MLPClassifier it has \(\d+,\)"):
        vitals(model, X, np.eye(2)[y])
    with pytest.raises(ValueError, match=r"y has shape \(\d+,\); for this MLPRegressor it has \(\d+, 2\)"):
        vitals(MLPRegressor(2, max_iter=1).fit(X, np.eye(2)[y]), X, y)


@unconverged
def test_without_hidden_layers_xor_is_no_matter_of_steps():
    model = MLPClassifier((), learning_rate_init=0.02, max_iter=50, random_state=0).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    found = vitals(model, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    assert found.healthy and abs(found.loss - math.log(2)) < 0.01


def test_nobody_is_made_to_import_torch():
    code = "import sys; from ogive.networks import *; vitals(MLPClassifier(2, max_iter=1, tol=9, n_iter_no_change=1).partial_fit([[0.], [1.]], [0, 1], [0, 1]), [[0.], [1.]], [0, 1]); assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ── PyTorch ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@unconverged
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "gelu", "leaky_relu"])
def test_a_module_has_the_numbers_of_the_network_it_was_made_from(torch, activation):
    X, y = digits()
    model = MLPClassifier((12, 8), activation, max_iter=2, solver="sgd", momentum=0, learning_rate_init=0.1, random_state=0).fit(X, y)
    ours, theirs = vitals(model, X, y), vitals(model.to_torch(), X, y, learning_rate=0.1)
    for a, b in zip(ours.layers, theirs.layers, strict=True):
        assert (a.layer, a.activation) == (b.layer, b.activation)
        for name in ("saturated", "dead", "gradient", "ratio", "slope", "signal"):
            assert np.isclose(getattr(a, name), getattr(b, name), rtol=1e-6), name
    assert np.isclose(ours.loss, theirs.loss) and np.isclose(ours.next_loss, theirs.next_loss) and np.isclose(ours.chance, theirs.chance)
    assert np.array_equal(ours.histograms[1].counts, theirs.histograms[1].counts) and ours.finding == theirs.finding == "healthy"


def test_a_module_loses_to_rounding_in_earnest(torch):
    module = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Sigmoid(), torch.nn.Linear(4, 1))
    with torch.no_grad():
        module[0].weight.fill_(1)
        module[0].bias.fill_(24)
    x = np.linspace(-6, 6, 100)[:, None]
    found = vitals(module, x, np.sin(x[:, 0]))
    assert found.finding == "rounding" and found.layers[0].gradient == 0 < found.layers[0].slope
    assert "lost by rounding, really" in found.english and "logsigmoid(x).exp() keeps them" in found.english and "실제로" in found.korean
    before = torch.tensor([18.0, 30.0], requires_grad=True)
    kept = torch.autograd.grad(torch.nn.functional.logsigmoid(before).exp().sum(), before)[0]
    assert np.allclose(kept.numpy(), ogive.sigmoid.derivative(before.detach().numpy()), rtol=1e-4), "the remedy is one"
    assert vitals(module.double(), x, np.sin(x[:, 0])).finding == "unscaled" or vitals(module, x, np.sin(x[:, 0])).layers[0].gradient > 0


def unknown(torch, name):
    class Unknown(torch.nn.Module):
        def forward(self, x):
            return (x > 0).to(x.dtype) if name == "jump" else x * torch.sigmoid(1.5 * x)

    return Unknown()


MODULES = [
    ("dead", lambda t: t.nn.ReLU(inplace=True), lambda m, t: m[0].bias.data.fill_(-90), {}, "dead"),
    ("saturated", lambda t: t.nn.Tanh(), lambda m, t: m[0].weight.data.mul_(100), {}, "saturated"),
    ("exploding", lambda t: t.nn.LeakyReLU(0.2), lambda m, t: [p.data.mul_(9) for p in m[2:-1].parameters()], {}, "exploding"),
    ("vanishing", lambda t: t.nn.Sigmoid(), lambda m, t: None, {}, "vanishing"),
    ("nan", lambda t: t.nn.GELU(), lambda m, t: m[4].weight.data[0].fill_(math.nan), {}, "nan"),
    ("steps", lambda t: t.nn.ELU(), lambda m, t: None, {"learning_rate": 100.0}, "learning rate"),
    ("jump", lambda t: unknown(t, "jump"), lambda m, t: None, {}, "no gradient"),
    ("bent", lambda t: unknown(t, "bent"), lambda m, t: None, {}, "healthy"),
    ("prelu", lambda t: t.nn.PReLU(16), lambda m, t: None, {"learning_rate": 0.01}, "healthy"),
]


@pytest.mark.parametrize(("make", "change", "options", "finding"), [row[1:] for row in MODULES], ids=[row[0] for row in MODULES])
def test_modules_are_diagnosed_and_left_as_they_were(torch, make, change, options, finding):
    torch.manual_seed(0)
    X = torch.randn(200, 16)
    y = (X.sum(dim=1) > 0).long()
    layers = [*chain.from_iterable((torch.nn.Linear(16, 16), make(torch)) for _ in range(6)), torch.nn.Linear(16, 2)]
    module = torch.nn.Sequential(*layers)
    for name, parameter in module.named_parameters():
        if parameter.ndim == 2:
            torch.nn.init.kaiming_normal_(parameter) if finding != "vanishing" else torch.nn.init.xavier_normal_(parameter)
        elif "bias" in name:
            torch.nn.init.zeros_(parameter)
    change(module, torch)
    module[0].weight.requires_grad_(False)
    module[2].weight.grad = torch.ones(16, 16)
    module.train()
    module[1].eval()
    state = {name: value.clone() for name, value in module.state_dict().items()}
    found = vitals(module, X, y, **options)
    assert found.finding == finding, str(found)
    assert all(torch.equal(value.nan_to_num(7), state[name].nan_to_num(7)) for name, value in module.state_dict().items())
    assert [each.training for each in module[:3]] == [True, False, True] and not module[0].weight.requires_grad
    assert module[0].weight.grad is None and torch.equal(module[2].weight.grad, torch.ones(16, 16)) and module[4].weight.grad is None
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in module.modules())


def test_a_module_is_left_as_it_was_when_something_fails(torch):
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)).train()
    module[0].weight.requires_grad_(False)

    def broken(output, y):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        vitals(module, np.ones((4, 2)), [0, 1, 0, 1], loss=broken)
    with pytest.raises(RuntimeError):
        vitals(module, np.ones((4, 5)), [0, 1, 0, 1])
    assert module.training and module[1].training and not module[0].weight.requires_grad and module[0].weight.grad is None
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in module.modules())


def test_convolutions_have_channels_for_units(torch):
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Conv2d(1, 5, 3), torch.nn.BatchNorm2d(5), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(5 * 36, 1)
    )
    images = np.random.default_rng(0).normal(size=(30, 1, 8, 8))
    with torch.no_grad():
        module[1].bias[2] = -1000
    found = vitals(module, images, np.arange(30) % 2)
    assert found.dead_units.units[0].tolist() == [False, False, True, False, False] and found.layers[0].dead == 0.2
    assert found.histograms[0].counts.sum() == 30 * 5 * 36 and np.isclose(found.chance, math.log(2)) and found.healthy
    own = vitals(module, images, np.ones(30), loss=lambda output, y: (output[:, 0] - y).abs().mean())
    assert math.isnan(own.chance) and math.isnan(own.gradient_flow.ratios[0]) and "–" in str(own)
    assert own.as_dict()["gradient_flow"]["ratios"][0] == "nan"


def test_modules_that_cannot_be_measured(torch):
    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = torch.nn.Linear(2, 3), torch.nn.Linear(3, 2)

        def forward(self, x):
            return self.second(torch.relu(self.first(x)))

    X, y = np.ones((4, 2)), np.array([0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"calls 2 layers of weights and no activation as a module: .* hooks cannot see; make it a module"):
        vitals(Hidden(), X, y)
    with pytest.raises(ValueError, match="ReLU has no weights to look at"):
        vitals(torch.nn.ReLU(), X, y)
    linear = torch.nn.Linear(2, 2)
    assert vitals(linear, X, y).healthy
    with pytest.raises(ValueError, match=r"y holds 0 to 2; .* classes are 0 to 1"):
        vitals(linear, X, [0, 1, 2, 0])
    with pytest.raises(ValueError, match="X holds 4 samples and y 3"):
        vitals(linear, X, [0, 1, 0])
    with pytest.raises(TypeError, match="y is to hold numbers"):
        vitals(linear, X, ["a", "b", "a", "b"])
    with pytest.raises(ValueError, match="learning_rate=0: the length of a step is positive"):
        vitals(linear, X, y, learning_rate=0)
    with pytest.raises(ValueError, match="give loss="):
        vitals(linear, X, np.ones((4, 3)))
    assert vitals(linear, np.array([[np.nan, 1.0]] * 4), y).finding == "nan"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_narrow_modules(torch, dtype):
    torch.manual_seed(0)
    linear = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(4, 8))
    module = torch.nn.Sequential(linear, torch.nn.Tanh(), torch.nn.Linear(8, 2)).to(getattr(torch, dtype))
    found = vitals(module, np.random.default_rng(0).normal(size=(50, 4)), np.arange(50) % 2)
    assert found.healthy and found.layers[0].activation == "tanh" and found.layers[0].gradient > 0, str(found)


# ── while it learns ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_callback_watches_a_loop():
    X, y = moons()
    callback = VitalsCallback(X, y, every=2, warn=True)
    model = MLPClassifier((8, 8), "relu", random_state=0)
    with pytest.warns(VitalsWarning, match="epoch 4: 100% of the units in layer 1 are dead") as said:
        for epoch in range(1, 7):
            model.partial_fit(X, y, classes=[0, 1])
            if epoch == 4:
                model.intercepts_[0][:] = -99
            assert (callback(model, epoch) is None) == (epoch % 2 == 1)
    assert [(epoch, found.finding) for epoch, found in callback.history] == [(2, "healthy"), (4, "dead"), (6, "dead")] and len(said) == 1
    with pytest.raises(ValueError, match="every=0"):
        VitalsCallback(X, y, every=0)


def test_a_callback_of_scikit_learn():
    protocol = pytest.importorskip("sklearn.callback")
    X, y = moons()
    callback = VitalsCallback(X[:100], y[:100], every=3)
    assert isinstance(callback, protocol.FitCallback)
    plain, watched = (MLPClassifier(8, "tanh", max_iter=10, random_state=0) for _ in range(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        watched.set_callbacks(callback).fit(X, y)
        plain.fit(X, y)
    assert [epoch for epoch, _ in callback.history] == [3, 6, 9] and all(found.healthy for _, found in callback.history)
    assert callback.history[0][1].loss > callback.history[-1][1].loss
    assert np.array_equal(plain.network_.parameters, watched.network_.parameters), "being watched changes nothing"


def test_a_callback_in_a_loop_of_torch(torch):
    torch.manual_seed(0)
    X = torch.randn(100, 4)
    y = (X[:, :1] > 0).float()
    module = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    callback = VitalsCallback(X, y, every=5, loss=torch.nn.functional.binary_cross_entropy_with_logits, learning_rate=0.1)
    for epoch in range(1, 11):
        module.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(module(X), y).backward()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter -= 0.1 * parameter.grad
        callback(module, epoch)
    (_, early), (_, late) = callback.history
    assert early.loss > late.loss > late.next_loss and late.healthy and late.gradient_flow.ratios[0] > 0


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cli():
    return pytest.importorskip("ogive.cli")


def test_train_and_vitals_meet(cli, capsys, tmp_path):
    table, model = tmp_path / "tissue.csv", tmp_path / "tissue.safetensors"
    X, y = load_breast_cancer(return_X_y=True)
    rows = [",".join([*map(str, row), "benign" if label else "malignant"]) for row, label in zip(X[:200, :4], y[:200], strict=True)]
    table.write_text("\n".join(["a,b,c,d,kind", *rows]))
    assert cli.run(["train", str(table), "--epochs", "20", "--save", str(model)]) == 0
    assert f"model     {model}" in capsys.readouterr().out
    pipeline = load(model)
    assert pipeline.score(X[:200, :4], np.where(y[:200], "benign", "malignant")) > 0.85, "it takes the features as they are in the table"
    assert cli.run(["vitals", str(model), str(table)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("layer  activation") and "1      tanh" in said and "Healthy: the gradient reaches" in said
    assert cli.run(["vitals", str(model), str(table), "--language", "ko", "--target", "kind"]) == 0
    assert "건강합니다" in capsys.readouterr().out
    assert cli.run(["vitals", str(model), str(table), "-o", str(tmp_path / "vitals.svg")]) == 0
    assert "Healthy: the gradient reaches" in "".join(capsys.readouterr().out)
    assert (tmp_path / "vitals.svg").read_text().lstrip().startswith("<?xml")
    network = pipeline[-1]
    network.coefs_[0][:] = np.nan
    network.save(model, scaler=pipeline[0])
    assert cli.run(["vitals", str(model), str(table), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["finding"] == "nan" and found["layers"][0]["activation"] == "tanh" and len(found["histograms"]) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.safetensors", "moons"], "none.safetensors"),
        (["table.csv", "moons"], "is not a safetensors file"),
        (["moons.safetensors", "none.csv"], "none.csv: No such file"),
        (["moons.safetensors", "digits"], "64 features"),
        (["moons.safetensors", "planets"], "planets is neither a problem nor a table"),
        (["moons.safetensors", "table.csv"], "y contains ['red'], which are none of the classes"),
        (["moons.safetensors", "moons", "--language", "fr"], "choose en or ko"),
        (["moons.safetensors", "moons", "-o", "vitals.bmp"], "picture formats"),
        (["moons.safetensors", "moons", "-o", "nowhere/vitals.png"], "there is no directory"),
    ],
)
def test_vitals_refuses(cli, capsys, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text("a,b,kind\n1,2,red\n3,4,red\n")
    assert cli.run(["train", "moons", "--epochs", "1", "--save", "moons.safetensors"]) == 0
    capsys.readouterr()
    assert cli.run(["vitals", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_a_model_is_saved_under_a_name_that_tells(cli, capsys):
    assert cli.run(["train", "moons", "--save", "moons.bin"]) == 2
    assert "its name is to end in .safetensors" in capsys.readouterr().err


def test_a_picture_of_vitals_is_their_arrays():
    pytest.importorskip("matplotlib")
    from ogive.plot import plot_vitals

    X, y = load_breast_cancer(return_X_y=True)
    model = MLPClassifier((6,) * 3, "tanh", max_iter=3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = vitals(model.fit(X / X.max(axis=0), y), X / X.max(axis=0), y)
    activations, flow = plot_vitals(found)
    assert [text.get_text() for text in activations.get_yticklabels()] == ["1  tanh", "2  tanh", "3  tanh"]
    np.testing.assert_array_equal(flow.lines[0].get_ydata(), found.gradient_flow.gradients)
    assert " ".join(activations.figure.get_suptitle().split()) == found.english
    again = plot_vitals(found, axes=(activations, flow), language="ko")
    assert again == (activations, flow)
