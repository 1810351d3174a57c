"""What an activation is.

Every law holds for every card of the catalogue, in every form and dtype; nothing here is a list of names. What a card cannot
satisfy is declared on the card, never skipped here.
"""

from __future__ import annotations

import copy
import ctypes
import doctest
import itertools
import json
import math
import os
import pickle
import platform
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from inputs import (
    CARDS,
    DTYPES,
    FORMS,
    NARROW,
    ROWS,
    TRIED,
    bend,
    bits,
    call,
    cast,
    every,
    finite_ends,
    kinks,
    label,
    line,
    places,
    rng,
    roots,
    settings,
    together,
    wide,
)

import ogive
from ogive.facts import Pieces
from ogive.truth.reference import correctly_rounded, ends, evaluate, reference_backward
from ogive.truth.screen import screen
from ogive.truth.ulp import format_of, from_ordinal, neighbours, ordinal, rounded, sample, spell, ulp, ulp_error

inf, nan = math.inf, math.nan
HERE = Path(__file__).parent

each_card = pytest.mark.parametrize("card", CARDS, ids=label)
each_form = pytest.mark.parametrize(("card", "form"), FORMS, ids=label)
OWN = [(c, f) for c, f in FORMS if c.forms[f].row not in ogive.CATALOGUE or f == "value"]  # not the row of another card
each_own_form = pytest.mark.parametrize(("card", "form"), OWN, ids=label)
each_single_form = pytest.mark.parametrize(("card", "form"), [(c, f) for c, f in OWN if f != "value_and_derivative"], ids=label)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def truth(card, form, x, parameters, g=None):
    return reference_backward(card, g, x, parameters) if form == "backward" else evaluate(card, x, form, parameters)


def flags(function, *arguments):
    """Return the result, and the floating-point flags that NumPy saw."""
    seen = set()
    with np.errstate(all="call", call=lambda kind, _: seen.add(kind)):
        return function(*arguments), seen


def gradients(card, form, dtype, size):
    """Return upstream gradients: none where the form takes none; finite, of every size and both signs."""
    if form != "backward":
        return None
    limit = format_of(dtype).largest
    return sample(-limit, limit, size, dtype, rng(card, dtype, "g"))


def subset(dtype, parameters):
    """Return the parameters as the dtype holds them."""
    return [float(p) for p in cast(parameters, dtype)]


def golden(card, form):
    """Read the hardest inputs ever found."""
    path = HERE / "golden" / f"{card.name}.{form}.txt"
    if not path.exists():
        return []
    lines = [text.split("#")[0].strip() for text in path.read_text().splitlines()]
    return [np.array([float.fromhex(text) for text in lines if text])]


# ── rows and cards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_is_a_form_of_a_card_and_every_form_a_row():
    rows = {name for name in dir(ogive.ufunc) if not name.startswith("_")}
    claimed = {card.forms[form].row for card, form in FORMS} | {row for card in ROWS for row in (card.name, f"{card.name}_backward")}
    claimed |= {form.row for card in ogive.CATALOGUE.values() if card.kind == "loss" for form in card.forms.values()}
    assert rows == claimed
    assert all(isinstance(getattr(ogive.ufunc, row), np.ufunc) for row in rows)


def test_names_and_aliases_are_unique_and_lead_to_their_card():
    names = [name for card in ogive.CATALOGUE.values() for name in (card.name, *card.aliases)]
    assert len(names) == len(set(names))
    for card in ogive.CATALOGUE.values():
        for name in (card.name, *card.aliases):
            assert ogive.get(name) is card
            assert getattr(ogive, name) is card


@each_card
def test_a_card_has_the_five_forms_of_calculus_and_related_forms_or_refusals(card):
    assert set(card.CALCULUS) <= set(card.forms)
    assert {form for form in card.forms if form.startswith("derivative_")} <= {f"derivative_{p.name}" for p in card.parameters}
    assert all(getattr(card, form) is call for form, call in card.forms.items())
    for form in card.RELATED:
        call = getattr(card, form)
        if form in card.forms:
            assert call is card.forms[form]
        else:
            assert not call
            with pytest.raises(TypeError, match=f"{form} of {card.name} is not defined: "):
                call(1.0)


@each_form
def test_a_row_has_a_loop_for_each_dtype(card, form):
    for dtype in DTYPES:
        result = call(card, form, dtype, [0.25, 0.5], settings(card, form)[0])
        for output in result if isinstance(result, tuple) else (result,):
            assert output.dtype == format_of(dtype).dtype


