"""Pictures by matplotlib."""

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D

import ogive
from ogive.activation import Elementwise
from ogive.plot import (
    errors,
    fonts,
    plot,
    plot_activations,
    plot_decision_boundary,
    plot_error,
    plot_gradient_flow,
    plot_loss,
    plot_vitals,
    saturated,
    save,
)

CURVES = [card for card in ogive.CATALOGUE.values() if isinstance(card, Elementwise)]


def curves(ax: Axes) -> list[Line2D]:
    """Pick the sampled lines: neither a dot nor a reference line."""
    return [line for line in ax.lines if len(np.atleast_1d(line.get_xdata())) > 2]


def dots(ax: Axes) -> set[tuple[float, float, bool]]:
    """Pick the ends at jumps: x, y and whether closed."""
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    return {(*np.asarray(line.get_xydata())[0], line.get_markerfacecolor() == line.get_color()) for line in marks}


def labels(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


@pytest.mark.parametrize("card", CURVES, ids=lambda card: card.name)
def test_every_curve_can_be_drawn(card: Elementwise, tmp_path: Path) -> None:
    ax = plot(card, second_derivative=True)
    low, high = ax.get_xlim()
    assert max(-5, card.domain.low) == low
    assert min(5, card.domain.high) == high
    assert np.all(np.isfinite(ax.get_ylim()))
    for line in curves(ax):
        x, y = map(np.asarray, line.get_data())
        assert np.all(np.diff(x) > 0)
        for kink in card.kinks:
            if kink.jump and line.get_label() == card.name:
                assert np.isnan(y[x == kink.at(*(p.default for p in card.parameters))])  # the line is broken: no vertical stroke
    save(tmp_path / "picture.svg", ax.figure)


def test_the_step_has_dots_and_no_vertical_line() -> None:
    ax = plot("step", derivative=False)
    assert dots(ax) == {(0, 0, True), (0, 1, False)}
    (line,) = curves(ax)
    y = np.asarray(line.get_ydata())
    together = np.isfinite(y[:-1]) & np.isfinite(y[1:])
    assert not np.any(np.diff(y)[together])
    assert not any(len(set(np.atleast_1d(line.get_xdata()))) == 1 and line.get_marker() == "None" for line in ax.lines)


def test_a_derivative_may_jump_too() -> None:
    assert dots(plot("relu")) == {(0, 0, True), (0, 1, False)}
    assert dots(plot("leaky_relu", parameters={"slope": 0.5})) == {(0, 0.5, True), (0, 1, False)}


def test_saturation_is_found_at_the_ends_and_nowhere_else() -> None:
    left, right = saturated(ogive.sigmoid)
    edge = 4.3566  # where σ′ = 0.05/4
    assert left == pytest.approx((-5, -edge), abs=0.01)
    assert right == pytest.approx((edge, 5), abs=0.01)
    assert saturated(ogive.relu) == [(-5, pytest.approx(0, abs=0.01))]
    (gate,) = saturated(ogive.silu)
    assert gate[1] < -3  # not around the minimum at -1.28
    assert saturated(ogive.logit) == saturated(ogive.identity) == saturated(ogive.inverse_softplus) == []
    assert saturated(ogive.step) == [(-5, 5)]
    assert saturated(ogive.sigmoid, 10, 20) == [(10, 20)]


def test_one_card_is_blue_with_an_orange_derivative() -> None:
    ax = plot(ogive.sigmoid)
    value, derivative = curves(ax)
    assert value.get_color() == "#0072B2"
    assert value.get_linestyle() == "-"
    assert derivative.get_color() == "#D55E00"
    assert derivative.get_linestyle() != "-"
    assert labels(ax) == ["sigmoid", "derivative", "saturated: |f′| ≤ 5 % of max", "limits"]
    assert "frac" in ax.get_title()
    assert sorted(line.get_ydata()[0] for line in ax.lines if len(line.get_xdata()) == 2) == [0, 1]
    assert len(ax.patches) == 2


def test_several_cards_have_a_colour_each() -> None:
    ax = plot("sigmoid", "tanh", "relu", low=-3, high=3)
    assert labels(ax) == ["sigmoid", "tanh", "relu", "derivatives", "saturated: |f′| ≤ 5 % of max", "limits"]
    solid = [line for line in curves(ax) if line.get_linestyle() == "-" and line.get_alpha() is None]
    assert len({line.get_color() for line in solid}) == 3
    assert ax.get_xlim() == (-3, 3)


def test_parameters_go_to_the_cards_that_take_them() -> None:
    ax = plot("sigmoid", "leaky_relu", parameters={"slope": 0.5}, derivative=False, saturation=False)
    line = next(line for line in curves(ax) if line.get_label() == "leaky_relu")
    assert np.asarray(line.get_ydata())[0] == -2.5
    with pytest.raises(TypeError, match="not a parameter of sigmoid"):
        plot("sigmoid", parameters={"slope": 0.5})


def test_what_has_no_curve_is_refused() -> None:
    with pytest.raises(TypeError, match="softmax takes a whole row"):
        plot("softmax")
    with pytest.raises(KeyError, match="did you mean sigmoid"):
        plot("sigmod")
    with pytest.raises(ValueError, match="at least one"):
        plot()
    with pytest.raises(ValueError, match="shows nothing"):
        plot("logit", low=2, high=3)


def test_given_axes_are_drawn_in_and_keep_what_they_show() -> None:
    ax = Figure().add_subplot()
    ax.plot([0, 1], [-20, 20])
    assert plot("sigmoid", ax=ax) is ax
    assert ax.get_ylim()[0] <= -20


def test_pyplot_is_left_alone() -> None:
    code = "import sys, ogive.plot as p; p.plot('sigmoid'); p.plot_loss([1, 0.1]); p.plot_error('relu'); "
    code += "assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_picture_is_replaced_when_it_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    path.write_text("old")
    figure = plot("tanh").figure

    def fail(*args: object, **options: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Figure, "savefig", fail)
        with pytest.raises(OSError, match="full"):
            save(path, figure)
    assert path.read_text() == "old"
    save(path, figure)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match=r"\.png, \.svg, \.pdf"):
        save(tmp_path / "picture.bmp", figure)


