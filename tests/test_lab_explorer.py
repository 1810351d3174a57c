"""The room Explorer without a browser: curves, errors, readings, facts, and who else computes a form."""

import json
import math
import threading
import time
from typing import Any, get_args

import numpy as np
import pytest

import ogive
from ogive.activation import Elementwise
from ogive.catalogue import CATALOGUE
from ogive.formulas import in_numpy
from ogive.lab.contenders import Absent, complaint, contender, warned
from ogive.lab.messages import Refused, encode
from ogive.lab.rooms.explorer import Chosen, Curves, Describe, Dtype, Explorer, Form, Microscope, Probe, Who
from ogive.truth.reference import correctly_rounded
from ogive.truth.ulp import format_of

CARDS = [card for card in CATALOGUE.values() if isinstance(card, Elementwise)]
FORMS: Any = get_args(Form)
ROOM = Explorer()


class Wanted:
    """The work of a request that nobody supersedes."""

    def check(self) -> None:
        pass


WORK: Any = Wanted()


def curves(*names: str, low: float = -6, high: float = 6, forms: Any = ("value",), **parameters: float) -> Any:
    chosen = tuple(Chosen(name=name, parameters=parameters) for name in names)
    return ROOM.curves(Curves(functions=chosen, forms=forms, focus=names[0], low=low, high=high, columns=200), WORK)


def look(name: str, **fields: Any) -> Any:
    parameters = fields.pop("parameters", {})
    return ROOM.microscope(Microscope(function=Chosen(name=name, parameters=parameters), **({"low": -6.0, "high": 6.0} | fields)), WORK)


def read(name: str, x: float, **fields: Any) -> Any:
    return ROOM.probe(Probe(function=Chosen(name=name), x=x, **fields), WORK)


# ── curves ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ends", [(-6.0, 6.0), (-1e308, 1.7e308), (1e-320, 2e-320), (0.5, math.nextafter(0.5, 1))], ids=str)
def test_every_card_is_drawn_in_all_its_forms(ends: tuple[float, float]) -> None:
    for card in CARDS:
        drawing = curves(card.name, low=ends[0], high=ends[1], forms=FORMS)
        encode(1, drawing)
        assert [curve.form for curve in drawing.curves] == [form for form in FORMS if form in card.forms]
        assert np.all(np.diff(drawing.x) > 0)
        assert drawing.height[0] < drawing.height[1]
        assert np.all(np.isfinite(drawing.height))
        for curve in drawing.curves:
            there = ~np.isnan(curve.values)
            with np.errstate(all="ignore"):
                assert np.array_equal(curve.values[there], card.forms[curve.form](drawing.x[there])), (card.name, curve.form)
            assert curve.is_in_view or not there.any()


def test_a_jump_is_a_gap_with_two_dots() -> None:
    drawing = curves("sigmoid", "step")
    step = drawing.curves[1]
    assert [(dot.x, dot.y, dot.is_open) for dot in step.dots] == [(0, 1, True), (0, 0, False)]
    at = int(np.searchsorted(drawing.x, 0))
    assert np.isnan(step.values[at])
    assert (step.values[at - 1], step.values[at + 1]) == (0, 1)
    assert drawing.x[at + 1] == math.nextafter(0, 1)
    assert drawing.curves[0].values[at] == 0.5  # the other curve goes on


def test_parameters_move_the_curve() -> None:
    plain, steep = curves("leaky_relu"), curves("leaky_relu", slope=0.5)
    assert plain.curves[0].values[0] == pytest.approx(-0.06)
    assert steep.curves[0].values[0] == -3


def test_the_function_in_focus_has_bands() -> None:
    (left, right) = curves("sigmoid", "relu").bands
    assert left[0] == -6
    assert right[1] == 6
    assert -5 < left[1] < -4
    assert curves("identity").bands == ()


def test_what_lies_outside_an_interval_is_said() -> None:
    (logit, sigmoid) = curves("logit", "sigmoid", low=2, high=5).curves
    assert (logit.is_in_view, logit.domain) == (False, "[0, 1]")
    assert np.isnan(logit.values).all()
    assert sigmoid.is_in_view


