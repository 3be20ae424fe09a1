# backproof generate
# content: 7cf8f89253734b30960adda8502b6196
"""Layers whose arrays are not axis by axis those of the formula, or whose output has sizes of its own.

A method splits the arrays that it is given into the axes of the formula, views of them, and joins the results
again. Where the formula makes windows of every example, it goes through the examples in blocks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._arrays import Array, Arrays, Notation, fresh
from ._examples import SIDE_BY_SIDE, Examples, Rows
from ._support import Module

__all__ = ["Shaped", "Shapes"]

BYTES = 1 << 25
"""What the windows of a block of examples would take if they were copied; a block has one example or more.

Products of windows are fast for 64 examples or more, which most layers then have in a block.
"""

LARGE, KEPT = 1 << 20, 31 << 20
"""Arrays of so many bytes are worth keeping memory for, and how much of it is asked for at most.

A C library that sees such a piece come back (glibc: of up to 32 MB) keeps what later arrays give back, up to
twice as much. It would else return it to the system after each call, and getting it again page by page took a
quarter of a backward's time.
"""

Sizes = dict[str, int]


@dataclass(frozen=True)
class Fit:
    """Arrays that fit together, by the axes of the formula, and what brings results into the public shapes.

    Attributes
    ----------
    given : tuple of array or None
        What was given, then the parameters; None for one that is absent.
    shapes, split : dict of str to tuple of int
        The shape of each array, and of the output as ``delta``: as it is public, and as the formula has it.
    rows : int
        How many examples a block has; 0 where there are no blocks.
    inputs : int
        How many of the arrays were given.
    """

    given: Arrays
    shapes: Mapping[str, tuple[int, ...]]
    split: Mapping[str, tuple[int, ...]]
    rows: int
    inputs: int

    @property
    def arrays(self) -> Arrays:
        """What the plain functions take, those of examples to be cut into blocks where there are blocks."""
        if not self.rows:
            return self.given
        return (*map(Examples, self.given[: self.inputs]), *self.given[self.inputs :])

    def blocks(self) -> Iterator[slice]:
        """The blocks of examples, in order."""
        count = len(self.given[0])
        return (slice(low, low + self.rows) for low in range(0, count, self.rows))

    def by_rows(self, like: str = "delta") -> Rows:
        """A place for a result that comes in blocks: the output, or what is like an input."""
        return Rows(self.split[like], self.given[0].dtype)

    def joined(self, result: Any, *like: str) -> Any:
        """The output, or with names what is like these inputs, in public shapes and in memory of its own."""
        results = result if isinstance(result, tuple) else (result,)
        arrays = tuple(one.array if isinstance(one, Rows) else one for one in results)
        pairs = zip(fresh(arrays, *self.given), like or ("delta",), strict=True)
        public = tuple(array.reshape(self.shapes[name]) for array, name in pairs)
        return public if isinstance(result, tuple) else public[0]


@dataclass(frozen=True)
class Shapes(Notation):
    """A `Notation` with axes that are several of the formula's, and with sizes that follow from others.

    An axis ``G·C`` has G·C entries, those of C fastest; ``K…`` is any number of axes with K entries in all.

    Parameters
    ----------
    public : mapping of str to str
        What the methods call the inputs.
    settings : tuple of str
        The arguments of the constructor that an error about sizes lists.
    block : tuple of str
        The sizes whose product is what the windows of one example hold. Without any there are no blocks.
    """

    public: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    block: tuple[str, ...] = ()

    @cached_property
    def factors(self) -> dict[str, list[list[str]]]:
        """The sizes of the formula whose product each axis of each array has."""
        parted = {axis: axis.removesuffix("…").split("·") for axes in self.axes.values() for axis in axes}
        return {name: [parted[axis] for axis in axes] for name, axes in self.axes.items()}

    @cached_property
    def fixed(self) -> Sizes:
        """The sizes that are numbers."""
        names = {*self.block, *(one for axes in self.factors.values() for factors in axes for one in factors)}
        return {one: int(one) for one in names if one.isdigit()}

    @cached_property
    def plain(self) -> frozenset[str]:
        """The arrays whose axes are those of the formula."""
        return frozenset(name for name, axes in self.axes.items() if not {*"".join(axes)} & {"·", "…"})

    def measured(
        self, where: str, arrays: Mapping[str, Array], known: Sizes, follow: Callable[[Sizes], Sizes]
    ) -> Sizes:
        """The value of each size: known, the same in all arrays, or following from these."""
        sizes, owners = {**self.fixed, **known}, dict[str, str]()
        for name in arrays:
            if name != "delta":
                self._measure(where, name, arrays, sizes, owners)
        followed = follow(sizes)
        for axis, size in followed.items():
            if size < self.least.get(axis, size):
                raise ValueError(f"{where}: the window does not fit: {axis} would be {size}")
            if sizes.setdefault(axis, size) != size:
                owner = owners.get(axis)
                mine = "" if owner is None else f"{self.text(owner)} is {arrays[owner].shape}: "
                raise ValueError(f"{where}: {mine}{axis} is {sizes[axis]}, but {size} is what follows")
        if "delta" in arrays:
            self._measure(where, "delta", arrays, sizes, owners)
        for axis, least in self.least.items():
            if sizes.get(axis, least) < least:
                raise ValueError(f"{where}: {axis} must be at least {least}; it is {sizes[axis]}")
        return sizes

    def split(self, name: str, sizes: Sizes) -> tuple[int, ...]:
        """The shape of an array by the axes of the formula."""
        return tuple([sizes[one] for factors in self.factors[name] for one in factors])

    def joined(self, name: str, sizes: Sizes) -> tuple[int, ...]:
        """The public shape of an array."""
        return tuple([math.prod([sizes[one] for one in factors]) for factors in self.factors[name]])

    def rows(self, sizes: Sizes, itemsize: int) -> int:
        """How many examples a block has; 0 without blocks."""
        if not self.block:
            return 0
        taken = max(1, math.prod(sizes[name] for name in self.block) * itemsize)
        rows = max(1, BYTES // taken)
        return rows - rows % SIDE_BY_SIDE if rows > SIDE_BY_SIDE else rows

    def _measure(
        self, where: str, name: str, arrays: Mapping[str, Array], sizes: Sizes, owners: dict[str, str]
    ) -> None:
        """Add the sizes that an array tells, and refuse one that contradicts those before it."""
        shape = arrays[name].shape
        for factors, size in zip(self.factors[name], self._axis_sizes(where, name, shape), strict=True):
            if len(factors) == 1 and sizes.setdefault(factors[0], size) == size:
                owners.setdefault(factors[0], name)
                continue
            axis, mine = "·".join(factors), f"{self.text(name)} is {shape}"
            new = [one for one in factors if one not in sizes]
            others = [one for one in factors if one in sizes]
            rest = math.prod(sizes[one] for one in others)
            if len(new) == 1 and rest and size % rest == 0:
                sizes[new[0]], owners[new[0]] = size // rest, name
            elif new:
                product = f"{'·'.join(others)} = {rest}"
                raise ValueError(f"{where}: {mine}: {axis} is {size}, which is no multiple of {product}")
            elif size != rest:
                first = next((owners[one] for one in reversed(factors) if one in owners), name)
                if first == name:
                    raise ValueError(f"{where}: {mine}: {axis} is {size}, not {rest}")
                both = f"{self.text(first)} is {arrays[first].shape} but {mine}"
                raise ValueError(f"{where}: {both}: {axis} is {rest} and {size}")

    def _axis_sizes(self, where: str, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape, with the entries of ``K…`` counted together."""
        axes = self.axes[name]
        is_open = axes[-1].endswith("…")
        if len(shape) < len(axes) or (len(shape) > len(axes) and not is_open):
            count = f"{len(axes)} {'axis' if len(axes) == 1 else 'axes'}{' or more' if is_open else ''}"
            given = f"the array given is {shape}: reshape it"
            raise ValueError(f"{where}: {self.text(name)} has {count}; {given}")
        return (*shape[: len(axes) - 1], math.prod(shape[len(axes) - 1 :])) if is_open else shape


