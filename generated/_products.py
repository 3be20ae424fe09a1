# backproof generate
# content: 468d2a198a968197cc26ceac6e1debb4
"""Sums over moving windows, and their adjoints, as products with matrices of zeros and ones.

Where rows are short, NumPy's loops take longer to begin than to add, while a product takes little more than
reading. Measured on 64 × 16 images of 32² in float32, against additions: sums over windows of 3 × 3 at stride
2 take 0.45 of the time and their adjoint 0.26, those of 2 × 2 side by side 0.63 and 0.36.

An axis is named as in `_windows`, with the size of the image's axis behind the sizes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ._arrays import FLOATS, Array
from ._meetings import meeting_of

__all__ = ["spread_by_products", "sum_by_products"]

Along = tuple[int, int, tuple[int, ...], tuple[int, ...], int]
"""What is said of an axis."""

_LONGEST = 64
"""Of the axes named. Along 96 entries additions are as fast or faster, and along 32 take twice the time."""

_MOST_ENTRIES = 1 << 12
"""Of a matrix; it is kept."""

_SMALL = 1 << 18
"""Multiplications in a product that OpenBLAS does without copying its factors, in half of the time."""


class Factor(NamedTuple):
    """The windows along one axis: ``matrix`` takes images of a shape to windows, ``adjoint`` takes them back.

    Where entries side by side lie along the axis, the matrix stands on the right, else on the left.
    """

    image: tuple[int, ...]
    windows: tuple[int, ...]
    matrix: Array
    adjoint: Array
    is_right: bool

    def sum(self, x: Array) -> Array:
        """The sums of all windows."""
        x = x.reshape(self.image)
        return np.matmul(x, self.matrix) if self.is_right else np.matmul(self.matrix, x)

    def spread(self, a: Array) -> Array:
        """The adjoint: each window's entry at all of its taps."""
        a = a.reshape(self.windows)
        return np.matmul(a, self.adjoint) if self.is_right else np.matmul(self.adjoint, a)


class Plan(NamedTuple):
    """The products in turn, the shapes that they begin and end with, and where the axes belong then."""

    factors: list[Factor]
    image: tuple[int, ...]
    windows: tuple[int, ...]
    places: tuple[int, ...]


def sum_by_products(x: Array, axes: Sequence[Along]) -> Array | None:
    """`sum_windows`; None where additions are faster, or only they keep apart what is not finite."""
    order = _order(x)
    plan, out = _plan(x.shape, order, tuple(axes), x.dtype), x.transpose(order)
    if plan is None or not out.flags.c_contiguous:
        return None
    # Zero times infinity is NaN: what is not finite leaves no sum of its row, or column, finite.
    with np.errstate(all="ignore"):
        for factor in plan.factors:
            out = factor.sum(out)
        return out.reshape(plan.windows).transpose(plan.places) if _is_moderate(out) else None


def spread_by_products(a: Array, axes: Sequence[Along]) -> Array | None:
    """`spread_windows`; None where additions are faster, or only they keep apart what is not finite."""
    image, order = [*a.shape], _order(a)
    for axis, *_, size in axes:
        image[axis] = size
    plan, out = _plan(tuple(image), order, tuple(axes), a.dtype), a.transpose(order)
    if plan is None or not out.flags.c_contiguous:
        return None
    with np.errstate(all="ignore"):
        if not _is_moderate(out):
            return None
        for factor in reversed(plan.factors):
            out = factor.spread(out)
    return out.reshape(plan.image).transpose(plan.places)


def _order(x: Array) -> tuple[int, ...]:
    """The axes, the outermost in memory first."""
    if x.flags.c_contiguous:
        return tuple(range(x.ndim))
    return tuple(sorted(range(x.ndim), key=lambda axis: -x.strides[axis]))


def _is_moderate(array: Array) -> bool:
    """Whether no entry is infinite or NaN, and no sum of entries can be: their squares have a sum."""
    entries = array.reshape(-1)
    return math.isfinite(np.dot(entries, entries))


@lru_cache(maxsize=128)
def _plan(
    shape: tuple[int, ...], order: tuple[int, ...], axes: tuple[Along, ...], dtype: np.dtype[Any]
) -> Plan | None:
    """For images of a shape whose axes lie in memory in an order; None where additions are better.

    They are where rows are long, where neighbours in memory do not lie along an axis that is named, and where
    there is one such axis alone: all images are one long row then.
    """
    named = sorted([(order.index(axis), *rest) for axis, *rest in axes])
    image = tuple([shape[axis] for axis in order])
    if dtype not in FLOATS or 0 in image or len(named) < 2 or math.prod(image[named[-1][0] + 1 :]) > 1:
        return None
    windows, parted, factors = [*image], [*image], []
    for at, _, _, sizes, size in named:
        if sizes[0] < 1 or size > _LONGEST:
            return None
        windows[at] = sizes[0]
    if named[-2][0] + 1 == named[-1][0] and _is_tiled(*named[-2:]):
        # The rows that a window shows lie side by side: they are one row, along which the window moves.
        (at, first, (_, *down), (count, *taps), height), (_, start, steps, sizes, width) = named[-2:]
        steps, sizes = (*steps, *[step * width for step in down]), (*sizes, *taps)
        named[-2:] = [(at + 1, start + first * width, steps, sizes, height // count * width)]
        parted[at : at + 2] = count, height // count * width
    for at, start, steps, sizes, size in named:
        factors.append(_factor(parted, at, _matrix(start, steps, sizes, size, dtype)))
        parted[at] = sizes[0]
    places = tuple(sorted(range(len(order)), key=order.__getitem__))
    return Plan(factors, image, tuple(windows), places)


def _is_tiled(outer: Along, inner: Along) -> bool:
    """Whether an image has as many equal parts as windows, each in its own, and no window leaves a row."""
    (_, first, (step, *steps), (count, *taps), height), (_, low, others, sizes, width) = outer, inner
    last = first + sum([one * (size - 1) for one, size in zip(steps, taps, strict=True)])
    end = low + sum([one * (size - 1) for one, size in zip(others, sizes, strict=True)])
    return (
        (count == 1 or step * count == height)
        and min(first, low, *steps, *others) >= 0
        and last < height // count
        and end < width
        and height // count * width * sizes[0] <= _MOST_ENTRIES
    )


def _matrix(
    start: int, steps: tuple[int, ...], sizes: tuple[int, ...], size: int, dtype: np.dtype[Any]
) -> Array:
    """How often each window shows each entry of a row."""
    matrix = np.zeros((sizes[0], size), dtype)
    windows, entries = np.arange(sizes[0]), np.arange(size)
    for piece in meeting_of("sum_windows", start, steps, sizes, size, 0).pieces:
        matrix[windows[piece.taps[0]], entries[piece.image]] += 1
    return matrix


def _factor(parted: Sequence[int], at: int, matrix: Array) -> Factor:
    """The product along an axis, both matrices as OpenBLAS is fastest with."""
    count, size = matrix.shape
    turned = np.ascontiguousarray(matrix.T)
    run = math.prod(parted[at + 1 :])
    if run > 1:
        outer = math.prod(parted[:at])
        return Factor((outer, size, run), (outer, count, run), matrix, turned, is_right=False)
    rows = 1
    for each in reversed(parted[:at]):
        if rows > 1 and rows * each * matrix.size > _SMALL:
            break
        rows *= each
    return Factor((-1, rows, size), (-1, rows, count), turned, matrix, is_right=True)
