"""Layers with moving windows at given sizes: their arrays, their plain loops, and the ways to call what is emitted.

Arrays have the axes of the plain functions, x[n, g, c, …] and K[g, o, c, …]; a class is given the joined ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

import generated
from tests.regime import window_oracles as loops
from tests.regime.window_oracles import Moves, Sides

ENDS = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}
"""How the plain functions' numbers end, one for each spatial axis."""

TAPS = {1: ("T",), 2: ("R", "T"), 3: ("S", "R", "T")}
"""What the plain functions of pooling call the sizes of the window."""


@dataclass(frozen=True)
class Setting:
    """All numbers of a layer and of its input; ``sides`` are those of the input, ``extra`` the output's padding."""

    moves: Moves
    taps: Sides
    sides: Sides
    groups: int = 1
    examples: int = 2
    channels: int = 2
    outputs: int = 2
    extra: Sides = ()

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return self.moves.rank

    def numbers(self, **named: Sides) -> dict[str, int]:
        """Numbers a spatial axis under the names that plain functions have for them."""
        return {
            f"{name}{end}": value
            for name, values in named.items()
            for end, value in zip(ENDS[self.rank], values, strict=True)
        }

    def steps(self) -> dict[str, Sides]:
        """Stride, padding and dilation as a constructor takes them."""
        return {"stride": self.moves.stride, "padding": self.moves.padding, "dilation": self.moves.dilation}


@dataclass(frozen=True)
class Kind:
    """A layer in any number of dimensions.

    Attributes
    ----------
    name, stem
        What its class and its module are called, up to the rank.
    shapes
        The shapes of its arrays by name, the input first.
    output
        The shape of its output.
    forward, gradients
        Plain loops: of the arrays in that order; of the arrays but the bias, and δ.
    plain
        The plain functions' numbers by name, in their order.
    make
        The class with these sizes, given the dtype and whether there is a bias.
    """

    name: str
    stem: str
    shapes: Callable[[Setting], dict[str, tuple[int, ...]]]
    output: Callable[[Setting], tuple[int, ...]]
    forward: Callable[..., Any]
    gradients: Callable[..., tuple[Any, ...]]
    plain: Callable[[Setting], dict[str, int]]
    make: Callable[..., Any]

    def module(self, rank: int) -> Any:
        """The emitted module."""
        return import_module(f"generated.{self.stem}{rank}d")

    def cls(self, rank: int) -> Any:
        """The emitted class."""
        return getattr(generated, f"{self.name}{rank}d")


def _weights(at: Setting) -> dict[str, tuple[int, ...]]:
    return {
        "x": (at.examples, at.groups, at.channels, *at.sides),
        "K": (at.groups, at.outputs, at.channels, *at.taps),
        "b": (at.groups, at.outputs),
    }


def _transposed_weights(at: Setting) -> dict[str, tuple[int, ...]]:
    return {**_weights(at), "K": (at.groups, at.channels, at.outputs, *at.taps)}


def _image(at: Setting) -> dict[str, tuple[int, ...]]:
    return {"x": (at.examples, at.channels, *at.sides)}


def _places(at: Setting) -> tuple[int, ...]:
    return at.moves.places(at.sides, at.taps)


def _weighted(at: Setting, **more: Any) -> dict[str, Any]:
    size = {"input": at.groups * at.channels, "output": at.groups * at.outputs}
    return {**size, "kernel": at.taps, "groups": at.groups, **at.steps(), **more}


def _without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def _sizes(at: Setting) -> dict[str, int]:
    return dict(zip(TAPS[at.rank], at.taps, strict=True))


CONVOLUTION = Kind(
    "Conv",
    "conv",
    shapes=_weights,
    output=lambda at: (at.examples, at.groups, at.outputs, *_places(at)),
    forward=lambda at, x, K, b=None: loops.convolution(at.moves, x, K, b),
    gradients=lambda at, x, K, delta: loops.convolution_gradients(at.moves, x, K, delta),
    plain=lambda at: at.numbers(**at.steps()),
    make=lambda at, cls, **options: cls(**_weighted(at), **options),
)

TRANSPOSED = Kind(
    "ConvTranspose",
    "conv_transpose",
    shapes=_transposed_weights,
    output=lambda at: (at.examples, at.groups, at.outputs, *at.moves.spread(at.sides, at.taps, at.extra)),
    forward=lambda at, x, K, b=None: loops.transposed(at.moves, at.extra, x, K, b),
    gradients=lambda at, x, K, delta: loops.transposed_gradients(at.moves, x, K, delta),
    plain=lambda at: at.numbers(
        stride=at.moves.stride, padding=at.moves.padding, output_padding=at.extra, dilation=at.moves.dilation
    ),
    make=lambda at, cls, **options: cls(**_weighted(at, output_padding=at.extra), **options),
)

AVERAGE = Kind(
    "AvgPool",
    "avg_pool",
    shapes=_image,
    output=lambda at: (at.examples, at.channels, *_places(at)),
    forward=lambda at, x: loops.average_pooling(at.moves, at.taps, x),
    gradients=lambda at, x, delta: (loops.average_pooling_gradient(at.moves, at.taps, x, delta),),
    plain=lambda at: {**_sizes(at), **at.numbers(**_without(at.steps(), "dilation"))},
    make=lambda at, cls, **options: cls(kernel=at.taps, **_without(at.steps(), "dilation")),
)

MAXIMUM = Kind(
    "MaxPool",
    "max_pool",
    shapes=_image,
    output=lambda at: (at.examples, at.channels, *_places(at)),
    forward=lambda at, x: loops.max_pooling(at.moves, at.taps, x),
    gradients=lambda at, x, delta: (loops.max_pooling_gradient(at.moves, at.taps, x, delta),),
    plain=lambda at: {**_sizes(at), **at.numbers(**_without(at.steps(), "padding"))},
    make=lambda at, cls, **options: cls(kernel=at.taps, **_without(at.steps(), "padding")),
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {"convolution": CONVOLUTION, "transposed": TRANSPOSED, "average": AVERAGE, "maximum": MAXIMUM}
)


def restricted(kind: Kind, at: Setting) -> Setting:
    """The same setting without what a kind has no argument for."""
    still, dense = (0,) * at.rank, (1,) * at.rank
    if kind in (AVERAGE, MAXIMUM):
        at = replace(at, groups=1)
    if kind is AVERAGE:
        at = replace(at, moves=replace(at.moves, dilation=dense))
    if kind is MAXIMUM:
        at = replace(at, moves=replace(at.moves, padding=still))
    return at