class Shaped(Module):
    """A layer with `Shapes`."""

    _notation: Shapes

    def _known_sizes(self) -> Sizes:
        """The sizes that no axis of an array shows alone."""
        return {}

    def _output_sizes(self, sizes: Sizes) -> Sizes:
        """The sizes of the output that follow from others."""
        return {}

    def _fit(self, method: str, **given: ArrayLike) -> Fit:
        """What was given and the parameters, as arrays that fit together, by the axes of the formula."""
        where, notation = f"{type(self).__name__}.{method}", self._notation
        arrays, dtype = notation.read(where, given, self.parameters)
        try:
            sizes = notation.measured(where, arrays, self._known_sizes(), self._output_sizes)
        except ValueError as error:
            raise ValueError(f"{error}; {', '.join(self._shown(arrays))}") from None
        arrays = notation.settled(where, arrays, dtype, sizes)
        shapes = {name: array.shape for name, array in arrays.items()}
        if "delta" not in shapes:
            shapes["delta"] = notation.joined("delta", sizes)
        split, parted = dict(shapes), dict(arrays)
        for name in shapes.keys() - notation.plain:
            split[name] = notation.split(name, sizes)
            if name in parted:
                parted[name] = parted[name].reshape(split[name])
        rows = notation.rows(sizes, dtype.itemsize)
        _keep_memory(sum(array.nbytes for array in arrays.values()))
        return Fit(tuple(map(parted.get, (*given, *notation.parameters))), shapes, split, rows, len(given))

    def _shown(self, arrays: Mapping[str, Array]) -> list[str]:
        """The inputs' shapes and the settings, as an error lists them."""
        notation, shown = self._notation, []
        for name, public in notation.public.items():
            if name in arrays:
                shown.append(f"{public} ({', '.join(notation.axes[name])}) = {arrays[name].shape}")
        names = [name for name in notation.settings if not (arrays and name in notation.public.values())]
        return shown + [f"{name} {getattr(self, name)}" for name in names]

    def _require(self, *conditions: tuple[str, bool]) -> None:
        """Refuse settings that break a condition."""
        for text, holds in conditions:
            if not holds:
                raise ValueError(f"{type(self).__name__}: {text} does not hold; {', '.join(self._shown({}))}")

    def _add(self, **gradients: Array | None) -> None:
        """Add to the gradients, in their public shapes; None belongs to a parameter that is absent."""
        for name, gradient in gradients.items():
            if gradient is not None:
                self.gradients[name] += gradient.reshape(self.gradients[name].shape)


def _keep_memory(size: int) -> None:
    """Have the memory that a call with arrays of so many bytes gives back be there for the next one."""
    if size >= LARGE:
        np.empty(min(4 * size, KEPT), np.uint8)  # given back at once; no page of it is touched
