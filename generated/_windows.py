# backproof generate
# content: 695b152bee115d68adc8999046ba5ea6
"""Moving windows over arrays: views of them, sums over them, and the adjoints of both.

Each function takes an array and, for each axis of the image, in increasing order, a tuple that begins with
``(axis, start, steps``: the indices i, k, … reach the position ``start + steps[0]*i + steps[1]*k + …`` of
that axis. What lies outside the axis reads 0, and what would be added there is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ._arrays import Array
from ._meetings import ALL, View, additions_of, check_axes, meeting_of, view_of
from ._products import spread_by_products, sum_by_products

__all__ = ["add_windows", "spread_windows", "sum_windows", "windows"]


def windows(x: Array, *axes: tuple[int, int, tuple[int, ...], tuple[int, ...]]) -> Array:
    """Each axis named, by (axis, start, steps, sizes), is replaced in its place by one axis a size.

    ``out[…, i, k, …] = x[…, start + steps[0]*i + steps[1]*k + …, …]``. The result is read-only: it shows x
    itself, or a copy of the part of x that is reached, with zeros round it.
    """
    view = view_of(x.shape, axes)
    if 0 in view.shape:
        out = np.zeros(view.shape, x.dtype)
    else:
        if view.frame:
            x = _framed(x, view, [axis for axis, *_ in axes])
        out = _strided(x, view.firsts, view.shape, [x.strides[axis] * step for axis, step in view.steps])
    out.flags.writeable = False
    return out


def add_windows(a: Array, *axes: tuple[int, int, tuple[int, ...], int]) -> Array:
    """The adjoint of `windows`: by (axis, start, steps, size), an axis for each step becomes one of a size.

    ``out[…, h, …]`` is the sum of all ``a[…, i, k, …]`` with ``start + steps[0]*i + steps[1]*k + … = h``. The
    axis counts in the result, and a's own axes stand in its place.
    """
    plan = additions_of(a.shape, axes)
    if not plan.pairs:
        return np.zeros(plan.shape, a.dtype)
    out = _made(a[plan.pairs[0].here], plan.shape, plan.is_whole)
    for there, here, is_first in plan.pairs:
        _put(out[there], a[here], is_first)
    return out


def sum_windows(x: Array, *axes: tuple[int, int, tuple[int, ...], tuple[int, ...]]) -> Array:
    """The sum of `windows` over all new axes of each axis named but the first; a new array."""
    check_axes("sum_windows", x.ndim, axes)
    meetings = [
        meeting_of("sum_windows", start, steps, sizes, x.shape[axis], 0) for axis, start, steps, sizes in axes
    ]
    product = sum_by_products(x, [(*along, x.shape[along[0]]) for along in axes])
    if product is not None:
        return product
    for (axis, _, _, sizes), meeting in zip(axes, meetings, strict=True):
        rows = (ALL,) * axis
        full = [piece for piece in meeting.pieces[:2] if piece.length == sizes[0]]
        out = _made(x, (*x.shape[:axis], sizes[0], *x.shape[axis + 1 :]), bool(full))
        if len(full) == 2:
            np.add(x[(*rows, full[0].image)], x[(*rows, full[1].image)], out)
        elif full:
            out[...] = x[(*rows, full[0].image)]
        for piece in meeting.pieces[len(full) :]:
            _put(out[(*rows, piece.taps[0])], x[(*rows, piece.image)], False)
        x = out
    return x


def spread_windows(a: Array, *axes: tuple[int, int, tuple[int, ...], tuple[int, ...], int]) -> Array:
    """The adjoint of `sum_windows`: ``out[…, h, …]`` sums ``a[…, i, …]`` over all i, k, … that reach h.

    An axis is named by (axis, start, steps, sizes, size): i runs over a's axis, whose size is ``sizes[0]``,
    k, … over the other sizes; the result, a new array, has an axis of that size.
    """
    check_axes("spread_windows", a.ndim, axes)
    meetings = [
        meeting_of("spread_windows", start, steps, sizes, size, 0) for _, start, steps, sizes, size in axes
    ]
    for axis, _, _, sizes, _ in axes:
        if a.shape[axis] != sizes[0]:
            raise ValueError(f"spread_windows: axis {axis} has {a.shape[axis]} entries, not {sizes[0]}")
    product = spread_by_products(a, axes)
    if product is not None:
        return product
    if all(meeting.is_apart for meeting in meetings) and not _is_closest(a, axes):
        return _repeated(a, axes, all(meeting.is_whole for meeting in meetings))
    for (axis, *_, size), meeting in zip(reversed(axes), reversed(meetings), strict=True):
        rows = (ALL,) * axis
        out = _made(a, (*a.shape[:axis], size, *a.shape[axis + 1 :]), meeting.is_whole)
        for number, piece in enumerate(meeting.pieces):
            _put(out[(*rows, piece.image)], a[(*rows, piece.taps[0])], number < meeting.firsts)
        a = out
    return a


def _framed(x: Array, view: View, named: Sequence[int]) -> Array:
    """A copy of the source with zeros round it, where nothing is written twice.

    It is in the memory order of x, but if entries that are neighbours have the same place in the image, all
    those of one place lie together: a row of windows then is one run.
    """
    order = sorted(range(x.ndim), key=lambda axis: (x.shape[axis] > 1, -abs(x.strides[axis])))
    if order[-1] not in named:
        order.sort(key=lambda axis: axis not in named)
    framed = np.empty([view.frame[axis] for axis in order], x.dtype).transpose(
        *map(order.index, range(x.ndim))
    )
    framed[view.inside] = x[view.source]
    for axis, inside in enumerate(view.inside):
        if inside != ALL:
            # Those of the axes before stand there already.
            rows = view.inside[:axis]
            framed[(*rows, slice(0, inside.start))] = 0
            framed[(*rows, slice(inside.stop, None))] = 0
    return framed


def _is_closest(a: Array, axes: Sequence[tuple[Any, ...]]) -> bool:
    """Whether entries that are neighbours in memory lie along one of the axes: runs are short then."""
    return min(range(a.ndim), key=lambda axis: (abs(a.strides[axis]), -axis)) in {axis for axis, *_ in axes}


def _repeated(a: Array, axes: Sequence[tuple[Any, ...]], is_whole: bool) -> Array:
    """The entries of a at all taps, none of which meet, by one assignment."""
    shape, index = [*a.shape], list[slice | None]([ALL] * a.ndim)
    for axis, _, _, sizes, size in reversed(axes):
        shape[axis] = size
        index[axis + 1 : axis + 1] = [None] * (len(sizes) - 1)
    out = _made(a, tuple(shape), is_whole)
    view = view_of(out.shape, tuple([one[:4] for one in axes]))
    strides = [out.strides[axis] * step for axis, step in view.steps]
    _strided(out, view.firsts, view.shape, strides)[...] = a[tuple(index)]
    return out


def _made(like: Array, shape: tuple[int, ...], is_written: bool) -> Array:
    """A new array in the memory order of one with as many axes; 0 everywhere if not each entry is written."""
    return (np.empty_like if is_written else np.zeros_like)(like, shape=shape, subok=False)


def _put(target: Array, source: Array, is_first: bool) -> None:
    if is_first:
        target[...] = source
    else:
        target += source


def _strided(x: Array, firsts: tuple[int, ...], shape: tuple[int, ...], strides: list[int]) -> Array:
    """The entries of x from a position on, in a shape and with strides that do not leave x."""
    memory = x
    if not x.flags.c_contiguous:
        memory = x.transpose(sorted(range(x.ndim), key=lambda axis: -x.strides[axis]))
    if memory.flags.c_contiguous:  # NumPy then checks the bounds, in a tenth of the time
        offset = sum([first * stride for first, stride in zip(firsts, x.strides, strict=True)])
        return np.ndarray(shape, x.dtype, memory, offset, strides)
    return as_strided(x[tuple([slice(first, None) for first in firsts])], shape, strides)
