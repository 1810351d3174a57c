"""Pictures of errors: how far implementations lie from the truth, in units in the last place."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from ogive.activation import Activation, Elementwise
from ogive.plot.curves import elementwise
from ogive.plot.figure import new_axes
from ogive.plot.style import BAND, COLOURS, INK, LIMIT, MAGENTA, finish, labelled
from ogive.plot.words import speaker

__all__ = ["plot_error"]

Array = np.ndarray[Any, np.dtype[Any]]
#: How many inputs: spread evenly over the interval, and over its floating-point numbers, which reaches into tails next to an end.
EVENLY, BY_VALUE = 3700, 300
#: What no error in ulp describes is marked above the axes: by which shape, and how many points above.
FAULTS = {"nan": ("x", 5), "infinite": ("^", 12), "wrong sign": ("D", 19)}


def plot_error(
    card: Activation | str,
    *implementations: Any,
    form: str = "value",
    dtype: Any = "float32",
    low: float | None = None,
    high: float | None = None,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw the error of ogive and of other implementations against x, signed, in ulp of the truth.

    Parameters
    ----------
    card : Activation or str
        The function, or its name.
    *implementations : callable or mapping
        Functions of one array that compute the same, such as ``lambda x: 1 / (1 + np.exp(-x))``; or mappings of labels to
        them. Results in another dtype are rounded to that of x.
    form : str
        What is computed: ``"value"``, ``"derivative"`` or any other form of the card that takes one array.
    dtype : dtype
        What is computed in: float16, bfloat16, float32 or float64.
    low, high : float, optional
        The interval; by default as far as e^-x and e^x are not 0 in the dtype. It is clipped to the domain.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``.
    language : {'en', 'ko'}
        Of the words in the picture.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in. The scale is linear within ±1 ulp and logarithmic beyond. Where something came out as nan, an error
        is infinite or a sign is wrong, a mark stands above the axes.

    Raises
    ------
    ImportError
        If python-flint is missing, which computes the truth.
    TypeError
        If the card works on rows, an implementation cannot be called, or the dtype is none of these.
    ValueError
        If there is no such form, the interval is empty or misses the domain, or an implementation changes the shape.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.plot import plot_error
    >>> ax = plot_error("sigmoid", {"by the book": lambda x: 1 / (1 + np.exp(-x))}, low=-5, high=5)
    >>> ax.get_yscale()
    'symlog'
    """
    try:
        from ogive.truth.exact import Truth
        from ogive.truth.ulp import format_of
    except ModuleNotFoundError as missing:
        raise ImportError('errors are measured against the truth: python -m pip install "ogive[truth]"') from missing

    card, fmt, say = elementwise(card), format_of(dtype), speaker(language)
    possible = [name for name, each in card.forms.items() if each.arrays == 1 and name != "value_and_derivative"]
    if form not in possible:
        raise ValueError(f"{card.name} has no form {form!r} of one array; it has {', '.join(possible)}")
    functions = labelled(({"ogive": card.forms[form]}, *implementations), lambda function: _name(function) or say("implementation"))
    for label, function in functions.items():
        if not callable(function):
            raise TypeError(f"{label}: an implementation is a function of one array, not {function!r}")
    x = _inputs(card, form, fmt, low, high)
    truth = Truth(card, form, x)
    right = truth.right.astype(np.float64)
    results = {label: _results(label, function, x) for label, function in functions.items()}

    ax = new_axes(7, 4.6) if ax is None else ax
    ax.axhspan(-0.5, 0.5, color=BAND, linewidth=0, zorder=0)
    for edge in (-0.5, 0.5):
        ax.axhline(edge, **LIMIT, zorder=1)
    legend: list[Any] = []
    marked: dict[str, str] = {}
    largest = 1.0
    for i, (label, result) in enumerate(results.items()):
        colour = MAGENTA if len(results) == 1 else COLOURS[i % len(COLOURS)]
        errors = truth.errors(result)
        finite = np.isfinite(errors)
        worst = float(np.max(np.abs(errors)))
        largest = max(largest, float(np.max(np.abs(errors), where=finite, initial=0)))
        label = say("at most", label, f"{worst:.3g}" if math.isfinite(worst) else "∞")
        # ogive, drawn first, lies on top: its dots are few in height and would else be hidden
        ax.plot(x[finite], errors[finite], ".", color=colour, markersize=2.6, rasterized=True, zorder=4 - i / len(results), label=label)
        legend.append(Line2D([], [], color=colour, linestyle="", marker="o", markersize=5, label=label))
        wide = result.astype(np.float64)
        is_nan = np.isnan(wide) & ~np.isnan(right)
        faults = {"nan": is_nan, "infinite": ~finite & ~is_nan, "wrong sign": wide * np.sign(right) < 0}
        for fault, where in faults.items():
            if where.any():
                marked[fault], rise = FAULTS[fault]
                above = ax.get_xaxis_transform() + ScaledTranslation(0, rise / 72, ax.figure.dpi_scale_trans)
                ax.plot(x[where], np.ones(where.sum()), marked[fault], color=colour, markersize=4, transform=above, clip_on=False, zorder=5)
    legend.append(Line2D([], [], **LIMIT, label=say("correctly rounded")))
    legend += [Line2D([], [], color=INK, linestyle="", marker=marker, markersize=5, label=say(fault)) for fault, marker in marked.items()]
    ax.set_yscale("symlog", linthresh=1, linscale=1)
    ax.set_ylim(-1.4 * largest, 1.4 * largest)
    ax.set_xlim(float(x[0]), float(x[-1]))
    name = card.name if form == "value" else f"{card.name}.{form}"
    ax.set_title(say("error of", name, fmt.name), fontsize=11, pad=28 if marked else 8)
    ax.set_xlabel("x", labelpad=1)
    ax.set_ylabel(say("error"))
    longest = max(len(entry.get_label()) for entry in legend)
    finish(ax, legend, columns=3 if longest < 32 else 2 if longest < 48 else 1)
    return ax


