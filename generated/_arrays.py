# backproof generate
# content: 55389d2dba0ba4a23bb0f50cbe89f91a
"""Arrays that are given from outside: what they are called, and the checks before anything is computed.

A check raises a ValueError that names the method, the array and the sizes in the words of the formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Array",
    "ArrayLike",
    "Arrays",
    "Domain",
    "Entrywise",
    "Function",
    "Notation",
    "Values",
    "as_array",
    "fresh",
    "require_zero",
]

Array = NDArray[Any]
Arrays = tuple[Any, ...]
Values = Array | np.floating[Any]
Function = Callable[[Array], Array]

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


@dataclass(frozen=True)
class Domain:
    """Where the entries of an array must lie; the words say it, and what to do about any other."""

    low: float
    high: float
    is_open: bool
    words: str
    remedy: str

    def excludes(self, array: Array) -> Array:
        """Which entries lie elsewhere; NaN does."""
        if self.is_open:
            return ~((array > self.low) & (array < self.high))
        return ~((array >= self.low) & (array <= self.high))


@dataclass(frozen=True)
class Entrywise:
    """A function held to what the formulas take it for: a new array of the same shape and dtype.

    It is given a view that is read-only. What it gives is copied: it may be an array that the
    function keeps. A subclass of arrays is refused, such as a matrix, whose product is another one.
    """

    subject: str
    function: Function

    def __call__(self, array: Array) -> Array:
        given = array.view()
        given.flags.writeable = False
        try:
            result = self.function(given)
        except ValueError as error:
            if "read-only" in str(error):
                raise ValueError(f"{self.subject} writes into the array that it is given: {error}") from error
            raise
        if type(result) is not np.ndarray:
            raise ValueError(f"{self.subject} gives {type(result).__name__} for an array")
        if result.shape != array.shape:
            raise ValueError(f"{self.subject} gives shape {result.shape} for an array of shape {array.shape}")
        if result.dtype != array.dtype:
            raise ValueError(f"{self.subject} gives {result.dtype} for an array of {array.dtype}")
        return np.array(result)

    def __repr__(self) -> str:
        return str(getattr(self.function, "__name__", self.function))


@dataclass(frozen=True)
class Notation:
    """What the arrays of a formula are called and how their axes are, with the checks that follow.

    Parameters
    ----------
    axes : mapping of str to tuple of str
        The axes of each array: the names of their sizes, digits where a size is fixed, ``d…`` for any number
        of axes.
    parameters : tuple of str
        Those that belong to the layer, in order.
    least : mapping of str to int
        Sizes that must not be smaller; a maximum needs an axis that is not empty.
    domains : mapping of str to Domain
        Where the entries of an array must lie, if not anywhere.
    labels : mapping of str to str
        Arrays of integers, with the size of the axis on which their values are positions.
    instead : mapping of str to str
        Labels that may be given in place of another array, with the name of that one.
    """

    axes: Mapping[str, tuple[str, ...]]
    parameters: tuple[str, ...] = ()
    least: Mapping[str, int] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The array with its axes, as in ``x[N, d]``."""
        return f"{name}[{', '.join(self.axes[name])}]"

    def checked(
        self, where: str, given: Mapping[str, ArrayLike], parameters: Mapping[str, Array] | None = None
    ) -> dict[str, Array]:
        """The arrays, of one dtype and of sizes that agree. Lists and other array-likes are converted.

        Raises
        ------
        ValueError
            Something is no array of float32, float64, integers or booleans; two dtypes of floats; a
            number of axes or a size that does not fit; a label that is no position on its axis; an entry
        outside the domain of its array.
        """
        arrays, dtype = self.read(where, given, parameters or {})
        return self.settled(where, arrays, dtype, self._sizes(where, arrays))

    def read(
        self, where: str, given: Mapping[str, ArrayLike], parameters: Mapping[str, Array]
    ) -> tuple[dict[str, Array], np.dtype[Any]]:
        """All as arrays, and the one dtype of their floats."""
        values = {**given, **parameters}
        arrays = {name: as_array(f"{where}: {name}", value) for name, value in values.items()}
        return arrays, self._dtype(where, arrays, tuple(parameters))

    def settled(
        self, where: str, arrays: dict[str, Array], dtype: np.dtype[Any], sizes: Mapping[str, int]
    ) -> dict[str, Array]:
        """The arrays in their dtype, once labels and domains are seen to hold."""
        for name, array in arrays.items():
            if name in self.labels:
                self._check_labels(where, name, array, sizes[self.labels[name]])
                arrays[name] = array.astype(np.intp, copy=False)
            elif array.dtype != dtype:
                arrays[name] = array.astype(dtype)
        for name, domain in self.domains.items():
            if name in arrays:
                self._check_domain(where, name, arrays[name], domain)
        return arrays

    def _dtype(self, where: str, arrays: Mapping[str, Array], parameters: tuple[str, ...]) -> np.dtype[Any]:
        """The one dtype of all floats; float64 where there are only integers and booleans."""
        floats = [name for name in arrays if arrays[name].dtype.kind == "f" and name not in self.labels]
        if not floats:
            return np.dtype(np.float64)
        # The parameters decide; without any the last array given, a loss's prediction.
        reference = next((name for name in floats if name in parameters), floats[-1])
        dtype = arrays[reference].dtype
        for name in floats:
            if arrays[name].dtype != dtype:
                remedy = f"pass np.asarray({name}, np.{dtype})"
                if reference in parameters and name not in parameters:
                    remedy += f", or make the layer with dtype=np.{arrays[name].dtype}"
                raise ValueError(
                    f"{where}: {name} is {arrays[name].dtype} but {reference} is {dtype}: {remedy}"
                )
        return dtype

    def _sizes(self, where: str, arrays: Mapping[str, Array]) -> dict[str, int]:
        """The value of each size, the same in all arrays."""
        found: dict[str, tuple[Any, str]] = {}
        for name, array in arrays.items():
            axes, shape = self.axes[name], array.shape
            if axes and axes[-1].endswith("…") and array.ndim > len(axes):
                # What lies behind the first axes has to be the same, axis by axis.
                shape = (*shape[: len(axes) - 1], shape[len(axes) - 1 :])
            if len(shape) != len(axes):
                raise ValueError(
                    f"{where}: {self.text(name)} has {len(axes)} {'axis' if len(axes) == 1 else 'axes'};"
                    f" the array given is {array.shape}: reshape it"
                )
            for axis, size in zip(axes, shape, strict=True):
                if axis.isdigit() and size != int(axis):
                    raise ValueError(f"{where}: {self.text(name)} is {array.shape}: {size} is not {axis}")
                known, first = found.setdefault(axis, (size, name))
                if size != known:
                    both = f"{self.text(first)} is {arrays[first].shape}"
                    if first != name:
                        both += f" but {self.text(name)} is {array.shape}"
                    raise ValueError(f"{where}: {both}: {axis} is {known} and {size}")
        for axis, least in self.least.items():
            size, name = found.get(axis, (least, ""))
            if size < least:
                given = arrays[name].shape
                raise ValueError(f"{where}: {axis} must be at least {least}; {self.text(name)} is {given}")
        return {axis: size for axis, (size, _) in found.items()}

    def _check_domain(self, where: str, name: str, array: Array, domain: Domain) -> None:
        wrong = domain.excludes(array)
        if wrong.any():
            position = tuple(np.argwhere(wrong)[0])
            entry = f"{name}[{', '.join(map(str, position))}]"
            raise ValueError(
                f"{where}: {entry} is {array[position]}: {name} must lie {domain.words}; {domain.remedy}"
            )

    def _check_labels(self, where: str, name: str, labels: Array, count: int) -> None:
        if labels.dtype.kind not in "iu":
            given, remedy = name, f"give labels as integers {self.text(name)}"
            if name in self.instead:
                given = self.instead[name]
                remedy += f", or a target {self.text(given)}"
            raise ValueError(f"{where}: {given} is {labels.shape} of {labels.dtype}: {remedy}")
        wrong = (labels < 0) | (labels >= count)
        if wrong.any():
            position = tuple(np.argwhere(wrong)[0])
            entry = f"{name}[{', '.join(map(str, position))}]"
            axis = self.labels[name]
            raise ValueError(
                f"{where}: labels {self.text(name)} must be from 0 to {axis} - 1 = {count - 1};"
                f" {entry} is {labels[position]}"
            )


