"""The layers with windows in JAX, compiled, with its own gradients; JAX is no dependency of the project.

They run on arrays as NumPy makes them (``JAX``) and on arrays whose channels come last.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.rows import Row

jax.config.update("jax_enable_x64", True)

FIRST = ("NCHW", "OIHW", "NCHW")
LAST = ("NHWC", "HWIO", "NHWC")


def placed(array: np.ndarray, written: str, wanted: str):
    return jnp.asarray(np.ascontiguousarray(array.transpose([written.index(c) for c in wanted])))


def both_directions(function, inputs: tuple, delta):
    """Forward and backward: the output, and the gradients of the inputs for delta there."""

    @jax.jit
    def run(inputs, delta):
        y, pull_back = jax.vjp(function, *inputs)
        return y, pull_back(delta)

    return lambda: jax.block_until_ready(run(inputs, delta))


def convolution(order: tuple[str, str, str]):
    def way(row: Row, inputs: tuple, delta):
        stride, padding = row.settings["stride"], row.settings["padding"]
        x, K, b = inputs
        arrays = *(placed(a, axes, new) for a, axes, new in zip((x, K), FIRST, order, strict=False)), jnp.asarray(b)

        def function(x, K, b):
            pads = [(padding, padding)] * 2
            y = lax.conv_general_dilated(x, K, (stride, stride), pads, dimension_numbers=order)
            return y + b.reshape([-1 if axis == "C" else 1 for axis in order[2]])

        return both_directions(function, arrays, placed(delta, FIRST[2], order[2]))

    return way


def pooling(order: tuple[str, str, str], start: float, combine, is_mean: bool):
    def way(row: Row, inputs: tuple, delta):
        kernel, stride = row.settings["kernel"], row.settings["stride"]
        sides, steps = ([n if axis in "HW" else 1 for axis in order[0]] for n in (kernel, stride))

        def function(x):
            found = lax.reduce_window(x, np.asarray(start, delta.dtype)[()], combine, sides, steps, "VALID")
            return found / kernel**2 if is_mean else found

        arrays = (placed(inputs[0], FIRST[0], order[0]),)
        return both_directions(function, arrays, placed(delta, FIRST[2], order[2]))

    return way


def of_windows(order: tuple[str, str, str]) -> dict:
    return {
        "convolution": convolution(order),
        "Winograd_convolution": convolution(order),
        "average_pooling": pooling(order, 0.0, lax.add, True),
        "max_pooling": pooling(order, -np.inf, lax.max, False),
    }


WAYS = {"JAX": of_windows(FIRST), "JAX, channels last": of_windows(LAST)}
