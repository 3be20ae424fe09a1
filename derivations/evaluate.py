"""The value of a formula at one point: an exact rational wherever there is one, else an interval of 200 bits.

Names that the point defines (steps, gradients, targets given by labels) are evaluated from their formulas,
each entry once. An index outside its axis reads 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import floor as floor_of
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Idx,
    Indexed,
    KroneckerDelta,
    Max,
    Min,
    Mod,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cos,
    cosh,
    erf,
    exp,
    floor,
    log,
    pi,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy import atan as arctan
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1

from derivations.notation import argmax_over, between, is_zero_at, maximum_over, name_of, positive
from derivations.numbers import (
    Number,
    Undecided,
    Undefined,
    add,
    at_zero,
    exponential,
    first_maximum,
    hyperbolic,
    interval_pi,
    is_exact,
    logarithm,
    maximum,
    minimum,
    multiply,
    power,
    surely,
)

At = Mapping[Idx, int]
Definitions = Mapping[str, tuple[tuple[Expr, ...], Expr]]
"""The indices and the formula of a name."""


@dataclass(frozen=True)
class Point:
    """Sizes and values of what is given, and the formulas of what is not.

    ``tensors`` holds real entries and labels by name and position, from 0; ``functions`` the coefficients
    of the polynomial that stands for an unspecified function, constant first.
    """

    sizes: Mapping[str, int]
    tensors: Mapping[str, Mapping[tuple[int, ...], Fraction]]
    scalars: Mapping[str, Fraction] = field(default_factory=dict)
    definitions: Definitions = field(default_factory=dict)
    functions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    known: dict[tuple[str, tuple[int, ...]], Number] = field(default_factory=dict, compare=False)


def evaluate(e: Expr, point: Point, at: At | None = None) -> Number:
    """The value of an expression whose free indices have the values ``at``.

    Raises
    ------
    Undefined
        Where the expression has no value.
    Undecided
        Where 200 bits do not decide a sign that the value depends on.
    """
    return _value(e, point, at or {})


def _value(e: Expr, point: Point, at: At) -> Number:
    if isinstance(e, Rational):
        return Fraction(int(e.p), int(e.q))
    unary = _UNARY.get(type(e))
    if unary is not None:
        return unary(_value(e.args[0], point, at))
    rule = _RULES.get(type(e)) or (_unspecified if isinstance(e, AppliedUndef) else None)
    if rule is None:
        raise Undecided(f"{e.func.__name__} has no value")
    return rule(e, point, at)


def _integer(e: Expr, point: Point, at: At) -> int:
    value = _value(e, point, at)
    if not is_exact(value) or value.denominator != 1:
        raise Undefined("an index that is no integer")
    return int(value)


def _all(e: Expr, point: Point, at: At) -> list[Number]:
    return [_value(a, point, at) for a in e.args]


def _indexed(e: Indexed, point: Point, at: At) -> Number:
    name, place = name_of(e), tuple(_integer(i, point, at) for i in e.indices)
    if name not in point.definitions:
        return point.tensors[name].get(place, Fraction(0))
    formal, formula = point.definitions[name]
    own = {f: p for f, p in zip(formal, place, strict=True) if isinstance(f, Idx)}
    if not all(0 <= p <= _integer(f.upper, point, {}) for f, p in own.items()):
        return Fraction(0)
    if (name, place) not in point.known:
        point.known[name, place] = _value(formula, point, own)
    return point.known[name, place]


def _sum(e: Sum, point: Point, at: At) -> Number:
    bounds = [(index, _integer(low, point, at), _integer(high, point, at)) for index, low, high in e.limits]
    places = product(*(range(low, high + 1) for _, low, high in bounds))
    indices = [index for index, _, _ in bounds]
    return add([_value(e.function, point, {**at, **dict(zip(indices, place, strict=True))}) for place in places])


def _along(e: Expr, point: Point, at: At) -> Iterator[Number]:
    index = e.args[1]
    size = _integer(index.upper, point, at) + 1
    if size == 0:
        raise Undefined("the maximum over an empty axis")
    yield from (_value(e.args[0], point, {**at, index: place}) for place in range(size))


def _delta(e: KroneckerDelta, point: Point, at: At) -> Number:
    left, right = _all(e, point, at)
    return Fraction(int(left == right))


def _unspecified(e: Expr, point: Point, at: At) -> Number:
    """A function that is not specified: the point's polynomial, derived once for each prime."""
    name = e.func.__name__
    coefficients = list(point.functions[name.rstrip("'")])
    for _ in range(len(name) - len(name.rstrip("'"))):
        coefficients = [k * c for k, c in enumerate(coefficients)][1:]
    u = _value(e.args[0], point, at)
    return add([multiply([Fraction(c), power(u, Fraction(k))]) for k, c in enumerate(coefficients)])


def _between(e: Expr, point: Point, at: At) -> Number:
    low, value, high = (_integer(a, point, at) for a in e.args)
    return Fraction(int(low <= value <= high))


def _remainder(e: Expr, point: Point, at: At) -> Number:
    left, right = _all(e, point, at)
    if not (is_exact(left) and is_exact(right)):
        raise Undecided("the remainder of an interval")
    if right == 0:
        raise Undefined("a remainder by 0")
    return left % right


def _floor(e: Expr, point: Point, at: At) -> Number:
    value = _value(e.args[0], point, at)
    if not is_exact(value):
        raise Undecided("the integer part of an interval")
    return Fraction(floor_of(value))


_UNARY: Mapping[type, Callable[[Number], Number]] = {
    exp: exponential,
    log: logarithm,
    positive: lambda u: Fraction(int(surely(u) > 0)),
    is_zero_at: lambda u: Fraction(int(surely(u) == 0)),
    sign: lambda u: Fraction(surely(u)),
    Abs: lambda u: multiply([Fraction(surely(u)), u]),
    sinh: hyperbolic(-1, 0),
    cosh: hyperbolic(1, 0),
    tanh: hyperbolic(-1, 1),
    sin: at_zero(0, "sin"),
    cos: at_zero(1, "cos"),
    tan: at_zero(0, "tan"),
    arctan: at_zero(0),
    erf: at_zero(0),
}
Rule = Callable[[Any, Point, At], Number]
_RULES: Mapping[type, Rule] = {
    Add: lambda e, p, at: add(_all(e, p, at)),
    Mul: lambda e, p, at: multiply(_all(e, p, at)),
    Indexed: _indexed,
    Idx: lambda e, p, at: Fraction(at[e]),
    Symbol: lambda e, p, at: Fraction(p.sizes[str(e)]) if str(e) in p.sizes else p.scalars[str(e)],
    Exp1: lambda e, p, at: exponential(Fraction(1)),
    Pow: lambda e, p, at: power(_value(e.base, p, at), _value(e.exp, p, at)),
    Sum: _sum,
    KroneckerDelta: _delta,
    Max: lambda e, p, at: maximum(_all(e, p, at)),
    Min: lambda e, p, at: minimum(_all(e, p, at)),
    maximum_over: lambda e, p, at: maximum(list(_along(e, p, at))),
    argmax_over: lambda e, p, at: Fraction(first_maximum(list(_along(e, p, at)))),
    floor: _floor,
    Mod: _remainder,
    between: _between,
    type(pi): lambda e, p, at: interval_pi(),
}
