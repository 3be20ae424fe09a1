# backproof generate
# content: f7c510e066e8721e8b8e46e2ad0ffef1
"""Moving windows over arrays: views of them, sums over them, and the adjoints of both.

Each function takes an array and, for each axis of the image, in increasing order, a tuple that begins with
``(axis, start, steps``: the indices i, k, … reach the position ``start + steps[0]*i + steps[1]*k + …`` of that
axis. What lies outside the axis reads 0, and what would be added there is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ._arrays import Array

__all__ = ["add_windows", "spread_windows", "sum_windows", "windows"]

_ALL = slice(None)


def windows(x: Array, *axes: tuple[int, int, tuple[int, ...], tuple[int, ...]]) -> Array:
    """Each axis named, by (axis, start, steps, sizes), is replaced in its place by one axis a size.

    ``out[…, i, k, …] = x[…, start + steps[0]*i + steps[1]*k + …, …]``. The result is read-only: it shows x
    itself, or a copy of the part of x that is reached, with zeros round it.
    """
    view = _view(x.shape, axes)
    if view.frame:
        framed = np.zeros_like(x, shape=view.frame, subok=False)
        framed[view.inside] = x[view.source]
        x = framed
    if 0 in view.shape:
        out = np.zeros(view.shape, x.dtype)
    else:
        out = _strided(x, view.firsts, view.shape, [x.strides[axis] * step for axis, step in view.steps])
    out.flags.writeable = False
    return out


def add_windows(a: Array, *axes: tuple[int, int, tuple[int, ...], int]) -> Array:
    """The adjoint of `windows`: for each (axis, start, steps, size), as many axes as steps become one of that size.

    ``out[…, h, …]`` is the sum of all ``a[…, i, k, …]`` with ``start + steps[0]*i + steps[1]*k + … = h``. The axis
    counts in the result, and a's own axes stand in its place.
    """
    plan = _additions(a.shape, axes)
    if not plan.pairs:
        return np.zeros(plan.shape, a.dtype)
    out = _made(a[plan.pairs[0][1]], plan.shape, plan.is_partition)
    if plan.is_disjoint:
        for there, here in plan.pairs:
            out[there] = a[here]
    else:
        for there, here in plan.pairs:
            part = out[there]
            part += a[here]
    return out


def sum_windows(x: Array, *axes: tuple[int, int, tuple[int, ...], tuple[int, ...]]) -> Array:
    """The sum of `windows` over all new axes of each axis named but the first; a new array."""
    _check("sum_windows", x.ndim, axes)
    for axis, start, steps, sizes in axes:
        meeting = _meet("sum_windows", start, steps, sizes, x.shape[axis], 0)
        rows = (_ALL,) * axis
        is_first = bool(meeting.pieces) and meeting.pieces[0].length == sizes[0]
        out = _made(x, (*x.shape[:axis], sizes[0], *x.shape[axis + 1 :]), is_first)
        for piece in meeting.pieces:
            _put(out[(*rows, piece.taps[0])], x[(*rows, piece.image)], is_first)
            is_first = False
        x = out
    return x


def spread_windows(a: Array, *axes: tuple[int, int, tuple[int, ...], tuple[int, ...], int]) -> Array:
    """The adjoint of `sum_windows`: ``out[…, h, …]`` sums ``a[…, i, …]`` over all i, k, … that reach h; a new array.

    An axis is named by (axis, start, steps, sizes, size): i runs over a's axis, whose size is ``sizes[0]``, k, …
    over the other sizes; the result's axis has ``size``.
    """
    _check("spread_windows", a.ndim, axes)
    for axis, start, steps, sizes, size in reversed(axes):
        meeting = _meet("spread_windows", start, steps, sizes, size, 0)
        if a.shape[axis] != sizes[0]:
            raise ValueError(f"spread_windows: axis {axis} has {a.shape[axis]} entries, not {sizes[0]}")
        rows = (_ALL,) * axis
        out = _made(a, (*a.shape[:axis], size, *a.shape[axis + 1 :]), meeting.is_partition)
        for piece in meeting.pieces:
            _put(out[(*rows, piece.image)], a[(*rows, piece.taps[0])], meeting.is_disjoint)
        a = out
    return a


def _made(like: Array, shape: tuple[int, ...], is_written: bool) -> Array:
    """A new array in the memory order of one with as many axes; 0 everywhere if not each entry is written."""
    return (np.empty_like if is_written else np.zeros_like)(like, shape=shape, subok=False)


def _put(target: Array, source: Array, is_first: bool) -> None:
    if is_first:
        target[...] = source
    else:
        target += source


# What follows depends on sizes alone, and is found once for the same sizes.


class _View(NamedTuple):
    """How windows lie in an array, or in a frame of zeros whose part ``inside`` is the ``source`` of the array."""

    frame: tuple[int, ...]
    inside: tuple[slice, ...]
    source: tuple[slice, ...]
    firsts: tuple[int, ...]
    shape: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]


@lru_cache(maxsize=512)
def _view(shape: tuple[int, ...], axes: tuple[Any, ...]) -> _View:
    """The frame holds what is reached and no more; there is none if all that is reached lies inside the array."""
    _check("windows", len(shape), axes)
    frame, inside, source, firsts = [*shape], [_ALL] * len(shape), [_ALL] * len(shape), [0] * len(shape)
    result, strides, is_inside = [*shape], [(axis, 1) for axis in range(len(shape))], True
    for axis, start, steps, sizes in reversed(axes):
        _check_sizes("windows", steps, sizes)
        reaches = [step * (size - 1) for step, size in zip(steps, sizes, strict=True)]
        low = start + sum(reach for reach in reaches if reach < 0)
        high = start + sum(reach for reach in reaches if reach > 0)
        first = max(low, 0)
        last = max(first, min(high + 1, shape[axis]))
        frame[axis], source[axis], inside[axis] = high + 1 - low, slice(first, last), slice(first - low, last - low)
        firsts[axis] = start - low
        is_inside = is_inside and low >= 0 and high < shape[axis]
        result[axis : axis + 1] = sizes
        strides[axis : axis + 1] = [(axis, step) for step in steps]
    if is_inside or 0 in result:
        for axis, start, *_ in axes:
            firsts[axis] = start
        frame = []
    return _View(tuple(frame), tuple(inside), tuple(source), tuple(firsts), tuple(result), tuple(strides))


class _Additions(NamedTuple):
    """What is added to which part of an array of that shape: (there, here), one pair for each combination of taps."""

    shape: tuple[int, ...]
    pairs: list[tuple[tuple[slice, ...], tuple[slice | int, ...]]]
    is_disjoint: bool
    is_partition: bool


@lru_cache(maxsize=512)
def _additions(shape: tuple[int, ...], axes: tuple[Any, ...]) -> _Additions:
    """The longest of the axes that become one runs along, the others are taken one by one."""
    _check("add_windows", len(shape) - sum(len(steps) - 1 for _, _, steps, _ in axes), axes)
    result: list[int] = []
    taken, meetings = 0, []
    for axis, start, steps, size in axes:
        kept = axis - len(result)
        result += [*shape[taken : taken + kept], size]
        taken += kept + len(steps)
        sizes = shape[taken - len(steps) : taken]
        meetings.append((kept, _meet("add_windows", start, steps, sizes, size, sizes.index(max(sizes)))))
    result += shape[taken:]
    pairs: list[tuple[tuple[slice, ...], tuple[slice | int, ...]]] = [((), ())]
    for kept, meeting in meetings:
        rows = (_ALL,) * kept
        pairs = [
            ((*there, *rows, piece.image), (*here, *rows, *piece.taps))
            for there, here in pairs
            for piece in meeting.pieces
        ]
    is_disjoint = all(meeting.is_disjoint for _, meeting in meetings)
    is_partition = all(meeting.is_partition for _, meeting in meetings)
    return _Additions(tuple(result), pairs if 0 not in shape else [], is_disjoint, is_partition)


class _Piece(NamedTuple):
    """Positions of an image, and the indices by which they are reached: one runs, the others, the taps, are fixed."""

    image: slice
    taps: tuple[Any, ...]
    length: int


class _Meeting(NamedTuple):
    """All positions of an axis that are reached, in pieces; whether none is reached twice, and whether each is once."""

    pieces: list[_Piece]
    is_disjoint: bool
    is_partition: bool


@lru_cache(maxsize=512)
def _meet(name: str, start: int, steps: tuple[int, ...], sizes: tuple[int, ...], size: int, running: int) -> _Meeting:
    """The pieces of an axis, one for each combination of taps that reaches it; the index ``running`` runs."""
    _check_sizes(name, steps, sizes)
    if size < 0:
        raise ValueError(f"{name}: {size} is not a size")
    step, length = steps[running], sizes[running]
    pieces, remainders = [], set()
    for taps in product(*[range(other) for other in (*sizes[:running], *sizes[running + 1 :])]):
        index: list[Any] = [*taps]
        index.insert(running, 0)
        base = start + sum(tap * other for tap, other in zip(index, steps, strict=True))
        # step·i lies from -base to size - 1 - base; // rounds down, so -(u // s) is -u / s rounded up.
        low, high = (-base, size - 1 - base) if step > 0 else (base - size + 1, base)
        first = max(0, -(-low // abs(step)))
        count = min(length, high // abs(step) + 1) - first
        if count > 0:
            index[running] = slice(first, first + count)
            pieces.append(_Piece(_range(base + step * first, step, count), tuple(index), count))
            remainders.add(base % step)
    is_disjoint = len(remainders) == len(pieces)
    return _Meeting(pieces, is_disjoint, is_disjoint and sum(piece.length for piece in pieces) == size)


def _range(first: int, step: int, count: int) -> slice:
    """The positions first, first + step, …, as many as ``count``, none below 0."""
    end = first + step * (count - 1) + (1 if step > 0 else -1)
    return slice(first, None if end < 0 else end, step)


def _strided(x: Array, firsts: tuple[int, ...], shape: tuple[int, ...], strides: list[int]) -> Array:
    """The entries of x from a position on, in a shape and with strides that do not leave x."""
    memory = x
    if not x.flags.c_contiguous:
        memory = x.transpose(sorted(range(x.ndim), key=lambda axis: -x.strides[axis]))
    if memory.flags.c_contiguous:  # NumPy then checks the bounds, in a tenth of the time
        offset = sum([first * stride for first, stride in zip(firsts, x.strides, strict=True)])
        return np.ndarray(shape, x.dtype, memory, offset, strides)
    return as_strided(x[tuple([slice(first, None) for first in firsts])], shape, strides)


def _check(name: str, rank: int, specifications: Sequence[tuple[Any, ...]]) -> None:
    """The axes are in order and there, and no step is 0."""
    last = -1
    for axis, _, steps, *_ in specifications:
        if not last < axis < rank:
            raise ValueError(f"{name}: axis {axis} after {last} of {rank}; axes are named in increasing order")
        if not steps or 0 in steps:
            raise ValueError(f"{name}: the steps of axis {axis} are {tuple(steps)}; none may be 0")
        last = axis


def _check_sizes(name: str, steps: Sequence[int], sizes: Sequence[int]) -> None:
    """As many sizes as steps, none negative."""
    if len(steps) != len(sizes) or min(sizes) < 0:
        raise ValueError(f"{name}: {tuple(sizes)} are no sizes for the steps {tuple(steps)}")
