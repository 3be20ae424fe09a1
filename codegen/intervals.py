"""Where the results of floating-point operations lie, and what each operation needs of its operands.

Every interval holds what the machine computes, not what the reals would give: ends are moved outward by
more than any rounding, and what may underflow includes 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType


@dataclass(frozen=True)
class Limits:
    """What a floating-point type can hold; ``exp`` is an argument that exp still takes without overflow."""

    name: str
    epsilon: float
    tiny: float
    huge: float
    exp: float


FLOAT64 = Limits("float64", 2.0**-52, 2.0**-1022, (2 - 2.0**-52) * 2.0**1023, 700.0)
FLOAT32 = Limits("float32", 2.0**-23, 2.0**-126, (2 - 2.0**-23) * 2.0**127, 88.0)

_ULPS = 4
"""How far NumPy's functions may be off, in units of the last place, with some to spare."""

_VANISHED = -1e4
"""Here and below exp is 0."""

_TAN = 1.5
"""Within ± this tan is far from its poles."""


@dataclass(frozen=True)
class Interval:
    """All numbers from low to high."""

    low: float
    high: float

    @property
    def magnitude(self) -> float:
        """The largest absolute value."""
        return max(abs(self.low), abs(self.high))

    def clipped(self, low: float, high: float) -> Interval:
        """The part between two ends; the nearest end if there is no such part."""
        return Interval(min(max(self.low, low), high), max(min(self.high, high), low))

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def __str__(self) -> str:
        return f"[{self.low:.6g}, {self.high:.6g}]"


@dataclass(frozen=True)
class Need:
    """What an operation needs of its operands, whether it is shown, and by what.

    It also needs that none of ``sizes`` is 0.
    """

    kind: str
    shown: bool
    why: str
    sizes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """An operation on intervals.

    ``apply`` gives the result, under the condition that the need is met; ``is_increasing`` says so of an
    operation on one operand; one that ``is_exact`` never rounds.
    """

    apply: Callable[..., Interval]
    need: Callable[..., Need | None] = lambda limits, *operands: None
    is_increasing: bool = False
    is_exact: bool = False


def next_to(end: float, direction: int, limits: Limits) -> float:
    """The number of a type that comes after ``end``, upwards (1) or downwards (−1); none of both is 0."""
    mantissa, exponent = math.frexp(abs(end))
    is_shorter = mantissa == 0.5 and (end > 0) == (direction < 0)
    return end + direction * math.ldexp(limits.epsilon, exponent - 1 - is_shorter)


def stored(interval: Interval, limits: Limits) -> Interval:
    """What is left in a type: what may underflow may be 0, what overflows is taken to be the largest."""
    low = 0.0 if 0 < interval.low < limits.tiny else interval.low
    high = 0.0 if -limits.tiny < interval.high < 0 else interval.high
    return Interval(low, high).clipped(-limits.huge, limits.huge)


def rounded(interval: Interval, limits: Limits, relative: float = 0.0) -> Interval:
    """The interval with room for rounding and for a further relative error, which keep signs."""
    fitting = interval.clipped(-limits.huge, limits.huge)
    error = _ULPS * limits.epsilon + relative
    low = fitting.low - abs(fitting.low) * error
    high = fitting.high + abs(fitting.high) * error
    return stored(
        Interval(max(low, 0.0) if fitting.low >= 0 else low, min(high, 0.0) if fitting.high <= 0 else high),
        limits,
    )


def is_overflowing(interval: Interval, limits: Limits) -> bool:
    """Whether some value does not fit into the type."""
    return not interval.magnitude <= limits.huge


def square(interval: Interval) -> Interval:
    """All squares."""
    ends = interval.low * interval.low, interval.high * interval.high
    return Interval(0.0 if interval.low <= 0 <= interval.high else min(ends), max(ends))


def _monotone(function: Callable[[float], float]) -> Callable[..., Interval]:
    return lambda limits, u: Interval(function(u.low), function(u.high))


def _exponential(function: Callable[[float], float]) -> Callable[..., Interval]:
    return lambda limits, u: _monotone(function)(limits, u.clipped(_VANISHED, limits.exp))


def _cosh(limits: Limits, u: Interval) -> Interval:
    nearest = 0.0 if u.low <= 0 <= u.high else min(abs(u.low), abs(u.high))
    return Interval(math.cosh(min(nearest, limits.exp)), math.cosh(min(u.magnitude, limits.exp)))


def _absolute(limits: Limits, u: Interval) -> Interval:
    nearest = 0.0 if u.low <= 0 <= u.high else min(abs(u.low), abs(u.high))
    return Interval(nearest, u.magnitude)


def _multiply(limits: Limits, u: Interval, v: Interval) -> Interval:
    ends = [a * b for a, b in product((u.low, u.high), (v.low, v.high))]
    return Interval(min(ends), max(ends))


def _reciprocal(limits: Limits, u: Interval) -> Interval:
    """Under the condition that u keeps away from 0, as far as its ends say on which side."""
    if u.low >= 0:
        u = Interval(max(u.low, limits.tiny), max(u.high, limits.tiny))
    elif u.high <= 0:
        u = Interval(min(u.low, -limits.tiny), min(u.high, -limits.tiny))
    else:
        return Interval(-limits.huge, limits.huge)
    return Interval(1 / u.high, 1 / u.low)


