"""The generated code: plain functions of dense layers, classes of those with windows.

A class gets its arrays as NumPy makes them (``emitted``), and in the memory order in which it returns its own
results (``emitted, own order``), as it does behind another one.
"""

from __future__ import annotations

import numpy as np

import generated
from benchmarks.rows import Row


def of_functions(module, labels: bool = False):
    suffix = "_labels" if labels else ""
    forward, backward = (getattr(module, direction + suffix) for direction in ("forward", "backward"))

    def way(row: Row, inputs: tuple, delta: np.ndarray):
        return lambda: backward(forward(*inputs, *row.settings.values())[1], delta)

    return way


def like(result: np.ndarray, x: np.ndarray) -> np.ndarray:
    """An array in the memory order of another one."""
    ordered = np.empty_like(result, shape=x.shape)
    ordered[...] = x
    return ordered


def of_layer(layer, inputs: tuple, delta: np.ndarray, is_own_order: bool):
    x, *parameters = inputs
    for array, given in zip(layer.parameters.values(), parameters, strict=True):
        array[...] = given
    if is_own_order:
        x, delta = like(layer.forward(x), x), like(layer.backward(x, delta), delta)
    return lambda: (layer.forward(x), layer.backward(x, delta))


def convolution(name: str, is_own_order: bool, *settings: str):
    def way(row: Row, inputs: tuple, delta: np.ndarray):
        (_, channels, *_), (output, _, *kernel) = row.shapes[:2]
        taken = {each: row.settings[each] for each in settings}
        layer = getattr(generated, name)(channels, output, tuple(kernel), **taken, dtype=delta.dtype)
        return of_layer(layer, inputs, delta, is_own_order)

    return way


def pooling(name: str, is_own_order: bool):
    def way(row: Row, inputs: tuple, delta: np.ndarray):
        return of_layer(getattr(generated, name)(**row.settings), inputs, delta, is_own_order)

    return way


def of_windows(is_own_order: bool) -> dict:
    return {
        "convolution": convolution("Conv2d", is_own_order, "stride", "padding"),
        "Winograd_convolution": convolution("WinogradConv2d", is_own_order, "padding"),
        "average_pooling": pooling("AvgPool2d", is_own_order),
        "max_pooling": pooling("MaxPool2d", is_own_order),
    }


WAYS = {
    "emitted": {
        "linear": of_functions(generated.linear),
        "tanh": of_functions(generated.tanh),
        "sigmoid": of_functions(generated.sigmoid),
        "rbf": of_functions(generated.rbf),
        "cross_entropy": of_functions(generated.cross_entropy_loss, labels=True),
        "bce_with_logits": of_functions(generated.bce_with_logits_loss),
        **of_windows(False),
    },
    "emitted, own order": of_windows(True),
}
