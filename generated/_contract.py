# backproof generate
# content: ba9858620b813b71d3233461102bc82d
"""Products of two arrays over any axes, which letters name, as products of matrices.

``contract("ik, kj -> ij", a, b)`` is a product of matrices. Letters of both arrays that the result lacks are
summed; those of both that it has are a batch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from ._arrays import Array
from ._places import Named, by_places

__all__ = ["contract"]

WIDE = 32
"""Matrices of so many columns are worth a product each, so that the result need not be put in order."""


class Plan(NamedTuple):
    """The letters of the arrays and of the matrices that are multiplied.

    Attributes
    ----------
    left, right, result : str
        The letters of a, of b and of the result.
    batch, rows, summed, columns : str
        Those that count products; those of a alone, of both, of b alone in each product.
    wide : str
        The letters of one array that are left to a product where others of it count products.
    """

    left: str
    right: str
    result: str
    batch: str
    rows: str
    summed: str
    columns: str
    wide: str = ""


def contract(letters: str, a: Array, b: Array) -> Array:
    """Sum the entries of a times those of b over all letters that the result lacks.

    Parameters
    ----------
    letters : str
        Such as "gocrt, ngcprqt -> ngopq": a letter for each axis of a, of b and of the result.
    a, b : array
        What is multiplied.

    Returns
    -------
    array
        A new one, whose axes need not lie in memory in their order.
    """
    plan, other = _plans(letters)
    sizes = _sizes(plan, a, b)
    placed = by_places(Named(plan.left, a), Named(plan.right, b), plan.result)
    if placed is not None:
        return placed
    if plan.wide and math.prod([sizes[c] for c in plan.wide]) < WIDE:
        plan = other
    left = _matrices(a, plan.left, plan.batch, plan.rows, plan.summed, sizes)
    right = _matrices(b, plan.right, plan.batch, plan.summed, plan.columns, sizes)
    made = plan.batch + plan.rows + plan.columns
    product = np.matmul(left, right).reshape([sizes[c] for c in made])
    return product if made == plan.result else product.transpose([made.index(c) for c in plan.result])


@cache
def _plans(letters: str) -> tuple[Plan, Plan]:
    """A contraction with products counted by the first letters of the result, and by shared ones alone."""
    operands, _, result = letters.replace(" ", "").partition("->")
    left, _, right = operands.partition(",")
    both = {*left} & {*right}
    if (
        any(len(set(each)) < len(each) for each in (left, right, result))
        or {*left} ^ {*right} != {*result} - both
    ):
        raise ValueError(
            f'contract: in "{letters}" an axis stands twice, or the result lacks one of a single array'
        )
    summed = "".join(c for c in left if c in both and c not in result)
    shared = "".join(c for c in result if c in both)

    def plan(batch: str, wide: str = "") -> Plan:
        rows, columns = (
            "".join(c for c in result if c in own and c not in batch + summed) for own in (left, right)
        )
        return Plan(left, right, result, batch, rows, summed, columns, wide)

    whole = plan(shared)
    own = [c for c in result if c not in both]
    if own in ([*whole.rows, *whole.columns], [*whole.columns, *whole.rows]):
        return whole, whole
    mine = left if own[0] in left else right
    first = next(at for at, c in enumerate(result) if c not in both and c not in mine)
    parted = "".join(c for c in result[:first] if c in mine)
    wide = "".join(c for c in result[first:] if c in mine and c not in both)
    return plan(parted + "".join(c for c in shared if c not in parted), wide), whole


def _sizes(plan: Plan, a: Array, b: Array) -> Mapping[str, int]:
    sizes: dict[str, int] = {}
    for own, array in ((plan.left, a), (plan.right, b)):
        if len(own) != array.ndim:
            raise ValueError(f"contract: {own} names {len(own)} axes of an array of {array.ndim}")
        for letter, size in zip(own, array.shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise ValueError(f"contract: an axis {letter} of {sizes[letter]} meets one of {size}")
    return sizes


def _matrices(x: Array, own: str, batch: str, first: str, second: str, sizes: Mapping[str, int]) -> Array:
    """An array as matrices with the closest axis innermost, a copy only where its memory is not one."""
    shape = [sizes[c] if c in own else 1 for c in batch]
    size = [math.prod([sizes[c] for c in group]) for group in (first, second)]
    counted = [own.index(c) for c in batch if c in own]
    axes = [own.index(c) for c in first], [own.index(c) for c in second]

    def closeness(at: int) -> tuple[int, int]:
        return abs(x.strides[at]), -x.shape[at]

    last = [group[-1] for group in axes if group]
    if axes[0] and min(last, key=closeness) == axes[0][-1]:
        flat = x.transpose(counted + axes[1] + axes[0]).reshape([*shape, size[1], size[0]])
        return _whole(flat).swapaxes(-1, -2)
    return _whole(x.transpose(counted + axes[0] + axes[1]).reshape([*shape, *size]))


def _whole(x: Array) -> Array:
    """Matrices whose rows lie whole in memory, as the product of matrices is fast for."""
    entry, (apart, close) = x.itemsize, x.strides[-2:]
    is_whole = close == entry and apart >= x.shape[-1] * entry and apart % entry == 0
    return x if is_whole else np.ascontiguousarray(x)
