"""What the convolutional network learnt, drawn: its kernels, what they see, what it mixes up, the loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from training.fit import Curve
from training.pictures import INK, draw_curve

Array = NDArray[Any]


def draw_convolutional(
    kernels: Array, digit: Array, features: Array, counts: Array, curve: Curve, title: str, path: Path
) -> None:
    """One figure: the kernels, what they make of one digit, the confusion matrix, the loss curve.

    Parameters
    ----------
    kernels : ndarray of shape (O, R, T)
        The learnt kernels; all share one scale, white at 0.
    digit : ndarray of shape (H, W)
        A held-out image.
    features : ndarray of shape (O, H, W)
        What the kernels and the activation make of it, in (-1, 1).
    counts : ndarray of shape (10, 10)
        How often each digit, a row, was read as each digit, a column.
    curve : Curve
        Mean losses, before the first epoch and after each.
    title : str
        What stands above it all.
    path : Path
        The picture; its directory is made.
    """
    figure = Figure(figsize=(13, 9.6), dpi=110, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.03, 0.955, title, fontsize=17, color=INK)
    _draw_kernels(figure, kernels, digit, features)
    _draw_confusion(figure.add_axes((0.06, 0.06, 0.37, 0.47)), counts)
    draw_curve(figure.add_axes((0.53, 0.075, 0.44, 0.42)), curve, "mean loss")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_kernels(figure: Figure, kernels: Array, digit: Array, features: Array) -> None:
    """A column for each kernel: the kernel, and the image that it makes; the digit itself in front."""
    spaces = {"left": 0.03, "right": 0.975, "top": 0.90, "bottom": 0.60, "wspace": 0.08, "hspace": 0.12}
    grid = figure.subplots(2, len(kernels) + 1, gridspec_kw=spaces)
    extent = float(np.abs(kernels).max()) or 1.0
    norm = TwoSlopeNorm(0.0, -extent, extent)
    grid[0, 0].text(0.92, 0.5, "kernels", ha="right", va="center", fontsize=13, color=INK)
    grid[0, 0].axis("off")
    grid[1, 0].imshow(digit, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    grid[1, 0].set_title("held out", fontsize=12, color=INK, pad=4)
    for column, (kernel, feature) in enumerate(zip(kernels, features, strict=True), 1):
        grid[0, column].imshow(kernel, cmap="RdBu_r", norm=norm, interpolation="nearest")
        grid[1, column].imshow(feature, cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
    for axes in grid.flat:
        axes.set(xticks=(), yticks=())
        axes.spines[:].set_color("#cccccc")


def _draw_confusion(axes: Axes, counts: Array) -> None:
    """Counts as numbers; the mistakes are coloured, on a scale of their own."""
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    most = max(int(mistakes.max()), 1)
    axes.imshow(mistakes, cmap="Reds", vmin=0, vmax=1.6 * most, interpolation="nearest")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            weight = "bold" if row == column else "normal"
            axes.text(column, row, str(count), ha="center", va="center", color=INK, fontsize=11, fontweight=weight)
    axes.set_title("which digit (row) was read as which (column)", fontsize=14, color=INK, pad=8, loc="left")
    axes.set(xticks=range(len(counts)), yticks=range(len(counts)))
    axes.tick_params(length=0, labelcolor=INK, labelsize=11)
    axes.spines[:].set_color("#cccccc")