def test_matplotlib_is_asked_for_by_its_install_line() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; import ogive; ogive.plot"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert 'ImportError: pictures need matplotlib: python -m pip install "ogive[plot]"' in done.stderr


# ── networks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


class Slope:
    """A classifier in scikit-learn's manners, of any number of classes along the first feature."""

    def __init__(self, classes: int, certain: bool = False) -> None:
        self.classes_ = np.array([f"class {n}" for n in range(classes)])
        if not certain:
            self.predict_proba = self._probabilities

    def _probabilities(self, X: Any) -> Any:
        weights = np.exp(-4 * np.abs(np.asarray(X)[:, :1] * (len(self.classes_) - 1) - np.arange(len(self.classes_))))
        return weights / weights.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        return self.classes_[self._probabilities(X).argmax(axis=1)]


def shades(ax: Axes) -> Any:
    return np.asarray(ax.get_images()[0].get_array())


def borders(ax: Axes) -> Any:
    """Pick the points of the lines between the classes."""
    return np.concatenate([path.vertices for lines in ax.collections if hasattr(lines, "levels") for path in lines.get_paths()])


def test_of_two_classes_the_shade_is_the_probability() -> None:
    pytest.importorskip("sklearn")
    model = Slope(2)
    ax = plot_decision_boundary(model, CORNERS, model.predict(CORNERS))
    row = shades(ax)[0]
    towards, away = np.diff(row[60:200].sum(axis=1)), np.diff(row[200:340].sum(axis=1))
    assert np.all(towards > 0) and np.all(away < 0), "white is in the middle"
    assert row[199:201].min() > 0.97
    assert row[0].argmax() == 2 and row[-1].argmax() == 0, "blue on the left, orange on the right"
    assert borders(ax)[:, 0] == pytest.approx(0.5, abs=1e-9)
    flat = plot_decision_boundary(Slope(2, certain=True), CORNERS, model.predict(CORNERS))
    assert len(np.unique(shades(flat).reshape(-1, 3), axis=0)) == 2
    assert borders(flat)[:, 0] == pytest.approx(0.5, abs=0.01)


def test_three_classes_have_three_colours_and_two_lines() -> None:
    pytest.importorskip("sklearn")
    model = Slope(3)
    X = np.array([[0.0, 0.0], [0.5, 1.0], [1.0, 0.0]])
    ax = plot_decision_boundary(model, X, model.predict(X))
    assert len(np.unique(shades(ax).reshape(-1, 3), axis=0)) == 3
    assert set(np.round(borders(ax)[:, 0], 6)) == {0.25, 0.75}
    assert labels(ax) == ["class 0", "class 1", "class 2"]
    points = [dots for dots in ax.collections if not hasattr(dots, "levels")]
    assert [dots.get_offsets().tolist() for dots in points] == [[x.tolist()] for x in X]
    assert len({to_hex(dots.get_facecolor()[0]) for dots in points}) == 3


