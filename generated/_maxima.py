# backproof generate
# content: f9d6e5375f41ab8c3142a87bb043cabc
"""The largest entry of a moving window, and the adjoint: each window gives to its first largest entry.

An axis of the image is named by ``(axis, start, steps, sizes)``, with two steps and two sizes: window i
shows the position ``start + steps[0]*i + steps[1]*k`` of that axis at its tap k. What lies outside the axis
reads 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ._arrays import Array
from ._meetings import meeting_of
from ._windows import windows

__all__ = ["max_windows", "spread_to_maxima"]

Along = tuple[int, int, tuple[int, int], tuple[int, int]]
"""What is said of an axis."""

_ALL = slice(None)

_BLOCK = 1 << 17
"""Bytes that are spread at a time: with what is made on the way, they stay in a processor's own cache."""


def max_windows(x: Array, *axes: Along) -> Array:
    """The largest of all taps: each axis named becomes that of the windows along it; a new array."""
    if not axes or any(later[0] <= earlier[0] for earlier, later in pairwise(axes)):
        raise ValueError(f"max_windows names axes in increasing order, not {[axis for axis, *_ in axes]}")
    for along in axes:
        x = _largest(_taps("max_windows", x, along))
    return x


def spread_to_maxima(a: Array, x: Array, along: Along) -> Array:
    """The adjoint of `max_windows` at x: the first of a window's largest taps gets the window's entry of a.

    ``out[…, h, …]`` is the sum of all ``a[…, i, …]`` with ``h = start + steps[0]*i + steps[1]*k``, where k
    is the first tap of window i of x that is largest; what would be added outside is dropped. A new array of
    the shape of x. The entries of a must be finite. If a tap is not a number (NaN), some one tap of its
    window gets the entry.
    """
    axis, start, steps, sizes = along
    taps = _taps("spread_to_maxima", x, along)
    if a.shape != taps[0].shape:
        raise ValueError(f"spread_to_maxima: {a.shape} is not the shape of the windows, {taps[0].shape}")
    places, are_all = _places(start, steps, sizes, x.shape[axis])
    out = (np.empty_like if are_all else np.zeros_like)(x, dtype=a.dtype, subok=False)
    for block in _blocks(a, axis):
        _spread(a[block], [tap[block] for tap in taps], out[block], axis, places)
    return out


def _taps(name: str, x: Array, along: Along) -> list[Array]:
    """All windows at one tap, for each tap."""
    axis, _, steps, sizes = along
    if len(steps) != 2 or len(sizes) != 2 or sizes[1] < 1:
        raise ValueError(f"{name}: {steps} and {sizes} are not those of windows and of one tap or more")
    shown = windows(x, along)
    return [shown[(*(_ALL,) * (axis + 1), tap)] for tap in range(sizes[1])]


def _largest(taps: list[Array]) -> Array:
    """The largest of some arrays, entry by entry; a new array."""
    if len(taps) == 1:
        return taps[0].copy(order="K")
    largest = np.maximum(taps[0], taps[1])
    for tap in taps[2:]:
        np.maximum(largest, tap, out=largest)
    return largest


def _spread(a: Array, taps: list[Array], out: Array, axis: int, places: list[_Place]) -> None:
    """Each tap takes what is its own from what is left of a; the last one takes the rest."""
    rows = (_ALL,) * axis
    targets = [out[(*rows, place.there)] for place in places]
    left = targets[-1] if places[-1].is_first else np.empty_like(a)
    # The largest behind the first tap is the largest of all wherever the first has left something.
    largest = _largest(taps[1:]) if len(taps) > 2 else taps[-1]
    rest, room = a, None
    for tap, target, place in zip(taps[:-1], targets, places, strict=False):
        if place.is_first:
            part = np.multiply(rest, tap >= largest, out=target)
        else:
            part = room = np.multiply(rest, tap >= largest, out=room)
            target += part[(*rows, place.here)]
        rest = np.subtract(rest, part, out=left)
    if not places[-1].is_first:
        targets[-1] += rest[(*rows, places[-1].here)]
    elif rest is not left:
        left[...] = rest


class _Place(NamedTuple):
    """Which windows have a tap within the axis, and where; whether all do, and it is the first there.

    Then its part is put there, else it is added.
    """

    here: slice
    there: slice
    is_first: bool


@lru_cache(maxsize=512)
def _places(
    start: int, steps: tuple[int, int], sizes: tuple[int, int], size: int
) -> tuple[list[_Place], bool]:
    """How each tap meets an axis of a size, and whether those that are first have all of it."""
    meeting = meeting_of("spread_to_maxima", start, steps, sizes, size, 0)
    is_inside = sum(piece.length for piece in meeting.pieces) == sizes[0] * sizes[1]
    found = {
        piece.taps[1]: _Place(piece.taps[0], piece.image, is_inside and number < meeting.firsts)
        for number, piece in enumerate(meeting.pieces)
    }
    outside = _Place(slice(0), slice(0), is_first=False)
    return [found.get(tap, outside) for tap in range(sizes[1])], is_inside and meeting.is_whole


def _blocks(a: Array, axis: int) -> Iterator[tuple[slice, ...]]:
    """Parts of an array, one after the other along its outermost other axis in memory."""
    others = [other for other in range(a.ndim) if other != axis and a.shape[other] > 1]
    if a.nbytes <= _BLOCK or not others:
        yield (_ALL,)
        return
    outer = max(others, key=lambda other: abs(a.strides[other]))
    length = max(1, a.shape[outer] * _BLOCK // a.nbytes)
    for first in range(0, a.shape[outer], length):
        yield (*(_ALL,) * outer, slice(first, first + length))
