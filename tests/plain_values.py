"""The value of a formula at given sizes and arrays, by plain loops over its indices: nothing shared, slow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from sympy import Add, Expr, Idx, Indexed, KroneckerDelta, Mul, Pow, Sum, Symbol

from derivations.notation import argmax_over, is_zero_at, maximum_over, positive, size_of

_FUNCTIONS = {
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "Abs": abs,
    "Max": max,
    "Min": min,
    "floor": math.floor,
    "sign": lambda u: (u > 0) - (u < 0),
}


@dataclass(frozen=True)
class World:
    """Arrays by the name of their tensor, sizes and scalars by theirs, and the indices bound so far."""

    arrays: Mapping[str, np.ndarray]
    numbers: Mapping[str, float]
    at: Mapping[str, int] = field(default_factory=dict)

    def value(self, expr: Expr) -> float:
        """The value of a formula."""
        if expr.is_Number or expr.is_NumberSymbol:
            return float(expr)
        if isinstance(expr, Idx):
            return self.at[str(expr)]
        if isinstance(expr, Symbol):
            return self.numbers[str(expr)]
        if isinstance(expr, Indexed):
            position = tuple(round(self.value(index)) for index in expr.indices)
            array = self.arrays[str(expr.base)]
            is_inside = all(0 <= here < size for here, size in zip(position, array.shape, strict=True))
            return array[position].item() if is_inside else 0.0
        if isinstance(expr, Sum):
            return self._sum(expr.function, [limit[0] for limit in expr.limits])
        if isinstance(expr, maximum_over):
            return max(self._along(*expr.args))
        if isinstance(expr, argmax_over):
            values = self._along(*expr.args)
            return values.index(max(values))
        return self._operation(expr, [self.value(argument) for argument in expr.args])

    def array(self, indices: tuple[Idx, ...], expr: Expr) -> np.ndarray:
        """The values of a formula at all positions of its indices."""
        shape = tuple(self.size(index) for index in indices)
        result = np.zeros(shape)
        names = [str(index) for index in indices]
        for position in np.ndindex(*shape):
            result[position] = replace(self, at={**self.at, **dict(zip(names, position, strict=True))}).value(
                expr
            )
        return result

    def size(self, index: Idx) -> int:
        """How many values an index takes here."""
        return round(self.value(size_of(index)))

    def _sum(self, term: Expr, indices: list[Idx]) -> float:
        if not indices:
            return self.value(term)
        *outer, inner = indices
        return math.fsum(
            replace(self, at={**self.at, str(inner): place})._sum(term, outer)
            for place in range(self.size(inner))
        )

    def _along(self, term: Expr, index: Idx) -> list[float]:
        return [replace(self, at={**self.at, str(index): p}).value(term) for p in range(self.size(index))]

    def _operation(self, expr: Expr, values: list[float]) -> float:
        if isinstance(expr, Add):
            return math.fsum(values)
        if isinstance(expr, Mul):
            return math.prod(values)
        if isinstance(expr, Pow):
            return values[0] ** values[1]
        if isinstance(expr, KroneckerDelta):
            return float(values[0] == values[1])
        if isinstance(expr, positive):
            return float(values[0] > 0)
        if isinstance(expr, is_zero_at):
            return float(values[0] == 0)
        return _FUNCTIONS[type(expr).__name__](*values)
