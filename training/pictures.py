"""What was learnt, drawn: the weights as images, and how the loss went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from training.fit import Curve

INK, FAINT, RULE = "#222222", "#777777", "#e6e6e6"
WARM, COLD = "#b2182b", "#92c5de"  # two colours of the map RdBu_r, for the curves too


def draw_classifier(weights: NDArray[Any], side: int, curve: Curve, title: str, path: Path) -> None:
    """One figure of a linear classifier: an image of weights for each class beside the loss curve.

    Parameters
    ----------
    weights : ndarray of shape (10, side · side)
        All images share one scale, white at 0.
    side : int
        Height and width of an image.
    curve : Curve
        Mean losses, before the first epoch and after each.
    title : str
        What stands above it all.
    path : Path
        The picture; its directory is made.
    """
    figure = Figure(figsize=(13, 5.2), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.03, 0.925, title, fontsize=17, color=INK)
    _draw_weights(figure, weights, side)
    draw_curve(figure.add_axes((0.70, 0.165, 0.27, 0.665)), curve, "mean loss")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_weights(figure: Figure, weights: NDArray[Any], side: int) -> None:
    extent = float(np.abs(weights).max()) or 1.0
    norm = TwoSlopeNorm(0.0, -extent, extent)
    grid = figure.subplots(
        2,
        len(weights) // 2,
        gridspec_kw={
            "left": 0.03,
            "right": 0.63,
            "top": 0.84,
            "bottom": 0.165,
            "wspace": 0.08,
            "hspace": 0.2,
        },
    )
    for label, (axes, row) in enumerate(zip(grid.flat, weights, strict=True)):
        image = axes.imshow(row.reshape(side, side), cmap="RdBu_r", norm=norm, interpolation="nearest")
        axes.set_title(str(label), fontsize=14, color=INK, pad=5)
        axes.set(xticks=(), yticks=())
        axes.spines[:].set_color("#cccccc")
    scale = figure.add_axes((0.20, 0.085, 0.26, 0.028))
    bar = figure.colorbar(image, cax=scale, orientation="horizontal", ticks=(-extent, 0, extent))
    bar.ax.set_xticklabels([f"−{extent:.2g}", "0", f"{extent:.2g}"], color=INK, fontsize=10)
    bar.ax.tick_params(length=0, pad=4)
    bar.outline.set_visible(False)
    for x, text, side_ in ((-0.03, "ink speaks against the digit", "right"), (1.03, "for the digit", "left")):
        scale.text(x, 0.5, text, transform=scale.transAxes, ha=side_, va="center", color=INK, fontsize=11)


def draw_curve(axes: Axes, curve: Curve, title: str, levels: Sequence[tuple[str, float]] = ()) -> None:
    """How the loss went; ``levels`` are losses to compare with, by name, each a line across."""
    epochs = range(len(curve.training))
    lines = (("training", curve.training, COLD, 5.0), ("held out", curve.held_out, WARM, 1.8))
    for (name, level), dashes in zip(levels, ("--", ":"), strict=False):
        axes.axhline(level, color=FAINT, linestyle=dashes, linewidth=1.4, label=f"{name}: {level:.3f}")
    for name, losses, colour, width in lines:
        axes.plot(epochs, losses, color=colour, linewidth=width, label=f"{name}: {losses[-1]:.3f} in the end")
    axes.set_title(title, fontsize=14, color=INK, pad=5, loc="left")
    axes.set_xlabel("epochs", color=INK, fontsize=11)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.set_xlim(0, max(epochs) or 1)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=RULE)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(color=FAINT, labelcolor=INK, left=False, labelsize=10)
    axes.legend(frameon=False, labelcolor=INK, fontsize=11)