# ── the right answer ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@each_single_form
def test_every_16_bit_input_is_correctly_rounded(card, form, dtype):
    """All of them at the default parameters, and one in sixteen at others."""
    for i, parameters in enumerate(settings(card, form)):
        x = every(dtype)
        if i:
            x = np.concatenate([rng(card, dtype, *parameters).choice(x, len(x) // 16), places(card, form, dtype, parameters)])
        g = rng(card, dtype, *parameters).permutation(x) if form == "backward" else None
        result = screen(card, form, x, parameters, g=g)
        assert result.misrounded == 0, (parameters, result)
        if form == "backward":
            result = screen(card, form, x, parameters, g=np.ones_like(x))
            assert result.misrounded == 0, (parameters, result)


def stratified(card, form, parameters, count):
    """Return float32 inputs: every binade as often as any other, and thousands around every place and root."""
    low, high = finite_ends(card, form, parameters)
    first, last = (int(n) for n in ordinal(rounded(np.clip([low, high], -3.4e38, 3.4e38), "float32")))
    binade = 1 << 23
    starts = np.arange(first // binade, last // binade + 1) * binade
    x = starts[:, None] + rng(card, form, *parameters).integers(0, binade, (len(starts), max(1, count // len(starts))))
    around = [*wide(places(card, form, "float32", parameters)), *roots(card, form, "float32", parameters)]
    found = [
        from_ordinal(np.clip(x.ravel(), first, last), "float32"),
        *(neighbours(place, "float32", 500) for place in around if math.isfinite(place)),
    ]
    return np.concatenate([*found, np.array([nan, inf, -inf], np.float32)])


@each_single_form
def test_float32_is_correctly_rounded(card, form):
    for i, parameters in enumerate(settings(card, form)):
        x = stratified(card, form, parameters, 1 << (20 if i == 0 else 15))
        assert i or len(x) >= 1 << 20
        g = from_ordinal(rng(card, form, "g").integers(-0x7F7FFFFF, 0x7F800000, len(x)), "float32") if form == "backward" else None
        result = screen(card, form, x, parameters, g=g)
        assert result.misrounded == 0, (parameters, result)


@each_single_form
def test_float64_keeps_its_bound(card, form):
    """On a sample: tools/accuracy.py takes millions of inputs, and tests/golden keeps the worst that it found."""
    for i, parameters in enumerate(settings(card, form)):
        generator = rng(card, form, *parameters)
        low, high = finite_ends(card, form, parameters)
        near = [neighbours(root, "float64", 50 if i == 0 else 5) for root in roots(card, form, "float64", parameters)]
        x = [sample(low, high, 5000 if i == 0 else 300, "float64", generator), bend(card, form, "float64", 3000 if i == 0 else 300), *near]
        x = np.concatenate([*x, places(card, form, "float64", parameters), *golden(card, form)])
        g = gradients(card, form, "float64", len(x))
        values, held = np.asarray(call(card, form, "float64", x, parameters, g)), subset("float64", parameters)
        by_root = {float(v) for v in np.concatenate(near)} if near and card.bound.near_roots is not None else set()
        for j, (value, place) in enumerate(zip(values.tolist(), x.tolist(), strict=True)):
            error = abs(ulp_error(value, truth(card, form, place, held, None if g is None else g[j]), "float64"))
            bound = card.bound.near_roots if place in by_root else card.bound.float64
            assert error <= bound, (parameters, spell(place), None if g is None else spell(g[j]), spell(value))


def test_golden_files_belong_to_forms():
    names = {f"{card.name}.{form}" for card, form in FORMS}
    files = list((HERE / "golden").glob("*.txt"))
    assert files
    assert {path.stem for path in files} <= names


@pytest.mark.parametrize(("card", "form"), [(c, f) for c, f in FORMS if golden(c, f)], ids=label)
def test_golden_inputs_are_correctly_rounded_in_the_narrow_dtypes(card, form):
    for x in golden(card, form):
        for dtype in NARROW:
            y = rounded(x, dtype)
            assert screen(card, form, y, g=np.ones_like(y) if form == "backward" else None).misrounded == 0


@each_card
@each_dtype
def test_value_and_derivative_are_both_forms_bit_for_bit(card, dtype):
    x = every(dtype) if dtype in ("float16", "bfloat16") else line(card, "value", dtype)
    for parameters in settings(card, "value"):
        value, derivative = call(card, "value_and_derivative", dtype, x, parameters)
        assert np.array_equal(bits(value), bits(call(card, "value", dtype, x, parameters)))
        assert np.array_equal(bits(derivative), bits(call(card, "derivative", dtype, x, parameters)))


@each_single_form
@each_dtype
def test_special_places_zeros_and_their_signs(card, form, dtype):
    """At zeros, ends, kinks and infinities; float64 within its bound, zeros with the right sign everywhere."""
    largest = format_of(dtype).largest
    for parameters in settings(card, form):
        held = subset(dtype, parameters)
        for g in (None,) if form != "backward" else (1.0, -1.0, 0.0, -0.0, inf, -inf, largest, -1 / largest):
            x = places(card, form, dtype, tuple(held))
            g = None if g is None else rounded(np.float64(g), dtype)[()]
            got = call(card, form, dtype, x, parameters, None if g is None else np.full_like(x, g))
            for place, value in zip(x, got, strict=True):
                expected = correctly_rounded(card, form, place, dtype, held, g)
                if spell(value) != spell(expected):
                    what = (parameters, None if g is None else spell(g), spell(place), spell(value), spell(expected))
                    assert dtype == "float64" and math.isfinite(value), what
                    assert np.signbit(value) == np.signbit(expected), what
                    assert abs(ulp_error(value, truth(card, form, place, held, g), dtype)) <= card.bound.float64, what


# ── limits, nan, domain, flags ───────────────────────────────────────────────────────────────────────────────────────────


def approached(card, form, end, side):
    """Find the limit of a form at an end from the reference alone: a float, with the sign of a zero."""
    from ogive.truth import reference

    _, _, program = reference._resolve(card.name, form)
    parameters = [reference.arb(p.default) for p in card.forms[form].parameters]

    def at(exponent, floor=-600):
        x = reference.arb((side, exponent)) if math.isinf(end) else reference.arb(end) - reference.arb((side, -exponent))
        return reference._enclose((card.name, form), program, x, parameters, exponent, floor)[0]

    with reference._lock:
        before, reference.ctx.prec = reference.ctx.prec, 1 << 14
        try:
            near, far = at(1000), at(3000)
            if far.abs_upper() < 2.0**-500:  # its sign where a ball can still tell e^-x from 0, or exp(-e^x)
                return next((math.copysign(0.0, near.mid()) for near in (at(12, -20000), at(3, -20000)) if near > 0 or near < 0), 0.0)
            nearer = at(8000)
            if (nearer - far).abs_lower() > 0.4 * (far - near).abs_upper():  # no slower than log log
                return inf if nearer > 0 else -inf
            return float(far)
        finally:
            reference.ctx.prec = before


@each_card
def test_declared_limits_are_those_of_the_reference(card):
    declared = {"value": card.limits, "derivative": card.derivative_limits, "second_derivative": card.second_derivative_limits}
    for form, limits in declared.items():
        for end, side, limit in ((card.domain.low, -1, limits[0]), (card.domain.high, 1, limits[1])):
            assert spell(approached(card, form, end, side)) == spell(limit), (form, end)


@each_form
@each_dtype
def test_infinities_and_ends_give_the_limits_in_silence_unless_poles(card, form, dtype):
    if form in ("backward", "value_and_derivative"):
        return  # a product and a pair: of the limits that are tested here
    domain, limits = ends(card, form)
    for end, limit in ((domain.low, limits[0]), (domain.high, limits[1])):
        x = np.array([end], format_of(dtype).dtype)
        if x[0] != end or not (math.isinf(end) or math.isinf(limit)):
            continue  # the limits of f are no numbers of this dtype: an inverse ends beside them
        result, seen = flags(card.forms[form].ufunc, x, *cast(settings(card, form)[0], dtype))
        assert spell(result[0]) == spell(rounded(np.float64(limit), dtype))
        assert seen == ({"divide by zero"} if math.isinf(limit) and math.isfinite(end) else set()), (end, seen)


@each_form
@each_dtype
def test_nan_in_any_input_gives_nan_and_no_flag(card, form, dtype):
    function = card.forms[form].ufunc
    ordinary = [np.asarray(0.5, format_of(dtype).dtype)] * card.forms[form].arrays + cast(settings(card, form)[0], dtype)
    for i in range(function.nin):
        for other in (0.5, 700.0, -700.0, 1e-30, 0.0, inf):
            inputs = [np.full(40, rounded(np.float64(other), dtype) if j < card.forms[form].arrays else v) for j, v in enumerate(ordinary)]
            inputs[i] = np.full(40, nan, format_of(dtype).dtype)
            result, seen = flags(function, *inputs)
            assert seen == set()
            assert all(np.isnan(output).all() for output in (result if isinstance(result, tuple) else (result,))), (i, other)


def outside(interval, dtype):
    """List numbers of a dtype next to an interval, and far outside it."""
    fmt = format_of(dtype)
    found = [] if interval.low == -inf and interval.closed_low else [-inf, -fmt.largest]
    found += [] if interval.high == inf and interval.closed_high else [inf, fmt.largest]
    for end in (interval.low, interval.high):
        if math.isfinite(end):
            found += [float(v) for v in neighbours(end, fmt, 2)]
    return [v for v in found if v not in interval]


@each_form
@each_dtype
def test_outside_the_domain_nan_and_invalid(card, form, dtype):
    function = card.forms[form].ufunc
    ordinary = [np.asarray(0.5, format_of(dtype).dtype)] * card.forms[form].arrays + cast(settings(card, form)[0], dtype)
    domain, _ = ends(card, form)
    bad = [(card.forms[form].arrays - 1, v) for v in outside(domain, dtype)]
    for i, parameter in enumerate(card.forms[form].parameters):
        interval = parameter.domain if form != "inverse" else increasing(card, parameter)
        bad += [(card.forms[form].arrays + i, v) for v in outside(interval, dtype)]
    for i, value in bad:
        for x in (0.5, -0.5):
            inputs = [
                np.full(
                    20,
                    v if j != card.forms[form].arrays - 1 or "inverse" in form else abs(x) if x not in domain else x,
                    format_of(dtype).dtype,
                )
                for j, v in enumerate(ordinary)
            ]
            inputs[i] = np.full(20, value, format_of(dtype).dtype)
            result, seen = flags(function, *inputs)
            assert seen == {"invalid value"}, (i, value, x)
            assert all(np.isnan(output).all() for output in (result if isinstance(result, tuple) else (result,))), (i, value, x)


def increasing(card, parameter):
    """Cut a parameter's domain to where the function increases, and so has an inverse: a nan of the truth is the witness."""
    positive = ogive.facts.Interval.open(0, inf)
    assert evaluate(card, 0.25, "inverse", (-1.0,)).is_nan() and evaluate(card, 0.25, "inverse", (0.5,)).is_finite()
    return positive if parameter.domain.low < 0 else parameter.domain


@pytest.mark.parametrize("card", [card for card in CARDS if card.admits], ids=label)
@each_dtype
def test_parameters_that_do_not_go_together_give_nan_and_invalid(card, dtype):
    wrong = [v for v in itertools.permutations(TRIED, len(card.parameters)) if not together(card, "value", v)]
    assert wrong
    for form in card.forms:
        for parameters in wrong:
            arrays = [np.full(20, 0.5, format_of(dtype).dtype)] * card.forms[form].arrays
            result, seen = flags(card.forms[form].ufunc, *arrays, *cast(parameters, dtype))
            assert seen == {"invalid value"}
            assert all(np.isnan(output).all() for output in (result if isinstance(result, tuple) else (result,)))


@each_form
@each_dtype
def test_no_flag_across_the_domain_but_at_poles(card, form, dtype):
    every_x = every(dtype) if dtype in ("float16", "bfloat16") else line(card, form, dtype)
    for parameters in settings(card, form):
        domain, _ = ends(card, form, subset(dtype, parameters))
        x = every_x[(wide(every_x) > domain.low) & (wide(every_x) < domain.high)]
        if form == "inverse" and evaluate(card, 0.25, form, parameters).is_nan():
            continue  # not a function at these parameters: nan and invalid, as the law above says
        g = [gradients(card, form, dtype, len(x))] if form == "backward" else []
        with np.errstate(all="raise"):
            card.forms[form].ufunc(*g, x, *cast(parameters, dtype))


@each_own_form
@each_dtype
def test_a_pole_raises_divide_and_zero_times_a_pole_invalid(card, form, dtype):
    if form == "value_and_derivative":
        return
    domain, limits = ends(card, "derivative" if form == "backward" else form)
    parameters = cast(settings(card, form)[0], dtype)
    for end, limit in ((domain.low, limits[0]), (domain.high, limits[1])):
        if math.isfinite(end) and math.isinf(limit):
            x = np.array([end] * 3, format_of(dtype).dtype)
            if form == "backward":
                result, seen = flags(card.backward.ufunc, np.zeros_like(x), x, *parameters)
                assert np.isnan(result).all() and seen == {"invalid value"}
                result, seen = flags(card.backward.ufunc, np.full_like(x, -2), x, *parameters)
                assert (result == -limit).all() and seen == {"divide by zero"}
            else:
                result, seen = flags(card.forms[form].ufunc, x, *parameters)
                assert (result == limit).all() and seen == {"divide by zero"}


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_card
@each_dtype
def test_symmetry(card, dtype):
    x = line(card, "value", dtype)
    value = call(card, "value", dtype, x)
    if card.symmetry is None:
        t = np.array([0, 0.25, 0.5, 0.75, 1.5, 3.0])
        total = call(card, "value", "float64", t) + call(card, "value", "float64", -t)
        assert np.isnan(total[1:]).all() or np.ptp(total) > 1e-3
    elif card.symmetry.x == 0:
        value, mirrored = call(card, "value", dtype, x), call(card, "value", dtype, -x)
        if card.odd:
            assert np.array_equal(bits(value), bits(-mirrored))
        else:
            total = wide(value) + wide(mirrored)
            assert np.all(np.abs(total - 2 * float(card.symmetry.y)) <= ulp(2 * abs(float(card.symmetry.y)), dtype))
        for form, sign in (("derivative", 1), ("second_derivative", -1)):
            right, left = (wide(call(card, form, dtype, v)) for v in (x, -x))
            same = right == sign * left
            if dtype == "float64":  # each is within its bound
                with np.errstate(invalid="ignore"):
                    same |= np.abs(right - sign * left) <= 2 * card.bound.float64 * np.spacing(np.abs(right))
            assert np.all(same), form
    else:
        centre, y = float(card.symmetry.x), float(card.symmetry.y)
        t = np.arange(1, 100) / 200 if dtype == "float64" else np.arange(1, 32) / 64
        t = np.unique(np.round(t[t < 0.49] * 64) / 64)
        high, low = (wide(call(card, "value", dtype, centre + s * t)) for s in (1, -1))
        exact = 2 * card.bound.float64 * np.spacing(np.abs(high)) if dtype == "float64" else 0.0
        assert np.all(np.abs(high + low - 2 * y) <= (ulp(2 * y, dtype) if y else exact))


@each_card
def test_monotone(card):
    low, high = finite_ends(card, "value")
    falls = []
    for dtype in NARROW:
        x = every(dtype) if dtype != "float32" else line(card, "value", dtype)
        x = np.sort(wide(x[(wide(x) >= low) & (wide(x) <= high)]))
        value = call(card, "value", dtype, rounded(x, dtype)).astype(np.float64)
        falls.append(bool(np.any(value[1:] < value[:-1])))
    assert falls == [not card.monotone] * 3


def grid(card, form):
    """Return numbers across the domain, and closely spaced ones from where the curve bends."""
    near = [np.linspace(*np.clip(finite_ends(card, form), -reach, reach), 20001) for reach in (4, 50)]
    return np.concatenate([line(card, form, "float64"), *near])


@each_card
def test_range_holds_and_is_tight(card):
    x = grid(card, "value")
    value = call(card, "value", "float64", x)
    for extreme, end in ((value.min(), card.range.low), (value.max(), card.range.high)):
        assert (abs(extreme) > 30 and extreme * end > 0) if math.isinf(end) else math.isclose(extreme, end, rel_tol=1e-6, abs_tol=1e-12)
    assert np.all(
        (value >= card.range.low - ulp(card.range.low, "float64") if math.isfinite(card.range.low) else True) & (value <= card.range.high)
    )


@each_card
def test_lipschitz_constant_is_the_largest_slope(card):
    x = grid(card, "derivative")
    slope = np.abs(call(card, "derivative", "float64", x))
    largest = float(slope[np.isfinite(slope)].max())
    if any(kink.jump for kink in card.kinks):
        assert card.lipschitz == inf
    elif card.lipschitz == inf:
        assert largest > 1e6
    else:
        assert float(card.lipschitz) * (1 - 1e-6) <= largest <= float(card.lipschitz) * (1 + 1e-12)


def joints(card, parameters):
    """Find where pieces of the reference meet with different slopes, and whether with different values: exact places."""
    found = {}
    pieces = card.reference.of(*map(Fraction, parameters)) if isinstance(card.reference, Pieces) else ()
    edges = {Fraction(end) for interval, _ in pieces for end in (interval.low, interval.high) if math.isfinite(end)}
    for edge in edges - {card.domain.low, card.domain.high}:
        sides = [float(v) for v in neighbours(float(edge), "float64", 2)[[0, 4]]]
        values = [float(evaluate(card, v, "value", parameters)) for v in sides]
        slopes = [float(evaluate(card, v, "derivative", parameters)) for v in sides]
        if not math.isclose(*values, abs_tol=1e-9):
            found[edge] = True
        elif not math.isclose(*slopes, abs_tol=1e-9):
            found[edge] = False
    return found


@each_card
def test_kinks_are_where_the_pieces_disagree_and_have_the_derivative_declared(card):
    names = [p.name for p in card.parameters]
    real = set()
    for i, parameters in enumerate(settings(card, "value")):
        found = joints(card, parameters)
        declared = kinks(card, "value", parameters)
        assert set(found) <= set(declared), parameters
        if i == 0:
            assert card.continuous == (not any(found.values()))
            assert all(found.get(Fraction(kink.at(*parameters)), False) == kink.jump for kink in card.kinks)
        for kink in card.kinks:
            real |= {kink} if kink.at(*map(Fraction, parameters)) in found else set()
            for dtype in DTYPES:
                held = subset(dtype, parameters)
                x = kink.at(*map(Fraction, held))
                if x != rounded(np.float64(x), dtype):
                    continue
                derivative = call(card, "derivative", dtype, float(x), parameters)
                if kink.derivative in ("left", "right"):
                    beside = neighbours(float(x), "float64", 1)[0 if kink.derivative == "left" else 2]
                    assert math.isclose(derivative, float(evaluate(card, beside, "derivative", held)), rel_tol=ulp(1.0, dtype))
                else:
                    assert float(derivative) == (held[names.index(kink.derivative)] if kink.derivative in names else kink.derivative)
                assert call(card, "second_derivative", dtype, float(x), parameters) == 0
    assert real == set(card.kinks)


@each_card
def test_derived_facts_hold_numerically(card):
    domain = card.domain
    for end, saturates in ((domain.low, card.saturates_left), (domain.high, card.saturates_right)):
        value, slope = call(card, "value", "float64", end), call(card, "derivative", "float64", end)
        assert saturates == (bool(np.isfinite(value)) and slope == 0)
    x = grid(card, "value")
    value = call(card, "value", "float64", x)
    assert card.bounded == bool(np.abs(value).max() < 30)
    both = value.min() == -value.max() or (value.min() < -30 and value.max() > 30)
    assert card.zero_centred == bool(both)
    assert card.saturates == (card.saturates_left and card.saturates_right)


@each_card
def test_the_cheap_derivative_of_the_books_agrees_where_nothing_is_lost(card):
    if card.from_output is None:
        with pytest.raises(TypeError, match=f"backward_from_output of {card.name} is not defined"):
            card.backward_from_output(1.0, 0.5)
        return
    low, high = (max(-2.0, card.domain.low + 0.01), min(2.0, card.domain.high - 0.01))
    x = rng(card, "books").uniform(low, high, 500)
    g = rng(card, "books").normal(size=500)
    for parameters in settings(card, "value"):
        if 0.0 in parameters:
            continue
        got = card.backward_from_output(g, card(x, *parameters), *parameters)
        assert np.allclose(got, card.backward(g, x, *parameters), rtol=1e-9, atol=0), parameters


# ── inverses ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("card", [card for card in CARDS if "inverse" in card.forms], ids=label)
def test_inverse_lies_in_the_preimage_of_the_rounded_value(card, dtype):
    """A round trip need not return; but x and f⁻¹(y) both lie in the interval of numbers that f takes to what rounds to y."""
    low, high = finite_ends(card, "value")
    fmt = format_of(dtype)
    x = rounded(rng(card, dtype, "inverse").uniform(max(low, -6.0), min(high, 6.0), 400), dtype)
    y = call(card, "value", dtype, x)
    back = call(card, "inverse", dtype, y)
    domain, _ = ends(card, "inverse")
    kept = 0
    for place, value, found in zip(x, y, back, strict=True):
        if not math.isfinite(value):
            continue
        below, above = wide(neighbours(value, dtype, 1))[[0, 2]]
        edges = [(below + float(value)) / 2, (above + float(value)) / 2]  # exact: a midpoint has one bit more
        if not all(math.isfinite(e) and domain.low < e < domain.high for e in edges):
            continue
        kept += 1
        first, last = sorted(float(correctly_rounded(card, "inverse", e, fmt)) for e in edges)
        assert first <= float(found) <= last, (spell(place), spell(value), spell(found))
        assert first <= float(place) <= last, (spell(place), spell(value))
    assert kept > 100


# ── the same bits anywhere ───────────────────────────────────────────────────────────────────────────────────────────────


def prepared(card, form, dtype, size):
    """Return the inputs of a form as arrays that mix easy, hard and special elements."""
    generator = rng(card, form, dtype, "layout")
    pool = np.concatenate(
        [
            line(card, form, dtype),
            places(card, form, dtype),
            *(neighbours(r, dtype, 3) for r in roots(card, form, dtype, settings(card, form)[0])),
        ]
    )
    arrays = [pool[generator.integers(0, len(pool), size)]]
    if form == "backward":
        arrays.insert(0, gradients(card, form, dtype, size))
    return arrays + [np.full(size, p, format_of(dtype).dtype) for p in cast(settings(card, form)[0], dtype)]


@each_form
@each_dtype
def test_same_bits_at_any_length_offset_stride_order_and_alignment(card, form, dtype):
    size = 300
    arrays = prepared(card, form, dtype, size)
    function = card.forms[form].ufunc

    def compute(*inputs, **options):
        with np.errstate(all="ignore"):
            result = function(*inputs, **options)
        return np.stack([bits(v) for v in (result if isinstance(result, tuple) else (result,))])

    whole = compute(*arrays)
    single = np.concatenate([compute(*(a[i : i + 1] for a in arrays)) for i in range(size)], axis=-1)
    assert np.array_equal(whole, single)
    for n in range(size + 1) if dtype == "float32" else (0, 1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 64, 255, 256, 257, size):
        assert np.array_equal(compute(*(a[:n] for a in arrays)), whole[:, :n]), n
        assert np.array_equal(compute(*(a[n:] for a in arrays)), whole[:, n:]), n
    for step in (2, 3, 7, -1, -2):
        assert np.array_equal(compute(*(a[::step] for a in arrays)), whole[:, ::step]), step
        spread = [np.repeat(a, abs(step))[:: abs(step)] for a in arrays]
        assert np.array_equal(compute(*spread), whole), step
    unaligned = [np.frombuffer(b"\0" + a.tobytes(), dtype=np.uint8)[1:].view(a.dtype) for a in arrays]
    assert not any(a.flags.aligned for a in unaligned)
    assert np.array_equal(compute(*unaligned), whole)
    if dtype != "bfloat16":
        assert np.array_equal(compute(*(a.astype(a.dtype.newbyteorder()) for a in arrays)), whole)
    scalars = [*arrays[: card.forms[form].arrays], *cast(settings(card, form)[0], dtype)]
    assert np.array_equal(compute(*scalars), whole)
    outputs = tuple(np.empty(2 * size, arrays[0].dtype)[::2] for _ in range(function.nout))
    assert np.array_equal(compute(*arrays, out=outputs), whole)
    for i in range(function.nin):  # in place: each input in turn is also the (first) output
        copies = [a.copy() for a in arrays]
        result = compute(*copies, out=(copies[i], *(np.empty(size, a.dtype) for a in copies[: function.nout - 1])))
        assert np.array_equal(result, whole), i


def test_every_cpu_level_gives_the_same_bits():
    levels = ogive.show_config()["levels"]
    seen = {}
    for level in levels:
        environment = os.environ | {"OGIVE_CPU": level}
        done = subprocess.run([sys.executable, HERE / "digests.py"], capture_output=True, text=True, env=environment, check=True)
        answer = json.loads(done.stdout)
        seen[level] = answer["digests"]
        assert answer["level"] == level
    assert len(next(iter(seen.values()))) == 4 * (len(FORMS) + 2 * len(ROWS))
    promised = json.loads((HERE / "golden/digests.json").read_text())
    first = seen[levels[0]]
    assert promised.keys() == first.keys(), "new forms: run make bits"
    for level in levels:
        assert {key for key in first if first[key] != seen[level][key]} == set(), level
    # Another NumPy may draw other numbers; of the same ones the results are those that were committed.
    assert {key for key in first if first[key][0] == promised[key][0] and first[key][1] != promised[key][1]} == set()


CONTROL_WORD = 28  # where x86-64 glibc keeps MXCSR in its 32 bytes of fenv_t
FLUSH, DENORMALS, UPWARD, STICKY = 0x8000, 0x0040, 0x4000, 0x3F


@pytest.mark.skipif(platform.machine() != "x86_64" or sys.platform != "linux", reason="the control word of x86-64 glibc")
@each_form
@each_dtype
def test_a_callers_control_word_changes_nothing_and_is_kept(card, form, dtype):
    libm = ctypes.CDLL("libm.so.6")
    fmt = format_of(dtype)
    tiny = from_ordinal(np.arange(-130, 131), fmt)
    arrays = [np.concatenate([a, tiny]) for a in prepared(card, form, dtype, 200)[: card.forms[form].arrays]]
    arrays += [np.full(len(arrays[0]), p, fmt.dtype) for p in cast(settings(card, form)[0], dtype)]
    plain = card.forms[form].ufunc
    with np.errstate(all="ignore"):
        expected = plain(*arrays)
        expected = [v.copy() for v in (expected if isinstance(expected, tuple) else (expected,))]
        results = [np.empty_like(v) for v in expected]
        saved, changed, after = (ctypes.create_string_buffer(32) for _ in range(3))
        libm.fegetenv(saved)
        word = int.from_bytes(saved.raw[CONTROL_WORD:], "little")
        changed.raw = saved.raw[:CONTROL_WORD] + (word | FLUSH | DENORMALS | UPWARD).to_bytes(4, "little")
        libm.fesetenv(changed)
        try:
            plain(*arrays, out=tuple(results))
            libm.fegetenv(after)
        finally:
            libm.fesetenv(saved)
    kept = int.from_bytes(after.raw[CONTROL_WORD:], "little")
    assert (kept ^ (word | FLUSH | DENORMALS | UPWARD)) & ~STICKY == 0
    for got, right in zip(results, expected, strict=True):
        assert np.array_equal(bits(got), bits(right))


# ── objects ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("card", ogive.CATALOGUE.values(), ids=label)
def test_cards_pickle_and_copy_to_themselves(card):
    assert pickle.loads(pickle.dumps(card)) is card
    assert copy.deepcopy(card) is card
    assert copy.copy(card) is card
    assert copy.deepcopy({"a": [card]})["a"][0] is card
    for form in getattr(card, "forms", {}).values():
        if isinstance(form, ogive.Form):
            assert pickle.loads(pickle.dumps(form)) is form
    with pytest.raises(AttributeError):
        card.name = "other"


@pytest.mark.parametrize("card", ogive.CATALOGUE.values(), ids=label)
def test_docstrings_are_rendered_from_the_card_and_their_examples_run(card):
    text = card.__doc__
    assert text.startswith(card.summary + "\n")
    assert card.summary.endswith(".") and card.tex in text
    for section in ("Parameters", "Returns", "Raises", "Notes", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in text
    for fact in card.facts().values():
        assert fact in text
    for source in card.sources:
        assert str(source) in text
    test = doctest.DocTestParser().get_doctest(text, {}, card.name, None, None)
    assert len(test.examples) > 1
    failures = []
    doctest.DocTestRunner(verbose=False).run(test, out=failures.append)
    assert not failures, "".join(failures)


@pytest.mark.parametrize("card", ogive.CATALOGUE.values(), ids=label)
def test_repr_shows_name_and_facts(card):
    assert card.name in repr(card)
    assert card.name in card._repr_html_()


@each_form
def test_forms_say_what_they_are(card, form):
    call = card.forms[form]
    assert repr(call) == f"<ogive.{card.name}.{form}: ufunc {call.row}>"
    assert call.ufunc is getattr(ogive.ufunc, call.row)
    for wrong in ({"nonsense": 1},):
        with pytest.raises(TypeError, match="nonsense"):
            call(*[0.5] * call.arrays, **wrong)


def test_lipschitz_and_symmetry_are_exact_numbers():
    for card in CARDS:
        assert isinstance(card.lipschitz, (int, float, Fraction))
