"""Layers with moving windows in plain loops, in any number of dimensions, over any number type.

Every term of a formula is met once: the forward adds x·K where y stands, the gradients add δ·K where x stands and
δ·x where K stands. Nothing is counted by a formula that the emitted code could share: how often a window fits is
found by moving it.

x[n, g, c, …] and K[g, o, c, …] have the axes of the plain functions: example, group, channel of a group, sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
Sides = tuple[int, ...]


@dataclass(frozen=True)
class Moves:
    """How a window moves over an image: a number for each spatial axis."""

    stride: Sides
    padding: Sides
    dilation: Sides

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.stride)

    def places(self, sides: Sides, taps: Sides) -> Sides:
        """How often the window fits into the padded image, an axis at a time: it is moved until it does not."""
        counts = []
        for side, size, stride, padding, dilation in zip(
            sides, taps, self.stride, self.padding, self.dilation, strict=True
        ):
            count = 0
            while count * stride + dilation * (size - 1) < side + 2 * padding:
                count += 1
            counts.append(count)
        return tuple(counts)

    def least(self, taps: Sides) -> Sides:
        """The smallest sides of an image, at least 1, into which the window fits once."""
        found = []
        for size, padding, dilation in zip(taps, self.padding, self.dilation, strict=True):
            side = 1
            while side + 2 * padding <= dilation * (size - 1):
                side += 1
            found.append(side)
        return tuple(found)

    def spread(self, places: Sides, taps: Sides, extra: Sides) -> Sides:
        """The sides that a transposed convolution fills: all that is reached, less the padding at both ends."""
        found = []
        for axis, (count, size) in enumerate(zip(places, taps, strict=True)):
            reached = [self.stride[axis] * p + self.dilation[axis] * r for p in range(count) for r in range(size)]
            found.append(max(reached) + 1 - 2 * self.padding[axis] + extra[axis])
        return tuple(found)

    def touches(self, places: Sides, taps: Sides, sides: Sides) -> Iterator[tuple[Sides, Sides, Sides]]:
        """Every place and tap of the window that lies within the image, with where it lies; row by row."""
        for place in np.ndindex(*places):
            for tap in np.ndindex(*taps):
                moved = zip(self.stride, place, self.dilation, tap, self.padding, strict=True)
                at = tuple(stride * p + dilation * r - padding for stride, p, dilation, r, padding in moved)
                if all(0 <= position < side for position, side in zip(at, sides, strict=True)):
                    yield place, tap, at


def filled(shape: tuple[int, ...], value: Any = 0) -> Array:
    """An array of objects."""
    array = np.empty(shape, dtype=object)
    array[...] = value
    return array


def convolution(moves: Moves, x: Array, K: Array, b: Array = None) -> Array:
    """y[n, g, o, p…] = Σ_{c, r…} x[n, g, c, stride·p + dilation·r − padding …] K[g, o, c, r…] + b[g, o]"""
    (N, G, C, *sides), (_, out, _, *taps) = x.shape, K.shape
    places = moves.places(tuple(sides), tuple(taps))
    y = filled((N, G, out, *places))
    for n, g, o in np.ndindex(N, G, out):
        for place, tap, at in moves.touches(places, tuple(taps), tuple(sides)):
            for c in range(C):
                y[n, g, o, *place] = y[n, g, o, *place] + x[n, g, c, *at] * K[g, o, c, *tap]
    return _plus_bias(y, b)


def convolution_gradients(moves: Moves, x: Array, K: Array, delta: Array) -> tuple[Array, Array, Array]:
    """The gradients of Σ δ·y by x, K and b."""
    (N, G, C, *sides), (_, out, _, *taps), (_, _, _, *places) = x.shape, K.shape, delta.shape
    dx, dK = filled(x.shape), filled(K.shape)
    for n, g, o in np.ndindex(N, G, out):
        for place, tap, at in moves.touches(tuple(places), tuple(taps), tuple(sides)):
            for c in range(C):
                dx[n, g, c, *at] = dx[n, g, c, *at] + delta[n, g, o, *place] * K[g, o, c, *tap]
                dK[g, o, c, *tap] = dK[g, o, c, *tap] + delta[n, g, o, *place] * x[n, g, c, *at]
    return dx, dK, _bias_gradient(delta)


def transposed(moves: Moves, extra: Sides, x: Array, K: Array, b: Array = None) -> Array:
    """y[n, g, o, h…] = Σ of x[n, g, c, p…] K[g, c, o, r…] over all h = stride·p + dilation·r − padding, + b[g, o]"""
    (N, G, C, *places), (_, _, out, *taps) = x.shape, K.shape
    sides = moves.spread(tuple(places), tuple(taps), extra)
    y = filled((N, G, out, *sides))
    for n, g, o in np.ndindex(N, G, out):
        for place, tap, at in moves.touches(tuple(places), tuple(taps), sides):
            for c in range(C):
                y[n, g, o, *at] = y[n, g, o, *at] + x[n, g, c, *place] * K[g, c, o, *tap]
    return _plus_bias(y, b)


def transposed_gradients(moves: Moves, x: Array, K: Array, delta: Array) -> tuple[Array, Array, Array]:
    """The gradients of Σ δ·y by x, K and b."""
    (N, G, C, *places), (_, _, out, *taps), (_, _, _, *sides) = x.shape, K.shape, delta.shape
    dx, dK = filled(x.shape), filled(K.shape)
    for n, g, o in np.ndindex(N, G, out):
        for place, tap, at in moves.touches(tuple(places), tuple(taps), tuple(sides)):
            for c in range(C):
                dx[n, g, c, *place] = dx[n, g, c, *place] + delta[n, g, o, *at] * K[g, c, o, *tap]
                dK[g, c, o, *tap] = dK[g, c, o, *tap] + delta[n, g, o, *at] * x[n, g, c, *place]
    return dx, dK, _bias_gradient(delta)


def average_pooling(moves: Moves, taps: Sides, x: Array) -> Array:
    """y[n, c, p…] = Σ_{r…} x[n, c, stride·p + r − padding …] / the number of taps"""
    N, C, *sides = x.shape
    places = moves.places(tuple(sides), taps)
    y = filled((N, C, *places))
    for n, c in np.ndindex(N, C):
        for place, _, at in moves.touches(places, taps, tuple(sides)):
            y[n, c, *place] = y[n, c, *place] + x[n, c, *at]
        for place in np.ndindex(*places):
            y[n, c, *place] = y[n, c, *place] / int(np.prod(taps))
    return y


def average_pooling_gradient(moves: Moves, taps: Sides, x: Array, delta: Array) -> Array:
    """The gradient of Σ δ·y by x."""
    (N, C, *sides), (_, _, *places) = x.shape, delta.shape
    dx = filled(x.shape)
    for n, c in np.ndindex(N, C):
        for place, _, at in moves.touches(tuple(places), taps, tuple(sides)):
            dx[n, c, *at] = dx[n, c, *at] + delta[n, c, *place]
        for at in np.ndindex(*sides):
            dx[n, c, *at] = dx[n, c, *at] / int(np.prod(taps))
    return dx


def winners(moves: Moves, taps: Sides, x: Array) -> Array:
    """Where the largest entry of each window lies: the first of several, row by row."""
    N, C, *sides = x.shape
    found = filled((N, C, *moves.places(tuple(sides), taps)), None)
    for n, c in np.ndindex(N, C):
        for place, _, at in moves.touches(found.shape[2:], taps, tuple(sides)):
            best = found[n, c, *place]
            if best is None or x[n, c, *at] > x[n, c, *best]:
                found[n, c, *place] = at
    return found


def max_pooling(moves: Moves, taps: Sides, x: Array) -> Array:
    """y[n, c, p…] = max over r… of x[n, c, stride·p + dilation·r …]"""
    at = winners(moves, taps, x)
    y = filled(at.shape)
    for n, c, *place in np.ndindex(*at.shape):
        y[n, c, *place] = x[n, c, *at[n, c, *place]]
    return y


def max_pooling_gradient(moves: Moves, taps: Sides, x: Array, delta: Array) -> Array:
    """The gradient of Σ δ·y by x: all of δ goes to the winner."""
    at, dx = winners(moves, taps, x), filled(x.shape)
    for n, c, *place in np.ndindex(*at.shape):
        winner = at[n, c, *place]
        dx[n, c, *winner] = dx[n, c, *winner] + delta[n, c, *place]
    return dx


def zero_padding(before: Sides, x: Array) -> Array:
    """y[n, c, p, q] = x[n, c, p − padding, q − padding], 0 outside x"""
    N, C, *sides = x.shape
    y = filled((N, C, *(side + 2 * more for side, more in zip(sides, before, strict=True))))
    for n, c, *at in np.ndindex(*x.shape):
        y[n, c, *(position + more for position, more in zip(at, before, strict=True))] = x[n, c, *at]
    return y


def global_average(x: Array) -> Array:
    """y[n, c] = Σ_{h, w} x[n, c, h, w] / HW"""
    N, C, *sides = x.shape
    y = filled((N, C))
    for n, c in np.ndindex(N, C):
        for at in np.ndindex(*sides):
            y[n, c] = y[n, c] + x[n, c, *at]
        y[n, c] = y[n, c] / int(np.prod(sides))
    return y


def _plus_bias(y: Array, b: Array) -> Array:
    if b is not None:
        for n, g, o, *place in np.ndindex(*y.shape):
            y[n, g, o, *place] = y[n, g, o, *place] + b[g, o]
    return y


def _bias_gradient(delta: Array) -> Array:
    db = filled(delta.shape[1:3])
    for n, g, o, *place in np.ndindex(*delta.shape):
        db[g, o] = db[g, o] + delta[n, g, o, *place]
    return db


def untied_bias(x: Array, b: Array) -> Array:
    """Each place of each channel plus its own number."""
    y = filled(x.shape)
    for at in np.ndindex(*x.shape):
        y[at] = x[at] + b[at[1:]]
    return y
