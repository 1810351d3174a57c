"""Pictures of networks: what they decide, how they learn, and what goes on inside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ogive.plot.figure import new_axes, new_figure
from ogive.plot.style import BLUE, COLOURS, FRAME, INK, ORANGE, finish, labelled
from ogive.plot.words import speaker

__all__ = ["plot_activations", "plot_decision_boundary", "plot_gradient_flow", "plot_loss", "plot_vitals"]

#: How many points a boundary is looked for at, in each direction.
GRID_POINTS = 400
#: How strong the colour of a class is: of two where it is certain, of several where it is chosen.
CERTAIN, DECIDED = 0.45, 0.22


def plot_decision_boundary(model: Any, X: Any, y: Any, ax: Axes | None = None) -> Axes:
    """Draw what a classifier of two features decides, with the samples on top.

    A line is drawn where two classes are equally likely, if the classifier has ``predict_proba``, else where its decision
    changes. Of two classes the shade is the probability, white where both are equally likely.

    Parameters
    ----------
    model : object
        A fitted classifier of two features in scikit-learn's manners: ``classes_``, ``predict``, perhaps ``predict_proba``.
    X : array_like of shape (n_samples, 2)
        The samples; the names of the columns of a table are written along the axes.
    y : array_like of shape (n_samples,)
        Their labels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in.

    Raises
    ------
    ValueError
        If there are not two features, the model is no fitted classifier, or the labels do not go with the samples or the model.

    Examples
    --------
    >>> from ogive.networks import Perceptron
    >>> from ogive.plot import plot_decision_boundary
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> len(plot_decision_boundary(Perceptron().fit(X, y), X, y).get_legend().get_texts())
    2
    """
    from ogive.networks.boundary import plane, probabilities  # needs scikit-learn, as the classifiers do

    names = list(getattr(X, "columns", ()))
    X, across, up = plane(model, X, y, GRID_POINTS, GRID_POINTS)
    classes = model.classes_
    colours = np.array([to_rgb(COLOURS[n % len(COLOURS)]) for n in range(len(classes))])
    likely = probabilities(model, across, up)
    strength = CERTAIN * np.abs(2 * likely[..., :1] - 1) if len(classes) == 2 else DECIDED
    ax = new_axes(6, 5) if ax is None else ax
    ax.imshow(
        1 - strength * (1 - colours[likely.argmax(axis=-1)]),
        origin="lower",
        extent=(across[0], across[-1], up[0], up[-1]),
        aspect="auto",
        interpolation="nearest",
    )
    for n in range(len(classes) if len(classes) > 2 else 1):  # the line between two is both's
        lead = likely[..., n] - np.delete(likely, n, axis=-1).max(axis=-1, initial=0)
        if lead.min() < 0 < lead.max():
            ax.contour(across, up, lead, levels=[0], colors=FRAME, linewidths=1)
    dots = []
    for label, colour in zip(classes, colours, strict=True):
        own = X[np.asarray(y) == label]
        dots.append(ax.scatter(own[:, 0], own[:, 1], s=26, color=colour, edgecolors="white", linewidths=0.6, label=str(label), zorder=3))
    if names:
        ax.set(xlabel=names[0], ylabel=names[1])
    finish(ax, dots, columns=min(len(dots), 8), grid=False)
    return ax


def plot_loss(*models: Any, ax: Axes | None = None, language: str = "en") -> Axes:
    """Draw how the loss fell while networks learned; logarithmic where it fell to less than a tenth.

    Parameters
    ----------
    *models : network, sequence of float, or mapping
        Fitted networks, anything with a ``loss_curve_``, or losses themselves; or mappings of labels to them. Validation
        scores, where a network has them, are drawn dashed, as 1 − score.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``.
    language : {'en', 'ko'}
        Of the words in the picture.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in.

    Raises
    ------
    ValueError
        If there is nothing to draw, a network has not been fitted, or losses are no numbers in a row.

    Examples
    --------
    >>> from ogive.plot import plot_loss
    >>> ax = plot_loss({"tanh": [1, 0.1, 0.01], "sigmoid": [1, 0.8, 0.6]})
    >>> ax.get_yscale()
    'log'
    """
    say = speaker(language)
    shown = labelled(models, lambda model: type(model).__name__ if hasattr(model, "loss_curve_") else say("loss"))
    if not shown:
        raise ValueError("plot_loss needs a fitted network or its losses, such as plot_loss(model)")
    curves = {label: _losses(label, model) for label, model in shown.items()}
    scores = {label: getattr(model, "validation_scores_", None) for label, model in shown.items()}
    ax = new_axes(7, 4.4) if ax is None else ax
    legend: list[Any] = []
    for i, (label, losses) in enumerate(curves.items()):
        colour = COLOURS[i % len(COLOURS)]
        legend += _curve(ax, losses, color=colour, label=label)
        if scores[label] is not None:
            _curve(
                ax,
                1 - np.asarray(scores[label], dtype=np.float64),
                color=colour,
                linestyle=(0, (4, 1.6)),
                label=f"{label}: {say('validation')}",
            )
    if any(score is not None for score in scores.values()):
        legend.append(Line2D([], [], color=INK, linestyle=(0, (4, 1.6)), linewidth=1.7, label=say("validation")))
    together = np.concatenate(list(curves.values()))
    finite = together[np.isfinite(together)]
    if len(finite) and finite.min() > 0 and finite.max() > 10 * finite.min():
        ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(say("epoch"), labelpad=1)
    ax.set_ylabel(say("loss"))
    finish(ax, legend)
    return ax


def _losses(label: str, model: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Read the losses of a network, or losses."""
    if hasattr(model, "fit") and not hasattr(model, "loss_curve_"):
        raise ValueError(
            f"{label}: {type(model).__name__} has no loss_curve_; give a fitted network, its last step of a pipeline, or losses"
        )
    try:
        losses = np.asarray(getattr(model, "loss_curve_", model), dtype=np.float64)
    except (TypeError, ValueError):
        losses = np.empty(0)
    if losses.ndim != 1 or not len(losses):
        raise ValueError(f"{label}: losses are numbers in a row, one an epoch, such as [0.7, 0.4, 0.2]")
    return losses


