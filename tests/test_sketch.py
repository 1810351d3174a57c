"""Cards drawn in characters and in SVG."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ogive
from ogive.activation import Elementwise
from ogive.sketch import card_html, card_text, curve, plain, sample, view, window

CARDS = list(ogive.CATALOGUE.values())
CURVES = [card for card in CARDS if isinstance(card, Elementwise)]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\sigma(x) = \frac{1}{1 + e^{-x}}", "σ(x) = 1/(1 + e⁻ˣ)"),
        (r"\operatorname{logit}(p) = \log \frac{p}{1 - p}", "logit(p) = log(p/(1 - p))"),
        (r"\frac{1}{2} \log \frac{1 + y}{1 - y}", "(1/2) log((1 + y)/(1 - y))"),
        (r"\frac{1}{2}\operatorname{erfc}\left(-\frac{x}{\sqrt{2}}\right)", "(1/2) erfc(-x/√2)"),
        (r"\begin{cases} x & x > 0 \\ s x & x \le 0 \end{cases}", "{x if x > 0; s x if x ≤ 0}"),
        (r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}", "{x if x > 0; 0 otherwise}"),
        (r"\frac{e^{x_i / T}}{\sum_j e^{x_j / T}}", "e^(xᵢ / T)/(Σⱼ e^(xⱼ / T))"),
        (r"\operatorname{softplus}^{-1}(y) = \log(e^{y} - 1)", "softplus⁻¹(y) = log(eʸ - 1)"),
        (r"x\,\sigma(\beta x)", "x σ(βx)"),
        (r"\frac{x}{\sqrt{1 + \alpha x^2}}", "x/√(1 + αx²)"),
        (r"\frac{x}{2x}", "x/(2x)"),
        (r"\frac{1}{\sqrt{2\pi}}", "1/√(2π)"),
        (r"1.7159\tanh\frac{2x}{3}", "1.7159 tanh(2x/3)"),
        (r"\left(\frac{1}{2}\right)^{2}", "(1/2)²"),
        (r"\log \lvert x \rvert", "log |x|"),
        (r"\unheard{x}", "unheard x"),
    ],
)
def test_plain_writes_what_the_formula_says(tex: str, text: str) -> None:
    assert plain(tex) == text


@given(st.text(alphabet=r"\{}^_&x1+ fracsqtbegindcase", max_size=40))
def test_plain_never_fails(tex: str) -> None:
    assert isinstance(plain(tex), str)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_card_fits_a_terminal(card: ogive.Activation) -> None:
    lines = card_text(card).splitlines()
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 100
    assert card.name in lines[0]
    assert card.formula
    assert "\\" not in card.formula
    assert repr(card) == card_text(card)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_card_is_a_fragment_of_html_by_itself(card: ogive.Activation) -> None:
    fragment = ET.fromstring(card_html(card))
    text = "".join(fragment.itertext())
    assert card.formula in text
    assert all(fact in text for fact in card.facts().values())
    assert not [e for e in fragment.iter() if e.tag in ("script", "link", "img", "style")]
    assert (fragment.find(".//svg") is not None) == isinstance(card, Elementwise)
    assert not any("nan" in value or "inf" in value for e in fragment.iter() for value in e.attrib.values())


@pytest.mark.parametrize("card", CURVES, ids=lambda card: card.name)
@pytest.mark.parametrize("form", ["value", "derivative", "second_derivative"])
def test_no_line_crosses_a_jump(card: Elementwise, form: str) -> None:
    drawn = sample(card, form)
    assert np.all(np.diff(drawn.x) > 0)
    for dot in drawn.dots:
        assert np.isnan(drawn.y[drawn.x == dot.x])
    for kink in card.kinks:
        if kink.jump and form == "value":
            x = kink.at(*(p.default for p in card.parameters))
            assert x in {dot.x for dot in drawn.dots}
            assert [dot.closed for dot in drawn.dots if dot.x == x].count(True) == 1


def test_the_step_has_a_closed_and_an_open_end() -> None:
    assert {(dot.x, dot.y, dot.closed) for dot in sample(ogive.step).dots} == {(0, 0, True), (0, 1, False)}
    half = sample(ogive.step, parameters={"at_zero": 0.5}).dots
    assert {(dot.y, dot.closed) for dot in half} == {(0, False), (0.5, True), (1, False)}
    assert {(dot.y, dot.closed) for dot in sample(ogive.step, low=0, high=1).dots} == {(0, True), (1, False)}
    picture = curve(ogive.step)
    assert picture.count("●") == picture.count("○") == 1


def test_a_curve_stays_in_its_domain() -> None:
    drawn = sample(ogive.logit)
    assert (drawn.x[0], drawn.x[-1]) == (0, 1)
    low, high = window(drawn)
    assert -10 < low < high < 10  # the poles are beyond the picture
    with pytest.raises(ValueError, match="defined on"):
        view(ogive.logit, 2, 3)
    with pytest.raises(ValueError, match="low < high"):
        view(ogive.sigmoid, 3, 3)


def test_a_sketch_has_the_size_asked_for() -> None:
    lines = curve(ogive.tanh, width=20, height=5).splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= 27
    assert lines[-1].split() == ["-5", "0", "5"]
