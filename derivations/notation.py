"""The vocabulary of a definition: axes, tensors, sums, deltas, gradients. Nothing is computed here.

Everything is an ordinary SymPy expression over ``Idx``, ``Indexed`` and ``Sum``; the few heads below
exist only where SymPy has none. ``docs/language.md`` gives the meaning of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sympy import Expr, Function, Idx, Indexed, IndexedBase, KroneckerDelta, Sum, Symbol, evaluate

GRADIENT = "∂"
"""Prefix of the name of a gradient: ``d(x)`` is the tensor ``∂x``."""


class positive(Function):
    """[u > 0]: 1 where u is positive, else 0."""

    nargs = 1
    is_real = True


class is_zero_at(Function):
    """[u = 0] over the reals: 1 where u is zero, else 0."""

    nargs = 1
    is_real = True


class between(Function):
    """[low ≤ u ≤ high] for integers, as ``between(low, u, high)``; only claims hold it.

    A sum over k of between(low, k, high)·u is the sum of u from k = low to high, as far as the axis of k goes.
    """

    nargs = 3
    is_integer = True


class maximum_over(Function):
    """max over an index: ``maximum_over(u, k)``; k is bound."""

    nargs = 2
    is_real = True


class argmax_over(Function):
    """The first index at which the maximum over an axis is reached; an integer label."""

    nargs = 2
    is_integer = True


def axes(spec: str) -> tuple[Idx, ...]:
    """Indices with their axes: ``n, i = axes("n:N i:d")``. Two indices may share one size.

    Parameters
    ----------
    spec : str
        Words ``index:size``, parted by spaces. A size is a name such as ``N`` or ``d'``, or an integer.
    """
    return tuple(_axis(word) for word in spec.split())


def _axis(word: str) -> Idx:
    name, colon, size = word.partition(":")
    if not (name and colon and size):
        raise ValueError(f"axes: {word!r} is not of the form index:size, for example n:N")
    return Idx(name, int(size) if size.isdigit() else size_symbol(size))


def size_symbol(name: str) -> Symbol:
    """The symbol of a size: a non-negative integer."""
    return Symbol(name, integer=True, nonnegative=True)


def size_of(index: Idx) -> Expr:
    """How many values an index takes: its axis."""
    with evaluate(True):
        return index.upper - index.lower + 1


def is_single(index: Expr) -> bool:
    """Whether an index runs over an axis with one position, which a number such as a loss E has."""
    return isinstance(index, Idx) and size_of(index) == 1


def tensors(names: str) -> Any:
    """Real tensors: ``x, W = tensors("x W")``; one name gives one tensor."""
    made = tuple(IndexedBase(name, real=True) for name in names.split())
    return made if len(made) > 1 else made[0]


def labels(names: str) -> Any:
    """Integer tensors, whose values are positions on an axis that the layer declares."""
    made = tuple(IndexedBase(name, integer=True) for name in names.split())
    return made if len(made) > 1 else made[0]


def scalars(names: str) -> Any:
    """Real hyperparameters without an axis; their conditions stand in the layer."""
    made = tuple(Symbol(name, real=True) for name in names.split())
    return made if len(made) > 1 else made[0]


def sum_(term: Expr, *indices: Idx) -> Sum:
    """Σ of a term over the whole axis of each index."""
    with evaluate(True):
        bounds = [(index, 0, size_of(index) - 1) for index in indices]
    return Sum(term, *bounds)


def max_(term: Expr, index: Idx) -> Expr:
    """The maximum of a term over the whole axis of an index."""
    return maximum_over(term, index)


def argmax_(term: Expr, index: Idx) -> Expr:
    """The first position at which the maximum over an axis is reached."""
    return argmax_over(term, index)


def delta(left: Expr, right: Expr) -> Expr:
    """[left = right] for indices, labels and their affine combinations."""
    return KroneckerDelta(left, right)


def d(tensor: IndexedBase) -> IndexedBase:
    """The gradient of the final scalar loss with respect to a tensor; ``d(x)[n, i]`` is ∂Loss/∂x_{ni}."""
    return IndexedBase(GRADIENT + str(tensor.label), real=True)


def is_gradient(tensor: IndexedBase) -> bool:
    """Whether a tensor was made by `d`."""
    return name_of(tensor).startswith(GRADIENT)


def name_of(entry: Indexed | IndexedBase) -> str:
    """The name of a tensor, or of the tensor that an entry belongs to."""
    label = entry.base.label if isinstance(entry, Indexed) else entry.label
    return label.name if isinstance(label, Symbol) else str(label)


class mean_over(Function):
    """The mean over an index: ``mean_over(u, k)``; k is bound."""

    nargs = 2
    is_real = True


class select(Function):
    """``select([u > 0], a, b)``: a where the indicator holds, else b. A choice, never a product."""

    nargs = 3
    is_real = True


class jacobian(Function):
    """∂z[j]/∂x[i], entry by entry: ``jacobian(z[j], x[i])``."""

    nargs = 2
    is_real = True


class derivative(Function):
    """The derivative of a formula by an entry, as a prime in a document means it: ``derivative(u, x[n, i])``.

    Only claims hold it: the judge makes the formula a step and takes the step's jacobian.
    """

    nargs = 2
    is_real = True


@contextmanager
def as_written() -> Iterator[None]:
    """Build claims inside this block: SymPy keeps each formula as it is typed.

    Without it SymPy turns 1 + e^{-a} - 1 into e^{-a} and a step would be proven by erasing it.
    """
    with evaluate(False):
        yield