def _divide(limits: Limits, u: Interval, v: Interval) -> Interval:
    return _multiply(limits, u, _reciprocal(limits, v))


def _power(limits: Limits, u: Interval, exponent: Interval) -> Interval:
    power = exponent.low
    if power < 0:
        return _power(limits, _reciprocal(limits, u), Interval(-power, -power))
    if not power.is_integer():
        u = u.clipped(0.0, limits.huge)
    if power % 2 == 0:
        u = _absolute(limits, u)
    return Interval(_raise(u.low, power), _raise(u.high, power))


def _raise(base: float, power: float) -> float:
    try:
        return float(math.pow(base, power))
    except OverflowError:
        return math.copysign(math.inf, base if power % 2 == 1 else 1.0)


def _maximum(limits: Limits, u: Interval, v: Interval) -> Interval:
    return Interval(max(u.low, v.low), max(u.high, v.high))


def _minimum(limits: Limits, u: Interval, v: Interval) -> Interval:
    return Interval(min(u.low, v.low), min(u.high, v.high))


def _below(kind: str) -> Callable[..., Need]:
    def need(limits: Limits, u: Interval) -> Need:
        return Need(kind, u.high <= limits.exp, f"the argument is in {u}, the limit {limits.exp:g}")

    return need


def _within(kind: str, bound: Callable[[Limits], float]) -> Callable[..., Need]:
    def need(limits: Limits, u: Interval) -> Need:
        return Need(
            kind, u.magnitude <= bound(limits), f"the argument is in {u}, the limit ±{bound(limits):g}"
        )

    return need


def _above(kind: str, bound: Callable[[Limits], float]) -> Callable[..., Need]:
    def need(limits: Limits, u: Interval) -> Need:
        return Need(kind, u.low >= bound(limits), f"the argument is in {u}, the least is {bound(limits):g}")

    return need


def away_from_zero(limits: Limits, divisor: Interval) -> Need:
    """What a division needs."""
    shown = divisor.low >= limits.tiny or divisor.high <= -limits.tiny
    return Need("divide", shown, f"the divisor is in {divisor}")


def _needed_by_power(limits: Limits, u: Interval, exponent: Interval) -> Need | None:
    return away_from_zero(limits, u) if exponent.low < 0 else None


_BIT = Interval(0.0, 1.0)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "add": Rule(lambda limits, u, v: Interval(u.low + v.low, u.high + v.high)),
        "subtract": Rule(lambda limits, u, v: Interval(u.low - v.high, u.high - v.low)),
        "multiply": Rule(_multiply),
        "divide": Rule(_divide, lambda limits, u, v: away_from_zero(limits, v)),
        "power": Rule(_power, _needed_by_power),
        "copy": Rule(lambda limits, u: u, is_exact=True),
        "negative": Rule(lambda limits, u: Interval(-u.high, -u.low), is_exact=True),
        "exp": Rule(_exponential(math.exp), _below("exp"), is_increasing=True),
        "expm1": Rule(_exponential(math.expm1), _below("exp"), is_increasing=True),
        "log": Rule(
            lambda limits, u: _monotone(math.log)(limits, u.clipped(limits.tiny, limits.huge)),
            _above("log", lambda limits: limits.tiny),
            is_increasing=True,
        ),
        "log1p": Rule(
            lambda limits, u: _monotone(math.log1p)(limits, u.clipped(limits.epsilon / 2 - 1, limits.huge)),
            _above("log", lambda limits: limits.epsilon / 2 - 1),
            is_increasing=True,
        ),
        "sqrt": Rule(
            lambda limits, u: _monotone(math.sqrt)(limits, u.clipped(0.0, limits.huge)),
            _above("sqrt", lambda limits: 0.0),
            is_increasing=True,
        ),
        "tanh": Rule(_monotone(math.tanh), is_increasing=True),
        "arctan": Rule(_monotone(math.atan), is_increasing=True),
        "sign": Rule(_monotone(lambda u: math.copysign(float(u != 0), u)), is_increasing=True),
        "abs": Rule(_absolute, is_exact=True),
        "square": Rule(lambda limits, u: square(u)),
        "reciprocal": Rule(_reciprocal, away_from_zero),
        "sin": Rule(lambda limits, u: Interval(-1.0, 1.0)),
        "cos": Rule(lambda limits, u: Interval(-1.0, 1.0)),
        "tan": Rule(
            lambda limits, u: _monotone(math.tan)(limits, u.clipped(-_TAN, _TAN)),
            _within("tan", lambda limits: _TAN),
            is_increasing=True,
        ),
        "sinh": Rule(
            lambda limits, u: _monotone(math.sinh)(limits, u.clipped(-limits.exp, limits.exp)),
            _within("exp", lambda limits: limits.exp),
            is_increasing=True,
        ),
        "cosh": Rule(_cosh, _within("exp", lambda limits: limits.exp)),
        "maximum": Rule(_maximum, is_exact=True),
        "minimum": Rule(_minimum, is_exact=True),
        "where": Rule(lambda limits, condition, u, v: u.hull(v), is_exact=True),
        **{
            name: Rule(lambda limits, u, v: _BIT, is_exact=True)
            for name in ("greater", "greater_equal", "less", "less_equal", "equal")
        },
    }
)
"""A rule for each row of the table of operations entry by entry."""