@pytest.mark.parametrize(
    ("field", "request_"),
    [
        ("low", Curves(functions=(Chosen(name="sigmoid"),), low=5, high=5)),
        ("functions", Curves(functions=(Chosen(name="sigmoids"),), low=0, high=1)),
        ("functions", Curves(functions=(Chosen(name="softmax"),), low=0, high=1)),
        ("functions", Curves(functions=(Chosen(name="student_t_cdf"),), low=0, high=1)),
        ("parameters.slope", Curves(functions=(Chosen(name="relu", parameters={"slope": 1}),), low=0, high=1)),
        ("parameters.c", Curves(functions=(Chosen(name="generalized_logistic", parameters={"c": -1}),), low=0, high=1)),
        ("parameters.low", Curves(functions=(Chosen(name="hard_tanh", parameters={"low": 2}),), low=0, high=1)),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_field(field: str, request_: Curves) -> None:
    with pytest.raises(Refused) as refused:
        ROOM.curves(request_, WORK)
    assert refused.value.field == field
    assert refused.value.sentence


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", get_args(Dtype))
@pytest.mark.parametrize("form", FORMS)
def test_ogive_stays_within_its_bound(dtype: Any, form: Any) -> None:
    for card in CARDS[::7]:
        if form in card.forms:
            answer = look(card.name, form=form, dtype=dtype, columns=40)
            owner = CATALOGUE.get(card.forms[form].row, card).bound  # a form that is a card of its own has that card's bound
            bound = 0.5 if dtype != "float64" else max(owner.float64, owner.near_roots or 0)
            assert answer.measured[0].largest <= bound, card.name
            x = answer.x.astype(format_of(dtype).dtype)
            assert np.array_equal(x.astype(np.float64), answer.x)  # numbers of the dtype


def test_the_naive_formula_loses_the_tail() -> None:
    ours, naive, stable = look("sigmoid", form="derivative", low=-60.0, high=60.0, who=("ogive", "naive", "stable")).measured
    assert (naive.label, ours.warned) == ("(y := 1 / (1 + np.exp(-x))) * (1 - y)", ())
    assert ours.largest <= 0.6 < stable.largest < 10
    assert naive.largest > 1e15
    assert naive.largest_at > 36


def test_where_numpy_warns_is_found_to_the_last_float() -> None:
    (naive,) = look("sigmoid", low=-800.0, high=45.0, who=("naive",)).measured
    ((low, high, says),) = [(each.low, each.high, each.says) for each in naive.warned]
    assert (low, says) == (-800, "overflow encountered in exp")
    formula = contender("naive", ogive.sigmoid, "value", "float64", {}).compute
    assert complaint(formula, np.array([high])) == says
    assert complaint(formula, np.array([math.nextafter(high, 0)])) == ""


def test_an_interval_of_few_floats_shows_them_all() -> None:
    answer = look("sigmoid", low=1.0, high=1 + 20 * 2.0**-52, who=("ogive", "naive"))
    assert answer.is_every
    assert np.array_equal(answer.x, 1 + np.arange(21) * 2.0**-52)
    assert dict(zip(answer.labels, answer.label_at, strict=True))["1.0000000000000007"] == 1.0000000000000007
    for x, error in zip(answer.x, answer.measured[0].errors, strict=True):
        assert (ogive.sigmoid(x) == correctly_rounded("sigmoid", "value", x, "float64")) == (abs(error) <= 0.5)


def test_outside_the_domain_there_is_nothing_to_measure() -> None:
    answer = look("logit", low=2.0, high=3.0, who=("ogive", "naive"))
    assert len(answer.x) == 0
    assert math.isnan(answer.measured[0].largest)
    encode(1, answer)
    assert look("logit", low=-6.0, high=6.0, dtype="float16").x.max() <= 1


def test_truths_are_kept() -> None:
    def seconds() -> float:
        begun = time.perf_counter()
        look("mish", form="derivative", low=-7.125, high=7.25, columns=600, who=("ogive", "naive", "stable"))
        return time.perf_counter() - begun

    seconds()
    assert min(seconds() for _ in range(3)) < 0.3


def test_a_number_is_read_in_bits_digits_and_ulp() -> None:
    reading = read("sigmoid", 40.0, form="derivative", who=("ogive", "naive"))
    assert (reading.text, reading.bits, reading.place) == ("40.0", "0x4044000000000000", "saturated")
    assert reading.digits.startswith("4.2483542552915889592")
    assert (reading.brief, reading.rounded, reading.is_exact) == ("4.248e-18", "4.248354255291589e-18", False)
    ours, naive = reading.results
    assert (ours.text, ours.bits) == ("4.248354255291589e-18", "0x3c539792499b1a24")
    assert abs(ours.error) < 0.5
    assert (naive.value, naive.warns) == (0, "")
    assert naive.error < -1e15


def test_a_formula_may_survive_by_luck() -> None:
    naive = read("sigmoid", -1000.0, who=("naive",)).results[0]
    assert (naive.warns, naive.value) == ("overflow encountered in exp", 0)
    assert abs(naive.error) < 0.5


@pytest.mark.parametrize(
    ("name", "x", "place", "digits"),
    [
        ("relu", 0.0, "kink", "0"),
        ("step", 0.0, "jump", "0"),
        ("logit", 2.0, "outside", "nan"),
        ("logit", 1.0, "", "inf"),
        ("identity", 1.5, "", "1.5"),
        ("relu", math.inf, "", "inf"),
        ("sigmoid", math.nan, "outside", "nan"),
        ("tanh", 9.0, "saturated", ""),
    ],
)
@pytest.mark.parametrize("dtype", get_args(Dtype))
def test_places_are_known(name: str, x: float, place: str, digits: str, dtype: Any) -> None:
    reading = read(name, x, dtype=dtype)
    encode(1, reading)
    assert reading.place == place
    assert reading.digits == digits or not digits
    assert reading.is_exact == bool(digits)


def test_every_card_describes_itself() -> None:
    for card in CARDS:
        said = ROOM.describe(Describe(name=card.name), WORK)
        encode(1, said)
        assert set(said.forms) == set(FORMS) & set(card.forms)
        assert said.view[0] < said.view[1]
        assert (said.domain, said.elsewhere) == (str(card.domain), card.elsewhere)
        assert said.saturates == {(True, True): "both", (True, False): "left", (False, True): "right"}.get(
            (card.saturates_left, card.saturates_right), "no"
        )
        assert len(said.bends) == len(card.kinks)


# ── contenders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", get_args(Dtype))
def test_a_contender_keeps_the_dtype_or_is_absent(dtype: Any) -> None:
    x = np.array([0.25, 0.5], format_of(dtype).dtype)
    for card in CARDS:
        for form in ("value", "derivative"):
            for who in ("naive", "stable"):
                try:
                    with np.errstate(all="ignore"):
                        y = contender(who, card, form, dtype, {}).compute(x)  # type: ignore[arg-type]
                except Absent as absent:
                    assert absent.reason in ("function", "dtype")
                else:
                    assert y.dtype == x.dtype


def test_the_inverse_is_measured_against_those_who_have_it() -> None:
    assert contender("naive", ogive.sigmoid, "inverse", "float64", {}).label == in_numpy("logit", "value", naive=True)


def test_a_formula_without_the_parameter_is_absent() -> None:
    with pytest.raises(Absent, match="parameters"):
        contender("naive", ogive.softplus, "derivative", "float64", {"beta": 2.0})
    assert contender("naive", ogive.softplus, "value", "float64", {"beta": 2.0}).compute(np.array([0.0]))[0] == math.log(2) / 2


@pytest.mark.parametrize(
    ("who", "name"), [("scipy", "scipy.special.expit"), ("torch", "torch.nn.functional.sigmoid"), ("jax", "jax.nn.sigmoid")]
)
def test_a_library_is_found_by_the_names_of_the_card(who: Who, name: str) -> None:
    pytest.importorskip(who)
    (measured,) = look("sigmoid", dtype="float32", columns=100, who=(who,)).measured
    assert (measured.label, measured.absent) == (name, "")
    assert 0.5 < measured.largest < 4
    assert look("sigmoid", parameters={}, form="second_derivative", columns=9, who=("scipy",)).measured[0].absent == "function"


def test_a_library_that_is_not_there_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ogive.lab.contenders.find_spec", lambda name: None)
    (measured,) = look("erf", dtype="float16", columns=9, who=("jax",)).measured
    assert measured.absent == "package"


def test_nobody_warns_where_all_is_well() -> None:
    stable = contender("stable", ogive.sigmoid, "value", "float32", {})
    assert list(warned(stable.compute, np.linspace(-1000, 1000, 300).astype(np.float32))) == []


# ── the widget ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_widget_answers_over_its_comm() -> None:
    pytest.importorskip("anywidget")
    widget = ogive.lab.Explorer("expit", ogive.tanh, form="derivative", low=-60, high=60, x=40)  # type: ignore[attr-defined]
    assert widget.view == "functions=sigmoid,tanh&form=derivative&low=-60.0&high=60.0&x=40.0"
    said: list[tuple[Any, Any]] = []
    came = threading.Semaphore(0)

    def send(data: Any = None, metadata: Any = None, buffers: Any = None) -> None:
        said.append((data["content"], buffers))
        came.release()

    widget.comm.send = send
    request = {
        "id": 1,
        "kind": "explorer.curves",
        "functions": [{"name": "sigmoid", "parameters": {}}],
        "low": -60,
        "high": 60,
        "columns": 50,
    }
    widget._handle_custom_msg(request, [])
    assert came.acquire(timeout=20)
    content, buffers = said[-1]
    assert (content["kind"], content["arrays"]) == ("explorer.drawing", True)
    arrays = ogive.lab.arrays.unpack(bytes(buffers[0]))
    assert np.array_equal(arrays["curves.0.values"], ogive.sigmoid(arrays["x"]))
    widget._handle_custom_msg(request | {"low": 61}, [])
    assert came.acquire(timeout=20)
    assert (said[-1][0]["kind"], said[-1][0]["field"]) == ("error", "low")
    json.dumps(said[-1][0])
    widget.close()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"functions": ["softmax"]}, ValueError, "no curve"),
        ({"functions": ["sigmoidd"]}, KeyError, "sigmoid"),
        ({"functions": ["relu"] * 7}, ValueError, "at most 6"),
        ({"low": 3, "high": 3}, ValueError, "low < high"),
        ({"form": "slope"}, ValueError, "derivative"),
        ({"dtype": "float8"}, ValueError, "bfloat16"),
    ],
)
def test_the_widget_refuses_what_it_cannot_show(options: dict[str, Any], error: type[Exception], words: str) -> None:
    pytest.importorskip("anywidget")
    with pytest.raises(error, match=words):
        ogive.lab.Explorer(*options.pop("functions", []), **options)  # type: ignore[attr-defined]