def test_a_class_that_is_never_chosen_has_no_line() -> None:
    pytest.importorskip("sklearn")
    ax = plot_decision_boundary(Slope(2), CORNERS[:2] - 5, ["class 0", "class 1"])
    assert not any(hasattr(lines, "levels") for lines in ax.collections)


def test_the_legend_lies_below_the_axes_and_hides_no_sample() -> None:
    pytest.importorskip("sklearn")
    model = Slope(2)
    for ax in (plot_decision_boundary(model, CORNERS, model.predict(CORNERS)), plot("sigmoid"), plot_error("relu", np.abs)):
        ax.set_xlabel("x")
        ax.figure.draw_without_rendering()
        legend = ax.get_legend().get_window_extent()
        assert legend.y1 <= ax.xaxis.get_tightbbox().y0
        assert ax.figure.bbox.y0 <= legend.y0
        assert ax.figure.bbox.x0 <= legend.x0 and legend.x1 <= ax.figure.bbox.x1


def test_a_table_names_the_axes_and_its_model_does_not_complain() -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    table = pandas.DataFrame(CORNERS, columns=["width", "height"])
    y = [0, 0, 0, 1]
    ax = plot_decision_boundary(ogive.networks.LogisticRegression().fit(table, y), table, y)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width", "height")


@pytest.mark.parametrize(
    ("model", "X", "y", "message"),
    [
        (Slope(2), CORNERS[:, :1], ["class 0"] * 4, r"X has shape \(4, 1\)"),
        (Slope(2), CORNERS, ["class 0"], r"there are 4 samples, and y has shape \(1,\)"),
        (Slope(2), CORNERS, ["class 0"] * 3 + ["moon"], "the label moon is unknown to the model, which was fitted to class 0, class 1"),
        (Slope(2), CORNERS * np.nan, ["class 0"] * 4, "finite numbers"),
        (Slope(2), np.empty((0, 2)), [], "at least one"),
        (object(), CORNERS, ["class 0"] * 4, "object has no classes_; a boundary is that of a classifier, after fit"),
    ],
)
def test_a_boundary_that_cannot_be_drawn(model: Any, X: Any, y: Any, message: str) -> None:
    pytest.importorskip("sklearn")
    with pytest.raises(ValueError, match=message):
        plot_decision_boundary(model, X, y)


def test_losses_over_several_decades_have_a_logarithmic_axis() -> None:
    ax = plot_loss([1, 0.5, 0.2])
    assert ax.get_yscale() == "linear"
    assert labels(ax) == ["loss"]
    x, y = ax.lines[0].get_data()
    assert (list(x), list(y)) == ([1, 2, 3], [1, 0.5, 0.2])
    assert ax.lines[0].get_color() == "#0072B2"
    ax = plot_loss({"tanh": [1, 1e-3], "relu": [2, 1]}, [3.0])
    assert ax.get_yscale() == "log"
    assert labels(ax) == ["tanh", "relu", "loss"]
    assert len({line.get_color() for line in ax.lines}) == 3
    assert plot_loss([1, 0.0]).get_yscale() == plot_loss([1, -1e-3]).get_yscale() == "linear"


def test_validation_is_dashed_in_the_colour_of_its_network() -> None:
    scores = [0.5, 0.75]
    network = SimpleNamespace(loss_curve_=[1.0, 0.5], validation_scores_=scores)
    ax = plot_loss(network, network, SimpleNamespace(loss_curve_=[1.0], validation_scores_=None))
    assert labels(ax) == ["SimpleNamespace 1", "SimpleNamespace 2", "SimpleNamespace 3", "1 − validation score"]
    solid, dashed = ax.lines[:2]
    assert solid.get_linestyle() == "-" != dashed.get_linestyle()
    assert solid.get_color() == dashed.get_color() != ax.lines[2].get_color()
    assert list(dashed.get_ydata()) == [0.5, 0.25]
    assert len(ax.lines) == 5


