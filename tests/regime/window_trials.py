"""A layer with a moving window put to the test: its results by plain loops, by the plain functions, by the class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

import numpy as np

from tests.regime.window_layers import AVERAGE, Kind, Setting

Arrays = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What was computed: the output and the gradients by name."""

    output: Any
    gradients: Arrays

    def items(self) -> list[tuple[str, Any]]:
        """All arrays by name."""
        return [("output", self.output), *self.gradients.items()]


@dataclass(frozen=True)
class Trial:
    """A layer at given sizes with its arrays and a δ; a bias is left out where it is not among the arrays."""

    kind: Kind
    at: Setting
    arrays: Arrays

    @cached_property
    def delta(self) -> Any:
        """Small integers of the output's shape, in the dtype of the input."""
        x = self.arrays["x"]
        drawn = np.random.default_rng(x.size).integers(-3, 4, self.kind.output(self.at)).astype(x.dtype)
        return drawn if self.kind is not AVERAGE else drawn * int(np.prod(self.at.taps))

    def by_loops(self) -> Found:
        """By plain loops."""
        main = [array for name, array in self.arrays.items() if name != "b"]
        gradients = self.kind.gradients(self.at, *main, self.delta)
        output = self.kind.forward(self.at, *self.arrays.values())
        return Found(
            output.astype(float), {name: g.astype(float) for name, g in zip(self.arrays, gradients, strict=False)}
        )

    def by_functions(self) -> Found:
        """By the plain functions, given everything by name."""
        module = self.kind.module(self.at.rank)
        output, saved = module.forward(**self.arrays, **self.kind.plain(self.at))
        gradients = module.backward(saved, self.delta)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return Found(output, dict(zip(self.arrays, gradients, strict=False)))

    def layer(self) -> Any:
        """The class with these sizes and parameters."""
        options: dict[str, Any] = {"dtype": self.arrays["x"].dtype, "bias": "b" in self.arrays}
        layer = self.kind.make(self.at, self.kind.cls(self.at.rank), **options)
        for name, parameter in layer.parameters.items():
            parameter[...] = self.arrays[name].reshape(parameter.shape)
        return layer

    def by_class(self) -> Found:
        """By the class: one backward, which must agree to the last bit with its two halves."""
        layer, halves = self.layer(), self.layer()
        x, delta = self.joined("x"), self.public_delta
        output, dx = layer.forward(x), layer.backward(x, delta)
        if not np.array_equal(dx, halves.backward_delta(x, delta)):
            raise AssertionError("backward and backward_delta differ")
        if layer.parameters:
            halves.backward_update_gradient(x, delta)
        for name, gradient in layer.gradients.items():
            if not np.array_equal(gradient, halves.gradients[name]):
                raise AssertionError(f"backward and backward_update_gradient differ in {name}")
        found = {"x": dx, **layer.gradients}
        return Found(
            output.reshape(self.delta.shape), {name: g.reshape(self.arrays[name].shape) for name, g in found.items()}
        )

    @property
    def public_delta(self) -> Any:
        """δ as the class takes it."""
        return _joined(self.delta, self.at.rank, 1)

    def joined(self, name: str) -> Any:
        """An array as the class takes it."""
        return _joined(self.arrays[name], self.at.rank, 1 if name == "x" else 0)


def _joined(array: Any, rank: int, first: int) -> Any:
    """An array with the group and the axis behind it as one; pooling has no groups to join."""
    if array.ndim == rank + 2:
        return array
    shape = array.shape
    return array.reshape(*shape[:first], shape[first] * shape[first + 1], *shape[first + 2 :])


def integers(kind: Kind, at: Setting, seed: int, dtype: Any = np.float64, bias: bool = True) -> Trial:
    """A trial on small integers, whose results are exact in either dtype; pooling's means are integers too."""
    rng = np.random.default_rng(seed)
    count = int(np.prod(at.taps)) if kind is AVERAGE else 1
    arrays = {
        name: count * rng.integers(-4, 5, shape).astype(dtype)
        for name, shape in kind.shapes(at).items()
        if bias or name != "b"
    }
    return Trial(kind, at, arrays)


def require_equal(found: Found, expected: Found, dtype: Any) -> None:
    """The same arrays to the last bit, all in a dtype."""
    for (name, left), (_, right) in zip_longest(found.items(), expected.items(), fillvalue=("", None)):
        if left is None or right is None or left.shape != right.shape:
            raise AssertionError(f"{name}: {np.shape(left)}, and by plain loops {np.shape(right)}")
        if left.dtype != dtype:
            raise AssertionError(f"{name} is of {left.dtype}")
        np.testing.assert_array_equal(left, right, err_msg=name)
