"""Real numbers: exact rationals as long as they last, else balls (closed intervals with outward rounding)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from mpmath.libmp import libhyper, libmpf, libmpi

from derivations.fingerprint.evaluate import Env, Redraw, Undefined
from derivations.fingerprint.formula import Exact, Node

if TYPE_CHECKING:
    from derivations.fingerprint.trial import Trial

LONGEST = 12_000
"""Bits of a rational beyond which it becomes a ball."""
LARGEST = 40
"""Binary exponent of an argument of exp or sin beyond which the point is given up."""
DEGREE = 8
"""Degree of the polynomial that stands for an unspecified function."""


class Ball(NamedTuple):
    """A closed interval; the ends are mpmath's raw floating-point numbers."""

    lower: Any
    upper: Any


Real = Exact | Ball


def order(left: Real, right: Real) -> int | None:
    """−1, 0 or 1; None if the balls overlap."""
    if not isinstance(left, Ball) and not isinstance(right, Ball):
        return (left > right) - (left < right)
    low, high = to_ball(left, 300), to_ball(right, 300)
    if libmpf.mpf_gt(low.lower, high.upper):
        return 1
    return -1 if libmpf.mpf_lt(low.upper, high.lower) else None


def to_ball(value: Real, precision: int) -> Ball:
    """The smallest ball of this precision around a number."""
    if isinstance(value, Ball):
        return value
    p, q = value.numerator, value.denominator
    return Ball(libmpf.from_rational(p, q, precision, "f"), libmpf.from_rational(p, q, precision, "c"))


def shared_bits(left: Real, right: Real, precision: int) -> tuple[float, float] | None:
    """How many bits two numbers surely share, relative to their size and to 1; None if they surely differ."""
    if not isinstance(left, Ball) and not isinstance(right, Ball):
        return (math.inf, math.inf) if left == right else None
    one, two = to_ball(left, precision), to_ball(right, precision)
    gap = Ball(*libmpi.mpi_sub(one, two, precision))
    if order(gap, 0) is not None:
        return None
    width = max(_exponent(gap.lower), _exponent(gap.upper))
    return max(_exponent(end) for end in (*one, *two)) - width, -width


def _exponent(end: Any) -> float:
    """The binary exponent of a floating-point number; −∞ for zero."""
    return end[2] + end[3] if end[1] else (-math.inf if end == libmpf.fzero else math.inf)


