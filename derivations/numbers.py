"""Numbers of an evaluation: exact rationals, and intervals of 200 bits where there is no rational.

Every operation keeps rationals as long as it can: e⁰ = 1, log 1 = 0, √(4/9) = 2/3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from sympy import integer_nthroot

BITS = 200
Number = Any
"""A Fraction, or an interval that surely holds the value."""


class NoValue(ArithmeticError):
    """A formula cannot be evaluated at a point."""


class Undefined(NoValue):
    """A formula has no value at a point: a division by 0, the log of something that is not positive."""


class Undecided(NoValue):
    """The interval is too wide to tell, or a function is known at 0 only."""


def is_exact(value: Number) -> bool:
    """Whether a value is a rational, not an interval."""
    return isinstance(value, Fraction)


def differ(left: Number, right: Number) -> bool:
    """Whether two values are surely different."""
    return sign_of(subtract(left, right)) in (1, -1)


def spell(value: Number) -> str:
    """A rational as it is; ≈ and ten digits for an interval, whose true value has these digits."""
    if is_exact(value):
        return str(value)
    context = _intervals()
    digits = str(context.nstr(value.mid, 10))
    return "≈ " + digits.strip("[]").split(",")[0]


@cache
def _intervals() -> Any:
    context = MPIntervalContext()
    context.prec = BITS
    return context


def _interval(value: Number) -> Any:
    if not isinstance(value, Fraction):
        return value
    context = _intervals()
    return context.mpf(value.numerator) / context.mpf(value.denominator)


def sign_of(value: Number) -> int | None:
    """1, 0 or -1; None where an interval holds 0."""
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    return 1 if (value > 0) is True else -1 if (value < 0) is True else None


def surely(value: Number) -> int:
    """The sign of a value; raises `Undecided` where an interval holds 0."""
    found = sign_of(value)
    if found is None:
        raise Undecided("an interval holds 0")
    return found


def add(values: Sequence[Number]) -> Number:
    """The sum."""
    if all(map(is_exact, values)):
        return sum(values, Fraction(0))
    return sum(map(_interval, values), _intervals().mpf(0))


def subtract(left: Number, right: Number) -> Number:
    """left - right."""
    return left - right if is_exact(left) and is_exact(right) else _interval(left) - _interval(right)


def multiply(values: Sequence[Number]) -> Number:
    """The product; an exact 0 makes it 0."""
    exact = [v for v in values if is_exact(v)]
    number = prod(exact, start=Fraction(1))
    if len(exact) == len(values) or number == 0:
        return number
    return prod((v for v in values if not is_exact(v)), start=_interval(number))


def power(base: Number, exponent: Number) -> Number:
    """base ** exponent over the reals; a perfect power has an exact root."""
    if is_exact(exponent) and exponent.denominator == 1:
        if exponent < 0 and surely(base) == 0:
            raise Undefined("division by 0")
        return base ** int(exponent)
    if is_exact(base) and base == 0 and surely(exponent) > 0:
        return Fraction(0)
    if surely(base) <= 0:
        raise Undefined("a power of something that is not positive")
    if is_exact(base) and is_exact(exponent):
        root = _root(base, exponent.denominator)
        if root is not None:
            return root ** int(exponent.numerator)
    return exponential(multiply([exponent, logarithm(base)]))


def _root(value: Fraction, degree: int) -> Fraction | None:
    above, below = integer_nthroot(value.numerator, degree), integer_nthroot(value.denominator, degree)
    return Fraction(int(above[0]), int(below[0])) if above[1] and below[1] else None


def exponential(u: Number) -> Number:
    """e ** u."""
    return Fraction(1) if u == 0 else _intervals().exp(_interval(u))


def logarithm(u: Number) -> Number:
    """The natural logarithm."""
    if surely(u) <= 0:
        raise Undefined("log of something that is not positive")
    return Fraction(0) if u == 1 else _intervals().log(_interval(u))


def at_zero(value: int, name: str = "") -> Callable[[Number], Number]:
    """A function with a rational value at 0, elsewhere by intervals where they know it."""

    def function(u: Number) -> Number:
        if u == 0:
            return Fraction(value)
        if not name:
            raise Undecided("known at 0 only")
        return getattr(_intervals(), name)(_interval(u))

    return function


def hyperbolic(sign: int, below: int) -> Callable[[Number], Number]:
    """(e^u + sign·e^{-u}) over 2, or over e^u + e^{-u} where ``below`` is 1."""

    def function(u: Number) -> Number:
        rise, fall = exponential(u), exponential(multiply([Fraction(-1), u]))
        bottom = add([rise, fall]) if below else Fraction(2)
        return multiply([add([rise, multiply([Fraction(sign), fall])]), power(bottom, Fraction(-1))])

    return function


def maximum(values: Sequence[Number]) -> Number:
    """The largest of some values."""
    return values[first_maximum(values)]


def first_maximum(values: Sequence[Number]) -> int:
    """The first position of the largest value."""
    best = 0
    for position, value in enumerate(values):
        if position and surely(subtract(value, values[best])) > 0:
            best = position
    return best


def minimum(values: Sequence[Number]) -> Number:
    """The smallest of some values."""
    return multiply([Fraction(-1), maximum([multiply([Fraction(-1), v]) for v in values])])


def interval_pi() -> Number:
    """π."""
    return +_intervals().pi
