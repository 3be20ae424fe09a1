"""What is measured: a layer at some sizes, and the arrays that every way gets, drawn alike in each process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Row:
    """One piece of work: forward and backward of a layer.

    Attributes
    ----------
    work : str
        What the table calls it.
    layer : str
        What the modules of the ways call it.
    shapes : tuple of tuples of int
        Of the inputs, parameters after data; all have gradients.
    result : tuple of int
        The shape of the output, and so of delta.
    products : int
        The multiplications and additions of the formula in forward and backward, where they are products of arrays.
    settings : mapping of str to a number
        What the layer takes beside arrays.
    classes : int
        Where not 0, the first input is not data but a label below this number for each example.
    """

    work: str
    layer: str
    shapes: tuple[tuple[int, ...], ...]
    result: tuple[int, ...]
    products: int = 0
    settings: Mapping[str, float] = field(default_factory=dict)
    classes: int = 0

    def draw(self, dtype: str) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """The inputs and delta."""
        rng = np.random.default_rng(0)
        inputs = tuple(rng.normal(size=shape).astype(dtype) for shape in self.shapes)
        delta = rng.normal(size=self.result).astype(dtype)
        if self.classes:
            inputs = rng.integers(0, self.classes, len(inputs[0])), *inputs
        return inputs, delta

    @property
    def entries(self) -> int:
        """What has to pass through memory: inputs and delta are read, the output and the gradients written."""
        return 2 * (sum(map(math.prod, self.shapes)) + math.prod(self.result))


def linear(n: int, d: int, j: int) -> Row:
    return Row(f"linear {n} × {d} × {j}", "linear", ((n, d), (j, d), (j,)), (n, j), 6 * n * d * j)


def activation(layer: str, n: int, d: int) -> Row:
    return Row(f"{layer} {n} × {d}", layer, ((n, d),), (n, d))


def rbf(n: int, d: int, j: int) -> Row:
    return Row(f"RBF {n} × {d} × {j}", "rbf", ((n, d), (j, d)), (n, j), 6 * n * d * j, {"s": 8.0})


def cross_entropy(n: int, k: int) -> Row:
    return Row(f"cross-entropy on labels {n} × {k}", "cross_entropy", ((n, k),), (n,), classes=k)


def bce_with_logits(n: int, d: int) -> Row:
    return Row(f"BCE with logits {n} × {d}", "bce_with_logits", ((n, d), (n, d)), (n, d))


def convolution(n: int, c: int, o: int, side: int, stride: int, layer: str = "convolution") -> Row:
    """3 × 3 with one zero round the image."""
    out = (side - 1) // stride + 1
    result = (n, o, out, out)
    return Row(
        f"{layer.replace('_', ' ')} {n} × {c}→{o} × {side}²" + f" stride {stride}" * (stride > 1),
        layer,
        ((n, c, side, side), (o, c, 3, 3), (o,)),
        result,
        6 * math.prod(result) * c * 9,
        {"stride": stride, "padding": 1},
    )


def pooling(layer: str, n: int, c: int, side: int, kernel: int, stride: int) -> Row:
    out = (side - kernel) // stride + 1
    work = f"{layer.replace('_', ' ')} {kernel} × {kernel} stride {stride}, {n} × {c} × {side}²"
    return Row(work, layer, ((n, c, side, side),), (n, c, out, out), settings={"kernel": kernel, "stride": stride})


ROWS = {
    row.work: row
    for row in (
        *(linear(*sizes) for sizes in ((32, 256, 100), (256, 784, 512), (4096, 1024, 1024))),
        *(activation(layer, *sizes) for sizes in ((256, 100), (4096, 1024)) for layer in ("tanh", "sigmoid")),
        *(rbf(*sizes) for sizes in ((128, 32, 64), (1024, 64, 128))),
        *(cross_entropy(*sizes) for sizes in ((32, 10), (256, 1000), (4096, 1000))),
        *(bce_with_logits(*sizes) for sizes in ((256, 100), (4096, 256))),
        convolution(64, 3, 16, 32, 1),
        convolution(64, 16, 32, 28, 1),
        convolution(64, 64, 64, 14, 1),
        convolution(64, 64, 64, 14, 2),
        convolution(64, 64, 64, 14, 1, "Winograd_convolution"),
        convolution(64, 128, 128, 14, 1, "Winograd_convolution"),
        pooling("average_pooling", 64, 16, 32, 2, 2),
        pooling("average_pooling", 64, 16, 32, 3, 2),
        pooling("max_pooling", 64, 16, 32, 2, 2),
    )
}