class RealArithmetic:
    """Exact where it can be. An unspecified f is a polynomial, drawn for each trial."""

    def __init__(self, trial: Trial, precision: int) -> None:
        self.trial = trial
        self.precision = precision

    def number(self, value: Exact) -> Real:
        return value

    def constant(self, name: str) -> Real:
        return Ball(*libmpi.mpi_pi(self.precision))

    def add(self, terms: Sequence[Real]) -> Real:
        exact = sum(term for term in terms if not isinstance(term, Ball))
        balls = [term for term in terms if isinstance(term, Ball)]
        if not balls:
            return self._shorten(exact)
        total = balls[0] if not exact else Ball(*libmpi.mpi_add(balls[0], self._to(exact), self.precision))
        for term in balls[1:]:
            total = Ball(*libmpi.mpi_add(total, term, self.precision))
        return total

    def multiply(self, factors: Sequence[Real]) -> Real:
        exact = math.prod(factor for factor in factors if not isinstance(factor, Ball))
        balls = [factor for factor in factors if isinstance(factor, Ball)]
        if not balls or exact == 0:
            return self._shorten(exact)
        total = balls[0] if exact == 1 else self._times(balls[0], self._to(exact))
        for factor in balls[1:]:
            total = self._times(total, factor)
        return total

    def power(self, base: Node, exponent: Exact, env: Env) -> Real:
        value = self.trial.real.value(base, env)
        if not isinstance(value, Ball):
            exact = _exact_power(value, exponent)
            if exact is not None:
                return self._shorten(exact)
        elif exponent.denominator != 1 or exponent < 0:
            sign = self.trial.sign(base, env)
            if sign == 0 and exponent > 0:
                return 0
            if sign == 0 or (sign < 0 and exponent.denominator != 1):
                raise Undefined("a power outside its domain")
        return self._power(self._to(value), exponent)

    def _power(self, base: Ball, exponent: Exact) -> Ball:
        if exponent.denominator == 2:
            base = Ball(*libmpi.mpi_sqrt(base, self.precision))
        if exponent.denominator <= 2:
            return Ball(*libmpi.mpi_pow_int(base, exponent.numerator, self.precision))
        return self._exp(self._times(self._to(exponent), Ball(*libmpi.mpi_log(base, self.precision))))

    def call(self, name: str, argument: Node, env: Env) -> Real:
        value = self.trial.real.value(argument, env)
        if name.endswith("()"):
            return self._polynomial(name[:-2], value)
        if name == "log":
            if self.trial.sign(argument, env) <= 0:
                raise Undefined("the logarithm of what is not positive")
            return 0 if value == 1 else Ball(*libmpi.mpi_log(self._to(value), self.precision))
        if value == 0:
            return int(name in ("exp", "cos", "cosh"))
        return _CALLS[name](self, self._to(value))

    def _exp(self, value: Ball) -> Ball:
        if max(_exponent(value.lower), _exponent(value.upper)) > LARGEST:
            raise Redraw("an exponential too large to write down")
        return Ball(*libmpi.mpi_exp(value, self.precision))

    def _tanh(self, value: Ball) -> Ball:
        """1 − 2/(e²ᵘ + 1)."""
        one, precision = libmpi.mpi_one, self.precision
        grown = libmpi.mpi_add(self._exp(Ball(*libmpi.mpi_add(value, value))), one, precision)
        return Ball(*libmpi.mpi_sub(one, libmpi.mpi_div(self._to(Fraction(2)), grown, precision), precision))

    def _hyperbolic(self, value: Ball, which: int) -> Ball:
        self._exp(value)
        return Ball(*libmpi.mpi_cosh_sinh(value, self.precision)[which])

    def _circular(self, value: Ball, which: int) -> Ball:
        if max(_exponent(value.lower), _exponent(value.upper)) > LARGEST:
            raise Redraw("an angle too large to reduce")
        return Ball(*libmpi.mpi_cos_sin(value, self.precision)[which])

    def _tan(self, value: Ball) -> Ball:
        cosine, sine = self._circular(value, 0), self._circular(value, 1)
        if order(cosine, 0) is None:
            raise Redraw("a tangent near its pole")
        return Ball(*libmpi.mpi_div(sine, cosine, self.precision))

    def _erf(self, value: Ball) -> Ball:
        """erf is monotone; its ends are computed with 40 bits more and moved outwards."""
        slack = libmpf.from_man_exp(1, -self.precision)
        low, high = (libhyper.mpf_erf(end, self.precision + 40, "n") for end in value)
        return Ball(libmpf.mpf_sub(low, slack, self.precision, "f"), libmpf.mpf_add(high, slack, self.precision, "c"))

    def _polynomial(self, name: str, value: Real) -> Real:
        """f and its derivatives: Σ cₖ uᵏ/k!, the coefficients drawn by the name of f."""
        plain = name.rstrip("'")
        terms: list[Real] = []
        for k in range(DEGREE + 1 - (len(name) - len(plain))):
            digest = blake2b(f"{plain} {k + len(name) - len(plain)}".encode(), key=self.trial.point.seed)
            drawn = Fraction(int.from_bytes(digest.digest()[:8], "big"), 1 << 62) - 2
            terms.append(self.multiply([drawn / math.factorial(k), *[value] * k]))
        return self.add(terms)

    def _to(self, value: Real) -> Ball:
        return to_ball(value, self.precision)

    def _times(self, left: Ball, right: Ball) -> Ball:
        return Ball(*libmpi.mpi_mul(left, right, self.precision))

    def _shorten(self, value: Exact) -> Real:
        long = value.numerator.bit_length() + value.denominator.bit_length() > LONGEST
        return self._to(value) if long else value


def _exact_power(value: Exact, exponent: Exact) -> Exact | None:
    """A rational power of a rational where that is a rational of tolerable length."""
    if (value == 0 and exponent < 0) or (value < 0 and exponent.denominator != 1):
        raise Undefined("a power outside its domain")
    if value in (0, 1):
        return int(value == 1 or exponent == 0)
    if exponent.denominator == 2:
        root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        return _exact_power(root, exponent.numerator) if root**2 == value else None
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if exponent.denominator != 1 or abs(exponent.numerator) * bits > LONGEST:
        return None
    return value ** int(exponent) if exponent > 0 else Fraction(value) ** int(exponent)


_CALLS: dict[str, Callable[[RealArithmetic, Ball], Ball]] = {
    "exp": RealArithmetic._exp,
    "tanh": RealArithmetic._tanh,
    "cosh": lambda reals, value: reals._hyperbolic(value, 0),
    "sinh": lambda reals, value: reals._hyperbolic(value, 1),
    "cos": lambda reals, value: reals._circular(value, 0),
    "sin": lambda reals, value: reals._circular(value, 1),
    "tan": RealArithmetic._tan,
    "atan": lambda reals, value: Ball(*libmpi.mpi_atan(value, reals.precision)),
    "erf": RealArithmetic._erf,
}