def _name(function: Any) -> str:
    """Name a function; one without a name gives nothing."""
    return str(getattr(function, "__name__", "")).replace("<lambda>", "")


def _inputs(card: Elementwise, form: str, fmt: Any, low: float | None, high: float | None) -> Array:
    """Choose inputs all over an interval, in order."""
    from ogive.truth.reference import ends
    from ogive.truth.ulp import rounded, sample

    domain, _ = ends(card, form)
    reach = -fmt.lsb * math.log(2) * 1.05
    asked = (-reach if low is None else low), (reach if high is None else high)
    left, right = max(asked[0], domain.low, -fmt.largest), min(asked[1], domain.high, fmt.largest)
    if not (all(map(math.isfinite, asked)) and asked[0] < asked[1]):
        raise ValueError(f"a picture needs finite ends with low < high, got low={asked[0]!r}, high={asked[1]!r}")
    if not left < right:
        raise ValueError(f"{card.name}.{form} is defined on {domain}, of which [{asked[0]:g}, {asked[1]:g}] shows nothing")
    random = np.random.default_rng(0)
    within = np.linspace(left, right, EVENLY + 1)
    within[1:-1] += (right - left) / EVENLY * random.uniform(-0.5, 0.5, EVENLY - 1)  # even steps would meet too many short numbers
    x = np.concatenate([rounded(within, fmt), sample(left, right, BY_VALUE, fmt, random)])
    return np.sort(x)


def _results(label: str, function: Callable[[Array], Any], x: Array) -> Array:
    from ogive.truth.ulp import rounded

    with warnings.catch_warnings(), np.errstate(all="ignore"):  # what goes wrong is what is drawn
        warnings.simplefilter("ignore")
        result = np.asarray(function(x.copy()))
    if result.shape != x.shape:
        raise ValueError(f"{label}: an array of shape {x.shape} came back as {result.shape}; an implementation works element by element")
    return result if result.dtype == x.dtype else rounded(result, x.dtype)
