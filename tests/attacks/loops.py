"""Formulas by plain loops over numbers of any type: how a formula becomes a pair of functions to run.

It shares nothing with the judges, and nothing with the emitted code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import arb
from sympy import (
    Add,
    Expr,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cosh,
    exp,
    floor,
    log,
    tanh,
)
from sympy.core.function import AppliedUndef

from codegen.naming import python_name
from derivations.derivation import Derivation
from derivations.notation import argmax_over, d, is_gradient, maximum_over, name_of, positive, size_of
from tests.regime.case import Functions
from tests.regime.jets import Jet

CALLS = {exp: "exp", log: "log", cosh: "cosh", tanh: "tanh"}
Rule = tuple[Indexed, Expr]


@dataclass
class Values:
    """Arrays and scalars by name, sizes by name; formulas are evaluated entry by entry."""

    arrays: dict[str, Any]
    sizes: dict[str, int]
    functions: Mapping[str, Callable[[Any], Any]]

    def fill(self, entry: Indexed, right: Expr) -> Any:
        """Every entry of a step."""
        lengths = [self.sizes[str(size_of(i))] for i in entry.indices]
        one = self.one
        result = np.empty(lengths, dtype=object if isinstance(one, Jet) else float)
        for place in product(*map(range, lengths)):
            result[place] = self.value(right, dict(zip(entry.indices, place, strict=True))) * one
        self.arrays[name_of(entry)] = result
        return result

    @cached_property
    def one(self) -> Any:
        """1 in the number type of the arrays that are given."""
        return Jet((arb(1),)) if any(_is_jets(a) for a in self.arrays.values()) else 1.0

    def value(self, e: Expr, at: Mapping[Idx, int]) -> Any:
        """A formula at values of its free indices."""
        if isinstance(e, Rational):
            return e.p * self.one / e.q
        if isinstance(e, Idx):
            return at[e]
        if isinstance(e, Symbol):
            # A number of the arrays' type: a third of a float is no third.
            return self.sizes[str(e)] * self.one if str(e) in self.sizes else self.arrays[str(e)]
        if isinstance(e, Indexed):
            return self._entry(self.arrays[name_of(e)], tuple(self.whole(i, at) for i in e.indices))
        if isinstance(e, Sum):
            return self._sum(e, at)
        if isinstance(e, KroneckerDelta):
            left, right = (self.whole(a, at) for a in e.args)
            return int(left == right)
        if isinstance(e, maximum_over):
            return max(self._along(e, at))
        if isinstance(e, Pow):
            return self.value(e.base, at) ** int(e.exp) if e.exp > 0 else 1 / self.value(e.base, at) ** int(-e.exp)
        if isinstance(e, Mul):
            return self._product(e, at)
        parts = [self.value(a, at) for a in e.args]
        if isinstance(e, Max):
            return max(parts)
        if isinstance(e, positive):
            return int(parts[0] > 0)
        if isinstance(e, Add):
            return sum(parts)
        if isinstance(e, AppliedUndef):
            return self.functions[python_name(e.func.__name__)](parts[0])
        return getattr(parts[0], CALLS[e.func])() if _is_jet(parts[0]) else getattr(np, CALLS[e.func])(parts[0])

    def whole(self, e: Expr, at: Mapping[Idx, int]) -> int:
        """An integer made of indices, labels, sizes and settings."""
        if isinstance(e, argmax_over):
            entries = self._along(e, at)
            return next(k for k, entry in enumerate(entries) if not any(other > entry for other in entries))
        if isinstance(e, Integer):
            return int(e)
        if isinstance(e, Idx):
            return at[e]
        if isinstance(e, Symbol):
            return self.sizes[str(e)]
        if isinstance(e, Indexed):
            return int(self.arrays[name_of(e)][tuple(self.whole(i, at) for i in e.indices)])
        if isinstance(e, floor):
            above, below = e.args[0].as_numer_denom()
            return self.whole(above, at) // self.whole(below, at)
        parts = [self.whole(a, at) for a in e.args]
        return sum(parts) if isinstance(e, Add) else math.prod(parts)

    def _entry(self, array: Any, place: tuple[int, ...]) -> Any:
        """An entry of an array; what lies outside reads 0."""
        is_inside = all(0 <= k < length for k, length in zip(place, array.shape, strict=True))
        return array[place] if is_inside else 0 * self.one

    def _along(self, e: Expr, at: Mapping[Idx, int]) -> list[Any]:
        """What a maximum is taken of."""
        term, index = e.args
        return [self.value(term, {**at, index: k}) for k in range(self.sizes[str(size_of(index))])]

    def _product(self, e: Expr, at: Mapping[Idx, int]) -> Any:
        """A product; of most places of a sum a delta says that there is nothing to reckon."""
        found: Any = 1
        for factor in sorted(e.args, key=lambda a: not isinstance(a, KroneckerDelta)):
            found = found * self.value(factor, at)
            if isinstance(found, int) and found == 0:
                break
        return found

    def _sum(self, e: Sum, at: Mapping[Idx, int]) -> Any:
        bound = [limit[0] for limit in e.limits]
        places = product(*(range(self.sizes[str(size_of(i))]) for i in bound))
        return sum(self.value(e.function, {**at, **dict(zip(bound, place, strict=True))}) for place in places)


def _is_jet(value: Any) -> bool:
    return isinstance(value, Jet)


def _is_jets(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object


def functions_of(
    derivation: Derivation, rules: Sequence[Rule], functions: Mapping[str, Callable[[Any], Any]]
) -> Functions:
    """Steps and gradients as a forward and a backward over arrays, arguments in the order of emitted ones."""
    layer = derivation.layer
    target = [derivation.target] if derivation.target is not None else []
    optional = {name_of(base) for base in layer.optional}
    entries = [*target, *layer.inputs, *derivation.parameters]
    required = [e for e in entries if name_of(e) not in optional]
    given = [*required, *(h.symbol for h in layer.hyperparameters), *(e for e in entries if e not in required)]
    sources = [name_of(d(e.base)) for e in (*layer.inputs, *derivation.parameters)]

    def forward(*arguments: Any) -> tuple[Any, Any]:
        values = Values({}, {}, functions)
        for entry, argument in zip(given, arguments, strict=True):
            values.arrays[_name(entry)] = argument
            if isinstance(entry, Indexed):
                sizes = map(str, map(size_of, entry.indices))
                values.sizes |= dict(zip(sizes, argument.shape, strict=True))
            elif entry.is_integer:
                values.sizes[str(entry)] = argument
        for size, formula in layer.output_sizes.items():
            values.sizes[str(size)] = values.whole(formula, {})
        for entry, right in rules:
            if not is_gradient(entry.base):
                values.fill(entry, right)
        return values.arrays[name_of(derivation.output)], values

    def backward(saved: Values, delta: Any) -> tuple[Any, ...]:
        values = Values({**saved.arrays, name_of(d(derivation.output.base)): delta}, saved.sizes, functions)
        for entry, right in rules:
            if is_gradient(entry.base):
                values.fill(entry, right)
        return tuple(values.arrays[name] for name in sources)

    return Functions(forward, backward)


def _name(entry: Any) -> str:
    return name_of(entry) if isinstance(entry, Indexed) else str(entry)