def test_losses_of_a_network() -> None:
    pytest.importorskip("sklearn")
    model = ogive.networks.MLPClassifier(4, "tanh", max_iter=3, tol=0, random_state=0)
    with pytest.raises(ValueError, match="MLPClassifier has no loss_curve_; give a fitted network"):
        plot_loss(model)
    for _ in range(3):
        model.partial_fit(CORNERS, [0, 1, 1, 0], classes=[0, 1])
    ax = plot_loss(model)
    assert list(ax.lines[0].get_ydata()) == model.loss_curve_ and labels(ax) == ["MLPClassifier"]
    for wrong in ([], [[1.0]], "abc"):
        with pytest.raises(ValueError, match="losses are numbers in a row"):
            plot_loss(wrong)
    with pytest.raises(ValueError, match="needs a fitted network or its losses"):
        plot_loss()


def vitals(*gradients: float) -> SimpleNamespace:
    """Make the vitals of a network of three hidden layers of four units."""
    edges = np.linspace(-1, 1, 6)
    return SimpleNamespace(
        histograms=tuple(SimpleNamespace(layer=n, activation="tanh", counts=np.array([n, 0, 0, 1, 2]), edges=edges) for n in (1, 2, 3)),
        saturation=SimpleNamespace(shares=tuple(np.full(4, share) for share in (0.1, 0.25, 1.0))),
        dead_units=SimpleNamespace(units=tuple(np.arange(4) < dead for dead in (0, 1, 4))),
        gradient_flow=SimpleNamespace(
            layers=np.arange(1, len(gradients) + 1), gradients=np.array(gradients), ratios=np.ones(len(gradients))
        ),
    )


def test_activations_are_histograms_one_above_the_other() -> None:
    ax = plot_activations(vitals())
    outlines = [patch.get_data() for patch in ax.patches if not patch.get_fill()]
    assert [data.baseline for data in outlines] == [2, 1, 0], "the first layer is on top"
    for n, data in enumerate(outlines, 1):
        counts = np.array([n, 0, 0, 1, 2])
        assert data.values - data.baseline == pytest.approx(0.85 * counts / counts.max())
        assert data.edges.tolist() == np.linspace(-1, 1, 6).tolist()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1  tanh", "2  tanh", "3  tanh"]
    assert ax.get_yticks().tolist() == [2, 1, 0]
    assert [text.get_text() for text in ax.texts] == [
        "saturated 10%\ndead 0 of 4",
        "saturated 25%\ndead 1 of 4",
        "saturated 100%\ndead 4 of 4",
    ]
    with pytest.raises(ValueError, match="no hidden layer"):
        plot_activations(SimpleNamespace(histograms=()))


def test_gradients_by_depth() -> None:
    ax = plot_gradient_flow(vitals(1e-6, 1e-3, 1))
    (line,) = ax.lines
    assert [list(values) for values in line.get_data()] == [[1, 2, 3], [1e-6, 1e-3, 1]]
    assert (ax.get_yscale(), line.get_color(), ax.get_legend()) == ("log", "#D55E00", None)
    ax = plot_gradient_flow({"step": vitals(0, 0, 0.5), "relu": vitals(np.inf, 2, 1)})
    assert labels(ax) == ["step", "relu", "gradient 0", "gradient not finite"]
    marks = {line.get_marker(): [list(values) for values in line.get_data()] for line in ax.lines if line.get_linestyle() == "None"}
    assert marks == {"v": [[1, 2], [0, 0]], "^": [[1], [1]]}, "at the bottom and at the top"
    assert plot_gradient_flow(vitals(0, 0)).get_yscale() == "linear"
    assert labels(plot_gradient_flow(vitals(1), vitals(2))) == ["network 1", "network 2"]
    with pytest.raises(ValueError, match="needs the vitals of a network"):
        plot_gradient_flow()


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "EVENLY", 90)
    monkeypatch.setattr(errors, "BY_VALUE", 10)


def clouds(ax: Axes) -> dict[str, tuple[Any, Any]]:
    """Pick the errors, by label."""
    return {str(line.get_label()).partition(",")[0]: line.get_data() for line in ax.lines if line.get_marker() == "."}


def faults(ax: Axes) -> dict[str, Any]:
    """Pick the marks above the axes: where they are, by shape."""
    return {str(line.get_marker()): np.asarray(line.get_xdata()) for line in ax.lines if line.get_marker() in ("x", "^", "D")}


