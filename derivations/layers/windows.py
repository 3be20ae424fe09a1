"""What layers with a moving window share: the axes of an image and of a kernel, in one to three dimensions.

A window reads x[…, stride·p + dilation·r - padding, …]: p counts places, r taps. What lies outside the
image reads 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Idx, Symbol

from derivations.layer import Hyperparameter
from derivations.notation import axes, size_of

SIDES = ("", "_h _w", "_d _h _w")
"""How the hyperparameters of each spatial axis end: there is none to tell apart in one dimension."""


@dataclass(frozen=True)
class Window:
    """The spatial axes of a layer with windows.

    Attributes
    ----------
    rank : int
        How many spatial axes: 1, 2 or 3.
    """

    rank: int

    @property
    def inside(self) -> tuple[Idx, ...]:
        """The indices of the image: depth, height, width, as many as there are."""
        return axes("d:D h:H w:W")[-self.rank :]

    @property
    def places(self) -> tuple[Idx, ...]:
        """The indices of the places of the window."""
        return axes("u:U p:P q:Q")[-self.rank :]

    @property
    def taps(self) -> tuple[Idx, ...]:
        """The indices of the kernel."""
        return axes("s:S r:R t:T")[-self.rank :]

    @cached_property
    def stride(self) -> tuple[Symbol, ...]:
        """The steps from place to place."""
        return self._scalars("stride")

    @cached_property
    def padding(self) -> tuple[Symbol, ...]:
        """The zeros before, and after, each axis."""
        return self._scalars("padding")

    @cached_property
    def dilation(self) -> tuple[Symbol, ...]:
        """The steps from tap to tap."""
        return self._scalars("dilation")

    def _scalars(self, name: str) -> tuple[Symbol, ...]:
        ends = SIDES[self.rank - 1].split() or [""]
        return tuple(Symbol(f"{name}{end}", integer=True) for end in ends)


def strides(window: Window, default: Sequence[Expr] | None = None) -> tuple[Hyperparameter, ...]:
    """The strides as hyperparameters, 1 where nothing else is given."""
    given = default if default is not None else [1] * window.rank
    return tuple(Hyperparameter(s, value, (s >= 1,)) for s, value in zip(window.stride, given, strict=True))


def paddings(window: Window) -> tuple[Hyperparameter, ...]:
    """The paddings as hyperparameters."""
    return tuple(Hyperparameter(s, 0, (s >= 0,)) for s in window.padding)


def dilations(window: Window) -> tuple[Hyperparameter, ...]:
    """The dilations as hyperparameters."""
    return tuple(Hyperparameter(s, 1, (s >= 1,)) for s in window.dilation)


def positions(window: Window, places: Sequence[Expr], taps: Sequence[Expr]) -> tuple[Expr, ...]:
    """Where the taps of a window at some places lie in the image: stride·p + dilation·r - padding."""
    each = zip(window.stride, places, window.dilation, taps, window.padding, strict=True)
    return tuple(stride * p + dilation * r - padding for stride, p, dilation, r, padding in each)


def kernel_sizes(window: Window) -> tuple[Hyperparameter, ...]:
    """The sizes of a window that no array tells, as hyperparameters; 2 where nothing else is given."""
    return tuple(Hyperparameter(size_of(tap), 2, (size_of(tap) >= 1,)) for tap in window.taps)


def places_of(window: Window) -> dict[Symbol, Expr]:
    """How many places a window has: as many as leave it within the padded image."""
    found = {}
    for i, stride in enumerate(window.stride):
        reach = window.dilation[i] * (size_of(window.taps[i]) - 1) + 1
        room = size_of(window.inside[i]) + 2 * window.padding[i] - reach
        found[size_of(window.places[i])] = room // stride + 1
    return found