def as_array(subject: str, value: ArrayLike) -> Array:
    """An array of booleans, integers, float32 or float64, in the machine's byte order.

    It is the given array itself where that is possible. A matrix is read as its two axes; a masked array
    is refused, since its mask would be lost.
    """
    if type(value) is np.ndarray and value.dtype in FLOATS:
        return value
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{subject} is a masked array, whose mask would be lost: fill it first")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, ArithmeticError, LookupError, RuntimeError) as error:
        raise ValueError(f"{subject} is not an array of numbers: {error}") from error
    if array.dtype.kind not in "biuf" or (array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8)):
        remedy = "convert it to float32 or float64 (integers and booleans are cast)"
        raise ValueError(f"{subject} has dtype {array.dtype}: {remedy}")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def fresh(result: Any, *given: Any) -> Any:
    """The result, copied where it may share memory with an array given; each one of a tuple of results."""
    if isinstance(result, tuple):
        results: list[Array] = []
        for one in result:
            results.append(fresh(one, *given, *results))
        return tuple(results)
    for array in given:
        if array is not None and np.may_share_memory(result, array):
            return np.array(result)
    return result


def require_zero(
    subject: str,
    equation: str,
    residual_of: Callable[[Array], Array],
    array: Array,
    indices: tuple[str, ...],
) -> None:
    """Refuse an array that breaks an equation which the formulas rest on.

    The residual, left side minus right, may reach the root of eps: the rounding in sums of any usual
    length stays below it, and it bounds the relative error that a larger one would put into the results.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        residual = residual_of(array)
    wrong = ~(np.abs(residual) <= math.sqrt(np.finfo(residual.dtype).eps))  # NaN is wrong too
    if np.any(wrong):
        position = tuple(np.argwhere(wrong)[0])
        at = ", ".join(f"{index} = {value}" for index, value in zip(indices, position, strict=True))
        off = f"the left side is off by {residual[position]:.6g}{' at ' + at if at else ''}"
        raise ValueError(f"{subject} must satisfy {equation}; {off}")