def _curve(ax: Axes, y: np.ndarray[Any, Any], **style: Any) -> list[Line2D]:
    """Draw numbers by epoch; a single one is a dot."""
    return ax.plot(np.arange(1, len(y) + 1), y, linewidth=1.8, marker="o" if len(y) == 1 else None, markersize=4, zorder=3, **style)


def _part(vitals: Any, name: str) -> Any:
    """Take a part of the vitals, which the network itself does not have."""
    if not hasattr(vitals, name):
        raise TypeError(f"the vitals of a network are drawn, not {type(vitals).__name__}: measure it first, with ogive.vitals(model, X, y)")
    return getattr(vitals, name)


def plot_activations(vitals: Any, ax: Axes | None = None, language: str = "en") -> Axes:
    """Draw the values in each hidden layer of a network as a histogram, one above the other, the first layer on top.

    Each histogram has the same height; what counts is its form: values that pile up at the ends have saturated, values that
    pile up in one place tell the next layer nothing. On the right stand the shares of saturated values and of dead units.

    Parameters
    ----------
    vitals : Vitals
        Measured by `ogive.networks.vitals`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, with room for all layers.
    language : {'en', 'ko'}
        Of the words in the picture.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in.

    Raises
    ------
    TypeError
        If these are no vitals, such as the network itself.
    ValueError
        If the network has no hidden layer.
    """
    say = speaker(language)
    rows = len(_part(vitals, "histograms"))
    if not rows:
        raise ValueError("the network has no hidden layer, so there are no activations to draw")
    ax = new_axes(7, 1.3 + 0.55 * max(rows, 3)) if ax is None else ax
    measured = zip(vitals.histograms, vitals.saturation.shares, vitals.dead_units.units, strict=True)
    for row, (histogram, shares, dead) in enumerate(measured):
        ground = float(rows - 1 - row)
        heights = ground + 0.85 * np.asarray(histogram.counts) / max(np.max(histogram.counts), 1)
        ax.stairs(heights, histogram.edges, baseline=ground, zorder=2, fill=True, color=BLUE, alpha=0.3, linewidth=0)
        ax.stairs(heights, histogram.edges, baseline=ground, zorder=3, color=BLUE, linewidth=1.2)
        notes = [say("saturated units", float(np.mean(shares))), say("dead units", int(np.sum(dead)), len(dead))]
        ax.text(1.01, ground + 0.35, "\n".join(notes), transform=ax.get_yaxis_transform(), fontsize=8, va="center", color=INK)
    ax.set_yticks(np.arange(rows)[::-1], [f"{each.layer}  {each.activation}" for each in vitals.histograms])
    ax.set_ylim(-0.08, rows)
    ax.set_title(say("activations"), fontsize=11, pad=8)
    ax.set_xlabel(say("value"), labelpad=1)
    ax.set_ylabel(say("layer"))
    finish(ax)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def plot_gradient_flow(*networks: Any, ax: Axes | None = None, language: str = "en") -> Axes:
    """Draw the gradient in each layer of a network, on a logarithmic axis: where it vanishes, the line falls to the left.

    Parameters
    ----------
    *networks : Vitals or mapping
        Measured by `ogive.networks.vitals`; or mappings of labels to them.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``.
    language : {'en', 'ko'}
        Of the words in the picture.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in. A gradient of 0 is a triangle at the bottom, one that is not finite a triangle at the top.

    Raises
    ------
    TypeError
        If these are no vitals, such as the network itself.
    ValueError
        If there is nothing to draw.
    """
    say = speaker(language)
    shown = {label: _part(vitals, "gradient_flow") for label, vitals in labelled(networks, lambda _: say("network")).items()}
    if not shown:
        raise ValueError("plot_gradient_flow needs the vitals of a network, such as plot_gradient_flow(vitals(model, X, y))")
    ax = new_axes(7, 4.4) if ax is None else ax
    legend: list[Any] = []
    edges: dict[str, str] = {}
    positive = False
    for i, (label, flow) in enumerate(shown.items()):
        layers, gradients = np.asarray(flow.layers), np.asarray(flow.gradients, dtype=np.float64)
        colour = ORANGE if len(shown) == 1 else COLOURS[i % len(COLOURS)]
        lost, boundless = gradients == 0, ~np.isfinite(gradients)
        drawn = np.where(lost | boundless, math.nan, gradients)
        positive |= bool(np.any(drawn > 0))
        legend += ax.plot(layers, drawn, "o-", color=colour, linewidth=1.8, markersize=4.5, zorder=3, label=label)
        for where, height, marker, word in ((lost, 0, "v", "no gradient"), (boundless, 1, "^", "no number")):
            if where.any():
                edges[word] = marker
                transform = ax.get_xaxis_transform()
                ax.plot(
                    layers[where],
                    np.full(where.sum(), height),
                    marker,
                    color=colour,
                    markersize=7,
                    transform=transform,
                    clip_on=False,
                    zorder=4,
                )
    if len(shown) == 1 and not isinstance(networks[0], Mapping):
        legend = []
    legend += [Line2D([], [], color=INK, linestyle="", marker=marker, markersize=6, label=say(word)) for word, marker in edges.items()]
    if positive:
        ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_title(say("gradient by depth"), fontsize=11, pad=8)
    ax.set_xlabel(say("layer"), labelpad=1)
    ax.set_ylabel(say("gradient"))
    finish(ax, legend)
    return ax


def plot_vitals(vitals: Any, axes: tuple[Axes, Axes] | None = None, language: str = "en") -> tuple[Axes, Axes]:
    """Draw the activations of a network and its gradient by depth side by side, under the diagnosis.

    Parameters
    ----------
    vitals : Vitals
        Measured by `ogive.networks.vitals`.
    axes : pair of matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, which has the diagnosis for a title.
    language : {'en', 'ko'}
        Of the words in the picture.

    Returns
    -------
    pair of matplotlib.axes.Axes
        The axes drawn in.

    Raises
    ------
    TypeError
        If these are no vitals, such as the network itself.
    ValueError
        If the network has no hidden layer.
    """
    if axes is None:
        figure = new_figure(11, 2.2 + 0.5 * max(len(_part(vitals, "histograms")), 4))
        figure.suptitle(fill(vitals.korean if language == "ko" else vitals.english, 70 if language == "ko" else 110), fontsize=10)
        left, right = figure.subplots(1, 2)
        axes = left, right
    return plot_activations(vitals, axes[0], language), plot_gradient_flow(vitals, ax=axes[1], language=language)
