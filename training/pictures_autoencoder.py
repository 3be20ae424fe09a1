"""What the autoencoder learnt, drawn: digits beside their reconstructions, the loss, the codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from training.data import CLASSES, Digits
from training.fit import Curve
from training.pictures import FAINT, INK, draw_curve

Array = NDArray[Any]
# Ten colours told apart by hue and by lightness, in the order of the digits.
COLOURS = (
    "#1f4e9c", "#e3a008", "#2a9d4b", "#c81e3a", "#8a63d2",
    "#6b4423", "#e85aa8", "#5a6472", "#a8b820", "#12a5bd",
)  # fmt: skip


def draw_autoencoder(
    shown: Digits,
    codes: Array,
    reconstructions: Array,
    curve: Curve,
    levels: Sequence[tuple[str, float]],
    title: str,
    path: Path,
) -> None:
    """One figure: an example of each digit and what is left of it, the loss curve, a map of all codes.

    Parameters
    ----------
    shown : Digits
        The held-out digits.
    codes, reconstructions : ndarray of shapes (N, 10) and (N, side · side)
        What the network makes of them.
    curve : Curve
        Mean losses, before the first epoch and after each.
    levels : sequence of (name, loss)
        Losses to compare with, drawn as lines.
    title : str
        What stands above it all.
    path : Path
        The picture; its directory is made.
    """
    figure = Figure(figsize=(13, 10.4), dpi=110, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.03, 0.955, title, fontsize=17, color=INK)
    _draw_examples(figure, shown, codes, reconstructions)
    draw_curve(figure.add_axes((0.045, 0.07, 0.36, 0.42)), curve, "mean loss of a grey value", levels)
    _draw_codes(figure.add_axes((0.47, 0.04, 0.44, 0.45)), codes, shown.labels)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def principal_plane(codes: Array) -> tuple[Array, float]:
    """Coordinates of codes in the plane of their largest variance, and its share of the whole."""
    centred = codes - codes.mean(axis=0)
    left, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * lengths[:2], float((lengths[:2] ** 2).sum() / (lengths**2).sum())


def _draw_examples(figure: Figure, shown: Digits, codes: Array, reconstructions: Array) -> None:
    """A column for each digit: the first one held out, its code as bars, its reconstruction."""
    first = [int(np.flatnonzero(shown.labels == label)[0]) for label in np.unique(shown.labels)]
    spaces = {"left": 0.135, "right": 0.975, "top": 0.935, "bottom": 0.57, "wspace": 0.1, "hspace": 0.08}
    grid = figure.subplots(3, len(first), squeeze=False, gridspec_kw={**spaces, "height_ratios": (1, 0.5, 1)})
    for column, at in enumerate(first):
        for axes, image in ((grid[0, column], shown.images[at]), (grid[2, column], reconstructions[at])):
            square = image.reshape(shown.side, shown.side)
            axes.imshow(square, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
            axes.spines[:].set_color("#cccccc")
        bars = grid[1, column]
        bars.bar(range(codes.shape[1]), codes[at], color=COLOURS[int(shown.labels[at])], width=0.8)
        bars.axhline(0, color=FAINT, linewidth=0.6)
        bars.set_ylim(-1.05, 1.05)
        bars.spines[:].set_visible(False)
    for axes in grid.flat:
        axes.set(xticks=(), yticks=())
    for row, words in enumerate(("held out", "its 10 numbers\nin (−1, 1)", "from these\nalone")):
        axes = grid[row, 0]
        axes.text(-0.12, 0.5, words, transform=axes.transAxes, ha="right", va="center", color=INK, fontsize=12)


def _draw_codes(axes: Axes, codes: Array, labels: Array) -> None:
    points, share = principal_plane(codes)
    for label in range(CLASSES):
        own = points[labels == label]
        axes.scatter(*own.T, s=55, marker=f"${label}$", color=COLOURS[label], linewidths=0)
    axes.set_title(
        f"codes of held-out digits, seen along their two\nwidest directions ({share:.0%} of the variance)",
        fontsize=14, color=INK, pad=5, loc="left",
    )  # fmt: skip
    axes.set_aspect("equal", adjustable="datalim")
    axes.set(xticks=(), yticks=())
    axes.spines[:].set_color("#cccccc")
    dots = [Line2D([], [], marker="o", linestyle="", markersize=8, color=colour) for colour in COLOURS]
    names = [str(label) for label in range(CLASSES)]
    style = {"frameon": False, "labelcolor": INK, "fontsize": 12, "handletextpad": 0.1}
    legend = axes.legend(dots, names, title="digit", loc="center left", bbox_to_anchor=(1.0, 0.5), **style)
    legend.get_title().set_color(INK)
