# backproof generate
# content: d48ee93c04f28298e792cbbbf14ce12e
"""Where moving windows meet an axis; this follows from sizes alone, and is found once for the same sizes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, NamedTuple

__all__ = [
    "ALL",
    "Additions",
    "Meeting",
    "Pair",
    "Piece",
    "View",
    "additions_of",
    "check_axes",
    "meeting_of",
    "view_of",
]

ALL = slice(None)


class View(NamedTuple):
    """How windows lie in an array, or in a frame of zeros whose part ``inside`` is its ``source``."""

    frame: tuple[int, ...]
    inside: tuple[slice, ...]
    source: tuple[slice, ...]
    firsts: tuple[int, ...]
    shape: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]


@lru_cache(maxsize=512)
def view_of(shape: tuple[int, ...], axes: tuple[Any, ...]) -> View:
    """The frame holds what is reached and no more; there is none if all of that lies inside the array."""
    check_axes("windows", len(shape), axes)
    frame, inside, source, firsts = [*shape], [ALL] * len(shape), [ALL] * len(shape), [0] * len(shape)
    result, strides, is_inside = [*shape], [(axis, 1) for axis in range(len(shape))], True
    for axis, start, steps, sizes in reversed(axes):
        _check_sizes("windows", steps, sizes)
        reaches = [step * (size - 1) for step, size in zip(steps, sizes, strict=True)]
        low = start + sum(reach for reach in reaches if reach < 0)
        high = start + sum(reach for reach in reaches if reach > 0)
        first = max(low, 0)
        last = max(first, min(high + 1, shape[axis]))
        frame[axis], source[axis], inside[axis] = (
            high + 1 - low,
            slice(first, last),
            slice(first - low, last - low),
        )
        firsts[axis] = start - low
        is_inside = is_inside and low >= 0 and high < shape[axis]
        result[axis : axis + 1] = sizes
        strides[axis : axis + 1] = [(axis, step) for step in steps]
    if is_inside or 0 in result:
        for axis, start, *_ in axes:
            firsts[axis] = start
        frame = []
    return View(tuple(frame), tuple(inside), tuple(source), tuple(firsts), tuple(result), tuple(strides))


class Pair(NamedTuple):
    """Where something is added, what it is, and whether nothing has been added there before."""

    there: tuple[slice, ...]
    here: tuple[slice | int, ...]
    is_first: bool


class Additions(NamedTuple):
    """What is added to an array of a shape, for each combination of taps; whether the first reach all."""

    shape: tuple[int, ...]
    pairs: list[Pair]
    is_whole: bool


@lru_cache(maxsize=512)
def additions_of(shape: tuple[int, ...], axes: tuple[Any, ...]) -> Additions:
    """The longest of the axes that become one runs along, the others are taken one by one."""
    check_axes("add_windows", len(shape) - sum(len(steps) - 1 for _, _, steps, _ in axes), axes)
    result: list[int] = []
    taken, meetings = 0, []
    for axis, start, steps, size in axes:
        kept = axis - len(result)
        result += [*shape[taken : taken + kept], size]
        taken += kept + len(steps)
        sizes = shape[taken - len(steps) : taken]
        meetings.append((kept, meeting_of("add_windows", start, steps, sizes, size, sizes.index(max(sizes)))))
    result += shape[taken:]
    pairs = [Pair((), (), True)]
    for kept, meeting in meetings:
        rows = (ALL,) * kept
        pairs = [
            Pair(
                (*there, *rows, piece.image),
                (*here, *rows, *piece.taps),
                is_first and number < meeting.firsts,
            )
            for there, here, is_first in pairs
            for number, piece in enumerate(meeting.pieces)
        ]
    is_whole = all(meeting.is_whole for _, meeting in meetings)
    return Additions(tuple(result), pairs if 0 not in shape else [], is_whole)


class Piece(NamedTuple):
    """Positions of an image, and the indices that reach them: one runs, the others, the taps, are fixed."""

    image: slice
    taps: tuple[Any, ...]
    length: int


class Meeting(NamedTuple):
    """All positions of an axis that are reached, in pieces, the longer ones first.

    The ``firsts`` in front have no position in common, and if ``is_whole`` they have all of the axis. If
    ``is_apart`` no two pieces have, and nothing lies outside the axis.
    """

    pieces: list[Piece]
    firsts: int
    is_whole: bool
    is_apart: bool


@lru_cache(maxsize=512)
def meeting_of(
    name: str, start: int, steps: tuple[int, ...], sizes: tuple[int, ...], size: int, running: int
) -> Meeting:
    """The pieces of an axis, one for each combination of taps that reaches it; the index ``running`` runs."""
    _check_sizes(name, steps, sizes)
    if size < 0:
        raise ValueError(f"{name}: {size} is not a size")
    step, length = steps[running], sizes[running]
    found = list[tuple[int, Piece]]()
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
            found.append((base % step, Piece(_range(base + step * first, step, count), tuple(index), count)))
    found.sort(key=lambda one: -one[1].length)
    # Only positions with the same remainder can meet.
    longest = dict(reversed(found))
    firsts = [piece for remainder, piece in found if piece is longest[remainder]]
    others = [piece for remainder, piece in found if piece is not longest[remainder]]
    lengths = [sum(piece.length for piece in pieces) for pieces in (firsts, others)]
    is_apart = not others and 0 < lengths[0] == prod(sizes)
    return Meeting([*firsts, *others], len(firsts), lengths[0] == size, is_apart)


def _range(first: int, step: int, count: int) -> slice:
    """The positions first, first + step, …, as many as ``count``, none below 0."""
    end = first + step * (count - 1) + (1 if step > 0 else -1)
    return slice(first, None if end < 0 else end, step)


def check_axes(name: str, rank: int, specifications: Sequence[tuple[Any, ...]]) -> None:
    """The axes are in order and there, and no step is 0."""
    last = -1
    for axis, _, steps, *_ in specifications:
        if not last < axis < rank:
            raise ValueError(
                f"{name}: axis {axis} after {last} of {rank}; axes are named in increasing order"
            )
        if not steps or 0 in steps:
            raise ValueError(f"{name}: the steps of axis {axis} are {tuple(steps)}; none may be 0")
        last = axis


def _check_sizes(name: str, steps: Sequence[int], sizes: Sequence[int]) -> None:
    """As many sizes as steps, none negative."""
    if len(steps) != len(sizes) or min(sizes) < 0:
        raise ValueError(f"{name}: {tuple(sizes)} are no sizes for the steps {tuple(steps)}")
