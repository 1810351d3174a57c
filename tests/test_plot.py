"""Pictures by matplotlib."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import ogive
from ogive.activation import Elementwise
from ogive.plot import plot, saturated, save

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
    code = "import sys, ogive.plot; ogive.plot.plot('sigmoid'); assert 'matplotlib.pyplot' not in sys.modules"
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