def naive(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("card", CURVES, ids=lambda card: card.name)
@pytest.mark.usefixtures("few")
def test_ogive_is_correctly_rounded_in_the_picture(card: Elementwise) -> None:
    ax = plot_error(card)
    (line,) = clouds(ax).values()
    x, y = line
    assert len(y) == 101 and np.all(np.abs(y) <= 0.5)
    assert not faults(ax)
    assert ax.get_xlim() == (x[0], x[-1])
    assert max(card.domain.low, -109) <= x[0] + 1 and x[-1] - 1 <= min(card.domain.high, 109)


def test_errors_are_in_ulp_of_the_truth() -> None:
    from ogive.truth.reference import evaluate
    from ogive.truth.ulp import ulp_error

    ax = plot_error("sigmoid", naive)
    assert list(clouds(ax)) == ["ogive", "naive"]
    x, y = clouds(ax)["naive"]
    assert x.dtype == np.float32 and len(x) > 3000
    assert x[0] < -103.97 and x[-1] > 103.97, "both tails, as far as anything is left of them"
    for i in range(0, len(x), 200):
        with np.errstate(all="ignore"):
            assert y[i] == pytest.approx(ulp_error(naive(x[i]), evaluate("sigmoid", x[i]), "float32"), abs=2e-3)
    assert np.abs(y[x < -89]).max() > 1e6, "0 where a number should be"
    assert {float(line.get_ydata()[0]) for line in ax.lines if len(line.get_ydata()) == 2} == {-0.5, 0.5}
    assert "correctly rounded: ±½ ulp" in labels(ax)
    assert ax.get_yscale() == "symlog"
    low, high = ax.get_ylim()
    assert low == -high and high > np.abs(y).max()


@pytest.mark.usefixtures("few")
def test_what_no_ulp_describes_is_marked_above_the_axes() -> None:
    def wrong(x: Any) -> Any:
        return np.select([x < -50, x < 0, x < 50], [np.nan, np.inf, -naive(x)], naive(x)).astype(x.dtype)

    ax = plot_error("sigmoid", {"wrong": wrong}, high=100, low=-100)
    found = faults(ax)
    assert found["x"].max() < -50 <= found["^"].min() < found["^"].max() < 0 <= found["D"].min() < found["D"].max() < 50
    assert labels(ax)[1:] == ["wrong, max ∞", "correctly rounded: ±½ ulp", "nan", "infinite error", "wrong sign"]
    assert len(clouds(ax)["wrong"][0]) < 101
    assert not faults(plot_error("logit", lambda x: np.log(x / (1 - x)))), "infinite where the truth is"


@pytest.mark.usefixtures("few")
def test_forms_dtypes_and_intervals_of_errors() -> None:
    ax = plot_error("sigmoid", lambda x: naive(x) * (1 - naive(x)), form="derivative", dtype=np.float16, low=-4, high=8)
    assert ax.get_xlim() == (-4, 8) and "sigmoid.derivative in float16" in ax.get_title()
    x, y = clouds(ax)["implementation"]
    assert x.dtype == np.float16 and np.abs(y[x > 7.7]).min() > 1
    assert plot_error("tanh", form="inverse").get_xlim() == (-1, 1), "the domain of the form"
    ax = plot_error("sigmoid", lambda x: ogive.sigmoid(x.astype(np.float64)))
    assert np.abs(clouds(ax)["implementation"][1]).max() <= 0.5, "rounded once"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: plot_error("softmax"), TypeError, "takes a whole row"),
        (lambda: plot_error("sigmod"), KeyError, "did you mean sigmoid"),
        (lambda: plot_error("relu", form="inverse"), ValueError, "relu has no form 'inverse' of one array; it has value, derivative"),
        (lambda: plot_error("relu", form="backward"), ValueError, "no form 'backward' of one array"),
        (lambda: plot_error("relu", dtype="int8"), TypeError, "the metric knows float16"),
        (lambda: plot_error("relu", low=2, high=1), ValueError, "low < high"),
        (lambda: plot_error("relu", low=-np.inf), ValueError, "finite ends"),
        (lambda: plot_error("logit", low=2, high=3), ValueError, r"defined on \[0, 1\], of which \[2, 3\] shows nothing"),
        (lambda: plot_error("relu", 3), TypeError, "a function of one array, not 3"),
        (lambda: plot_error("relu", np.sum), ValueError, r"sum: an array of shape .* came back as \(\)"),
    ],
)
@pytest.mark.usefixtures("few")
def test_errors_that_cannot_be_drawn(call: Callable[[], Axes], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_the_truth_is_asked_for_by_its_install_line() -> None:
    code = "import sys; sys.modules['flint'] = None; import ogive; ogive.plot.plot_error('relu')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert 'ImportError: errors are measured against the truth: python -m pip install "ogive[truth]"' in done.stderr


# ── languages and letters ────────────────────────────────────────────────────────────────────────────────────────────────

PICTURES: dict[str, Callable[..., Axes]] = {
    "plot": lambda **options: plot("sigmoid", **options),
    "loss": lambda **options: plot_loss([1, 0.1], **options),
    "activations": lambda **options: plot_activations(vitals(), **options),
    "gradients": lambda **options: plot_gradient_flow(vitals(0, 1), **options),
    "errors": lambda **options: plot_error("relu", low=-1, high=1, **options),
}


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Take the Korean fonts away."""
    monkeypatch.setattr(fonts, "FONTS", {"A font that nobody has": "nowhere"})
    fonts.korean_font.cache_clear()
    fonts.complain.cache_clear()
    yield
    fonts.korean_font.cache_clear()
    fonts.complain.cache_clear()


@pytest.fixture
def font() -> str:
    found = fonts.korean_font()
    if found is None:
        pytest.skip("no Korean font is installed")
    return found


def words(ax: Axes) -> str:
    legend = ax.get_legend()
    texts = [*ax.texts, *(legend.get_texts() if legend else ())]
    return " ".join([ax.get_title(), ax.get_xlabel(), ax.get_ylabel(), *(text.get_text() for text in texts)])


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_draws_where_it_is_told_to(name: str) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert PICTURES[name](ax=right) is right
    assert right.has_data() and not left.has_data()
    with pytest.raises(ValueError, match="language='xx' is not spoken here; choose 'en' or 'ko'"):
        PICTURES[name](language="xx")


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_speaks_korean_and_shows_its_letters(name: str, font: str, tmp_path: Path) -> None:
    english, korean = PICTURES[name](), PICTURES[name](language="ko")
    assert not fonts.HANGUL.search(words(english)) and fonts.HANGUL.search(words(korean))
    korean.set_title("시그모이드 함수")
    for suffix in (".png", ".svg", ".pdf"):
        save(tmp_path / f"picture{suffix}", korean.figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter that no font has is a warning of matplotlib's
        korean.figure.savefig(tmp_path / "by hand.png")


def test_the_korean_font_stands_behind_the_usual_one(font: str) -> None:
    ax = plot("sigmoid", language="ko")
    assert ax.title.get_fontfamily() == ["sans-serif", font], "for titles that are set later, too"
    path = findfont(FontProperties(family=font), fallback_to_default=False)
    assert get_font(path).get_char_index(ord("가")) != 0
    plot("tanh", ax=ax)
    assert ax.title.get_fontfamily().count(font) == 1


def test_a_font_that_came_after_matplotlib_made_its_list_is_found(font: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = findfont(FontProperties(family=font), fallback_to_default=False)
    monkeypatch.setattr(fonts.fontManager, "ttflist", [entry for entry in fonts.fontManager.ttflist if entry.name not in fonts.FONTS])
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [path])
    monkeypatch.setattr(fonts, "FONTS", {font: Path(path).stem})
    fonts.korean_font.cache_clear()
    assert fonts.korean_font() == font


@pytest.mark.usefixtures("no_font")
def test_without_a_korean_font_one_message_and_english_words(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="no Korean font is installed; install one") as said:
        pictures = [PICTURES[name](language="ko") for name in PICTURES]
    assert len(said) == 1
    assert not any(fonts.HANGUL.search(words(ax)) for ax in pictures)
    fonts.complain.cache_clear()
    pictures[0].set_title("시그모이드")
    with pytest.warns(UserWarning) as said:
        save(tmp_path / "picture.png", pictures[0].figure)
    assert len(said) == 1 and "no Korean font" in str(said[0].message)


def test_colours_keep_their_meaning() -> None:
    assert to_rgb(plot_error("relu", low=-1, high=1).lines[2].get_color()) == to_rgb("#CC79A7")
    assert to_rgb(plot_gradient_flow(vitals(1, 2)).lines[0].get_color()) == to_rgb("#D55E00")
    assert to_rgb(plot_loss([1, 2]).lines[0].get_color()) == to_rgb("#0072B2")


def test_a_network_is_no_vitals() -> None:
    networks = pytest.importorskip("ogive.networks")
    for draw in (plot_activations, plot_gradient_flow, plot_vitals):
        with pytest.raises(TypeError, match=r"not MLPClassifier: measure it first, with ogive.vitals\(model, X, y\)"):
            draw(networks.MLPClassifier())


def test_a_parameter_outside_its_domain_draws_nothing() -> None:
    with pytest.raises(ValueError, match=r"leaky_relu: slope=nan lies outside"):
        plot("leaky_relu", parameters={"slope": float("nan")})
