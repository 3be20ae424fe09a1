# backproof generate
# content: fab0f1c51c70ed79c77fb479dbfcb84f
"""Blocks of the examples of an array: in the memory order in which products of windows are fast."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._arrays import Array

__all__ = ["SIDE_BY_SIDE", "Examples", "Rows"]

SIDE_BY_SIDE = 16
"""So many examples are worth being brought into the order in which products of windows are fast."""


class Examples:
    """An array that is given, whose blocks of rows have the same entry of all their examples side by side."""

    def __init__(self, array: Array) -> None:
        self._array = array

    def __getitem__(self, rows: slice) -> Array:
        return _side_by_side(self._array[rows])


def _side_by_side(block: Array) -> Array:
    """The examples, in memory such that those of one are as far apart as there are examples.

    A product for each place of the windows of such examples has long rows. What layers of windows make lies
    so already. Of few examples those of one stay together: one product for each example is faster.
    """
    if len(block) < SIDE_BY_SIDE or block.strides[0] == block.itemsize:
        return block
    order = sorted(range(1, block.ndim), key=lambda axis: -abs(block.strides[axis]))
    laid = block.transpose([0, *order])
    # One transposed matrix is copied faster than axes of images that change places.
    turned = np.ascontiguousarray(laid.reshape(len(block), -1).T).reshape(*laid.shape[1:], len(block))
    return turned.transpose(np.argsort([*order, 0]))


class Rows:
    """A result that is made of blocks of its rows, in the memory order in which they come."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.array = np.empty((0, *shape[1:]), dtype)
        self._shape = shape

    def __setitem__(self, rows: slice, block: Array) -> None:
        if len(block) == self._shape[0]:
            self.array = block
            return
        if len(self.array) < self._shape[0]:
            self.array = np.empty_like(block, shape=self._shape)
        self.array[rows] = block
