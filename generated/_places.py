# backproof generate
# content: 68be78021291f645419e5ff2fec205ea
"""Products of matrices for each place of an array whose closest axis is long, as in windows of many examples.

Such an array is large because it is a view that shows entries again and again. It is never copied whole: the
matrices are parts of it, with the closest axis as rows, or copies of as much as some places need.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ._arrays import Array

__all__ = ["Named", "by_places"]

LONG = 16
"""Rows of so many entries are worth a product each."""

SMALL = 1_000_000
"""The multiplications up to which BLAS multiplies matrices where they lie, without putting them in order."""


class Named(NamedTuple):
    """An array and a letter for each of its axes."""

    letters: str
    array: Array

    def stride(self, letter: str) -> int:
        return self.array.strides[self.letters.index(letter)]

    def at(self, indices: Mapping[str, int | slice]) -> Named:
        """The part at indices of some axes; an axis with one index is gone."""
        part = self.array[tuple([indices.get(c, slice(None)) for c in self.letters])]
        return Named("".join(c for c in self.letters if not isinstance(indices.get(c), int)), part)

    def along(self, *groups: Iterable[str]) -> Array:
        """A view with the axes in this order, of size 1 where it has none."""
        wanted = [c for group in groups for c in group]
        own = self.array.transpose([self.letters.index(c) for c in wanted if c in self.letters])
        return own[tuple([slice(None) if c in self.letters else None for c in wanted])]

    def matrices(self, batch: Iterable[str], first: Iterable[str], second: Iterable[str]) -> Array:
        """A matrix for all entries along the first axes; a view where its rows lie at equal distances."""
        each, rows, columns = [*batch], [*first], [*second]
        x = self.along(each, rows, columns)
        at, middle = len(each), len(each) + len(rows)
        return x.reshape(*x.shape[:at], math.prod(x.shape[at:middle]), math.prod(x.shape[middle:]))


class Roles(NamedTuple):
    """The axes of a large and a small array that are multiplied, those further apart in the large one first.

    Attributes
    ----------
    sizes : mapping of str to int
        Of all axes.
    closest : str
        The axis of the large array whose entries are neighbours.
    own, extra : list of str
        The axes, but for the closest, that the result has from the large array alone, the small one alone.
    shared, summed : list of str
        Those, but for the closest, of both that the result has, and that it lacks.
    """

    sizes: Mapping[str, int]
    closest: str
    own: list[str]
    extra: list[str]
    shared: list[str]
    summed: list[str]

    def shape(self, *groups: Iterable[str]) -> list[int]:
        return [self.sizes[c] for group in groups for c in group]

    def count(self, *groups: Iterable[str]) -> int:
        """How many entries axes have together."""
        return math.prod(self.shape(*groups))


class Split(NamedTuple):
    """The letters of products: those that count rows of places, taps, products; those of the matrices."""

    outer: list[str]
    taps: list[str]
    inner: list[str]
    rows: list[str]
    near: list[str]
    closest: str


def by_places(a: Named, b: Named, result: str) -> Array | None:
    """The contraction of two arrays; None where a product for each place is not worth it."""
    array = max(a.array, b.array, key=np.size)
    if not _has_rows(array):
        return None
    sizes = dict(zip(a.letters + b.letters, a.array.shape + b.array.shape, strict=True))
    single = {c: 0 for c in sizes if sizes[c] == 1}
    large, small = (one.at(single) for one in ((a, b) if array is a.array else (b, a)))
    backward = slice(None, None, -1)
    summed = [c for c in large.letters if c in small.letters and c not in result]
    turned = {c: backward for c in summed if large.stride(c) < 0}
    large, small = large.at(turned), small.at(turned)
    roles = _roles(large, small, result, sizes)
    if roles is None:
        return None
    made, letters = (_sums if roles.closest in small.letters else _places)(large, small, roles)
    order = [letters.index(c) for c in result if c not in single]
    return made.reshape(roles.shape(letters)).transpose(order).reshape(roles.shape(result))


def _has_rows(array: Array) -> bool:
    """Whether entries that are neighbours lie along one axis, which is long and runs across no other."""
    order = sorted(
        [(abs(stride), size) for stride, size in zip(array.strides, array.shape, strict=True) if size > 1]
    )
    if len(order) < 2 or not array.size:
        return False
    (entry, length), (apart, _) = order[:2]
    return entry == array.itemsize and length >= LONG and apart >= entry * length


def _roles(large: Named, small: Named, result: str, sizes: Mapping[str, int]) -> Roles | None:
    """None where there are no places, or where one product has all of them in the order of the result."""
    order = sorted(large.letters, key=large.stride, reverse=True)
    closest = order.pop()
    own = [c for c in order if c not in small.letters]
    shared = [c for c in order if c in small.letters and c in result]
    summed = [c for c in order if c in small.letters and c not in result]
    is_product = closest not in small.letters or (closest not in result and summed)
    if not (own and is_product and small.array.size and large.stride(closest) > 0):
        return None
    is_continued = large.stride(own[-1]) == sizes[closest] * large.array.itemsize
    if is_continued and [*own, closest] == [
        c for c in result if c in large.letters and c not in small.letters
    ]:
        return None
    # The axes that the result names last lie furthest apart in it: taps, that are added one after the other.
    extra = [c for c in reversed(result) if c in small.letters and c not in large.letters]
    return Roles(sizes, closest, own, extra, shared, summed)


def _places(large: Named, small: Named, roles: Roles) -> tuple[Array, list[str]]:
    """For each place extra × summed times summed × closest: the products, and the letters of their axes."""
    near = _at_equal_distances(large, roles)
    counted, rows = _divided(roles, near)
    outer, inner = roles.own[:-1], [*roles.own[-1:], *counted, *roles.shared]
    shape = [*roles.shape(outer, inner), roles.count(rows), roles.count(roles.closest)]
    made = np.empty(shape, np.result_type(large.array, small.array))
    split = Split(outer, roles.summed[: len(roles.summed) - len(near)], inner, rows, near, roles.closest)
    if not split.taps:
        left = np.ascontiguousarray(small.matrices([*outer, *inner], rows, near))
        np.matmul(left, large.matrices([*outer, *inner], near, roles.closest), made)
    elif roles.count(rows, near[:1]) > roles.count(near):
        _multiply_copies(large, small, split, made)
    else:
        _add_products(large, small, split, made)
    return made, [*outer, *inner, *rows, roles.closest]


def _multiply_copies(large: Named, small: Named, split: Split, made: Array) -> None:
    """The products, with the taps of a row of places put in order for each row."""
    outer, taps, inner, rows, near, closest = split
    left = np.ascontiguousarray(small.matrices(inner, rows, [*taps, *near]))
    places = large.along(outer, inner, taps, near, closest)
    room = np.empty(places.shape[len(outer) :], places.dtype)
    right = room.reshape(*room.shape[: len(inner)], -1, room.shape[-1])
    for at in np.ndindex(*places.shape[: len(outer)]):
        room[...] = places[at]
        np.matmul(left, right, made[at])


def _add_products(large: Named, small: Named, split: Split, made: Array) -> None:
    """The sums over taps of the products for each, which are parts of the array."""
    outer, taps, inner, rows, near, closest = split
    lefts = np.ascontiguousarray(small.matrices([*taps, *inner], rows, near))
    rights = large.matrices([*outer, *taps, *inner], near, closest)
    part = np.empty(made.shape[len(outer) :], made.dtype)
    first, *others = np.ndindex(*lefts.shape[: len(taps)])
    for at in np.ndindex(*made.shape[: len(outer)]):
        total = np.matmul(lefts[first], rights[at + first], made[at])
        for tap in others:
            total += np.matmul(lefts[tap], rights[at + tap], part)


def _at_equal_distances(large: Named, roles: Roles) -> list[str]:
    """The closest summed axes that are rows of a matrix together where the array lies."""
    near = roles.summed[-1:]
    for c in reversed(roles.summed[:-1]):
        if large.stride(c) != large.stride(near[0]) * roles.sizes[near[0]]:
            break
        near.insert(0, c)
    return near


def _divided(roles: Roles, near: list[str]) -> tuple[list[str], list[str]]:
    """The extra axes that count products, so that each is small, and those that are rows of them."""
    counted, rows = list[str](), [*roles.extra]
    while len(rows) > 1 and roles.count(rows, near, roles.closest) > SMALL:
        counted.append(min(rows, key=roles.count))
        rows.remove(counted[-1])
    return counted, rows


def _sums(large: Named, small: Named, roles: Roles) -> tuple[Array, list[str]]:
    """The sum over places of own × summed times summed × extra, and the letters of its axes."""
    outer, inner = roles.summed[:-1], [*roles.summed[-1:], roles.closest]
    places = small.along(outer, roles.shared, roles.extra, inner)
    room = np.empty(places.shape[len(outer) :], places.dtype)
    right = room.reshape(*roles.shape(roles.shared), -1, roles.count(inner)).swapaxes(-1, -2)
    shape = (*roles.shape(roles.shared), roles.count(roles.own), roles.count(roles.extra))
    total, part = (make(shape, np.result_type(large.array, small.array)) for make in (np.zeros, np.empty))
    for at, left in zip(np.ndindex(*roles.shape(outer)), _lefts(large, roles, outer, inner), strict=True):
        room[...] = places[at]
        total += np.matmul(left, right, part)
    return total, [*roles.shared, *roles.own, *roles.extra]


def _lefts(large: Named, roles: Roles, outer: list[str], inner: list[str]) -> Iterator[Array]:
    """The matrices own × summed, put in order one by one, or at once where places and taps share an axis."""
    tap, step = roles.own[0], 0
    if len(outer) == 1 and not roles.shared and large.stride(outer[0]) % large.stride(tap) == 0:
        step = large.stride(outer[0]) // large.stride(tap)
    if 0 < step <= roles.sizes[tap]:
        yield from _along_one_axis(large, roles, outer[0], inner, step)
        return
    places = large.along(outer, roles.shared, roles.own, inner)
    room = np.empty(places.shape[len(outer) :], places.dtype)
    for at in np.ndindex(*places.shape[: len(outer)]):
        room[...] = places[at]
        yield room.reshape(*roles.shape(roles.shared), -1, roles.count(inner))


def _along_one_axis(large: Named, roles: Roles, place: str, inner: list[str], step: int) -> Iterator[Array]:
    """The matrices of places so many taps apart; the positions that both reach are put in order once."""
    x = large.along(place, roles.own, inner)
    length = step * (len(x) - 1) + x.shape[1]
    reached = as_strided(x, (length, *x.shape[2:]), x.strides[1:])
    rows = np.ascontiguousarray(reached).reshape(length, -1, roles.count(inner))
    for first in range(0, step * len(x), step):
        yield rows[first : first + x.shape[1]].reshape(-1, rows.shape[-1])
