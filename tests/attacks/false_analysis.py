"""False claims about functions: signs, domains, kinks, powers, what is nowhere defined, what is nearly equal."""

from __future__ import annotations

from dataclasses import replace

from sympy import (
    Abs,
    Add,
    Function,
    Integer,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    atan,
    cos,
    cosh,
    erf,
    exp,
    log,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derivations.notation import as_written, is_zero_at, positive, sum_
from tests.attacks.false_claim import B, FalseClaim, K, N, claims, f, falling, g, i, k, n, r, s, u, v, w

a, b, c = u[i], v[i], w[i]
HALF = Rational(1, 2)
TINY = Rational(1, 10**60)


def false_analysis() -> tuple[FalseClaim, ...]:
    """All of this file."""
    with as_written():
        return (
            *claims("roots and powers", _roots()),
            *claims("powers by sizes", _powers_by_sizes()),
            *claims("exp, log and their kin", _functions()),
            *claims("indicators and kinks", _indicators()),
            *claims("unspecified functions", _unspecified()),
            *claims("nearly equal", _nearly()),
            *(replace(claim, vacuous=True) for claim in claims("nowhere defined", _nowhere())),
        )


def _roots():  # type: ignore[no-untyped-def]
    yield sqrt(a**2), a
    yield sqrt(a**2 * b**2), a * b
    yield sqrt((a - b) ** 2), a - b
    yield sqrt((a + b) ** 2), a + b
    yield (a**2) ** Rational(3, 2), a**3
    yield (a**4) ** Rational(1, 4), a
    yield (a**6) ** HALF, a**3
    yield sqrt(a**2 * s**2), a * s
    yield sqrt(a**2 + b**2), a + b
    yield sqrt(exp(2 * a) * b**2), exp(a) * b
    yield sqrt(sum_(u[k] ** 2, k) * b**2), sqrt(sum_(u[k] ** 2, k)) * b
    yield 1 / sqrt(a**2), 1 / a
    yield exp(log(a**2) / 2), a
    yield Abs(a), a
    yield Abs(a * b), a * b
    yield Abs(a + b), Abs(a) + Abs(b)
    yield Abs(a) / a, 1
    yield Abs(a) ** 3, a**3
    yield sqrt(1 + a**2), 1 + a
    yield (1 + a) ** -1, 1 - a
    yield 1 / (a + b), 1 / a + 1 / b
    yield a**2 - b**2, (a - b) ** 2
    yield a ** Integer(0), 0
    yield sqrt(a**2) + sqrt(b**2), sqrt((a + b) ** 2)


def _powers_by_sizes():  # type: ignore[no-untyped-def]
    """u^N is negative for a negative u and an odd N."""
    yield Pow(Pow(a, 2 * N), HALF), Pow(a, N)
    yield positive(Pow(a, N)), 1
    yield Abs(Pow(a, N)), Pow(a, N)
    yield log(Pow(a, 2 * N)), log(Pow(a, N) ** 2) + 1
    yield Pow(-1, N), 1
    yield Pow(a, N), Pow(a, K)
    yield Pow(Integer(2), N), 2 * N
    yield is_zero_at(Pow(a, N)), 0
    yield falling(N) * Abs(Pow(a, N)), falling(N) * Pow(a, N)
    yield falling(N) * positive(Pow(a, N)), falling(N)


def _functions():  # type: ignore[no-untyped-def]
    yield exp(a + b), exp(a) + exp(b)
    yield exp(a * b), exp(a) * exp(b)
    yield exp(-a), -exp(a)
    yield exp(2 * a), 2 * exp(a)
    yield exp(a**2), exp(a) ** 2
    yield log(1 + exp(a)), a
    yield log(1 + a), log(1) + log(a)
    yield log(exp(a) + exp(b)), a + b
    yield log(exp(a)) * log(exp(b)), a + b
    yield 1 / (1 + exp(-a)), 1 / (1 + exp(a))
    yield 1 / (1 + exp(-a)), 1 - 1 / (1 + exp(-a))
    yield 1 / (1 + exp(-a)), exp(-a) / (1 + exp(-a))
    yield tanh(a), 2 / (1 + exp(-a)) - 1
    yield tanh(a), (exp(a) + exp(-a)) / (exp(a) - exp(-a))
    yield tanh(2 * a), 2 * tanh(a)
    yield 1 - tanh(a) ** 2, tanh(a) * (1 - tanh(a))
    yield sinh(a) ** 2 - cosh(a) ** 2, 1
    yield cosh(a), sinh(a)
    yield sin(a) ** 2 - cos(a) ** 2, 1
    yield tan(a), sin(a)
    yield atan(-a), atan(a)
    yield erf(a), a
    yield s, 1
    yield exp(log(s)), log(exp(s)) + 1
    yield (1 + exp(-a) - 1) / exp(-a), 1 + exp(-a)
    yield (1 + exp(-a)) - 1, 1
    yield a / a, 0
    yield a - a * 1, a
    yield 0 * a, a


def _indicators():  # type: ignore[no-untyped-def]
    yield positive(a) + positive(-a), 1
    yield positive(-a), 1 - positive(a)
    yield positive(a) + is_zero_at(a), positive(a)
    yield positive(a**2), 1
    yield positive(Abs(a)), 1
    yield positive(a) * positive(b), positive(a * b)
    yield positive(a) * positive(b), positive(a + b)
    yield positive(a + b), positive(a) + positive(b)
    yield positive(a - b), positive(b - a)
    yield positive(a - b) + positive(b - a), 1
    yield positive(2 * a), 2 * positive(a)
    yield positive(a) * a, a
    yield positive(exp(a) - 1), positive(exp(a))
    yield positive(sum_(u[k] ** 2, k)), 1
    yield positive(sum_(exp(u[k]), k) + a), 1
    yield is_zero_at(a * b), is_zero_at(a) * is_zero_at(b)
    yield is_zero_at(a + b), is_zero_at(a) * is_zero_at(b)
    yield is_zero_at(a - b) * a, is_zero_at(a - b) * (b + 1)
    yield is_zero_at(a), is_zero_at(a + 1)
    yield sign(a) ** 2, 1
    yield sign(a), 2 * positive(a) - 1
    yield sign(a + b), sign(a) + sign(b)
    yield Max(a, 0), a
    yield Max(a, b), a + b
    yield Max(a, b), Min(a, b)
    yield Max(a, b) - Min(a, b), a - b
    yield Max(a, -a), a
    yield Max(a, 0) + Max(-a, 0), a
    yield Max(a * s, 0), Max(a, 0)
    yield Max(a, b) ** 2, Max(a**2, b**2)
    yield exp(positive(a)), positive(a) * exp(1)
    yield f(positive(a) * b), positive(a) * f(b)
    yield positive(N - 1), 1
    yield positive(N), 1
    yield Max(N - 3, 0), N - 3
    yield falling(N) * positive(N - 6), 0


def _unspecified():  # type: ignore[no-untyped-def]
    slope = Function("f'")
    yield f(a + b), f(a) + f(b)
    yield f(2 * a), 2 * f(a)
    yield f(-a), -f(a)
    yield f(-a), f(a)
    yield f(a) * f(b), f(a * b)
    yield f(0), 0
    yield f(a), g(a)
    yield f(a), f(b)
    yield slope(a), f(a)
    yield f(g(a)), g(f(a))
    yield f(a) / a, slope(a)
    yield sum_(f(u[k]), k), f(sum_(u[k], k))
    yield Function("sin")(a), sin(a)
    yield Function("tan")(a), tan(a)
    yield falling(K) * Function("erf")(a), falling(K) * erf(a)


def _nearly():  # type: ignore[no-untyped-def]
    yield a, (1 + TINY) * a
    yield a, a + TINY
    yield exp(a), exp(a) + TINY
    yield log(1 + exp(a)), log(1 + exp(a)) * (1 - TINY)
    yield sqrt(1 + a**2), sqrt(1 + a**2 + TINY)
    yield sin(a), sin(a * (1 + TINY))
    yield a, a + Rational(1, 2**700) * sin(b)
    yield f(a), f(a + TINY)
    yield a / 3, a * Rational(10**40 // 3, 10**40)
    yield positive(a), positive(a - TINY)
    yield tanh(Rational(200) + a**2), 1
    yield exp(-Rational(500) - a**2), 0


def _nowhere():  # type: ignore[no-untyped-def]
    minus_something = -1 - a**2
    yield sqrt(minus_something) ** 2, minus_something
    yield log(-exp(a)) - log(-exp(a)), 0
    yield log(minus_something), log(minus_something) + 0 * a
    yield a / (b - b), 1 / (b - b)
    yield (a - a) / (b - b), 1
    yield 1 / (sin(a) ** 2 + cos(a) ** 2 - 1), 1 / (sin(a) ** 2 + cos(a) ** 2 - 1) + 0
    yield Pow(Integer(0), -1) * a, Pow(Integer(0), -1)
    yield log(Integer(0)) * 0, 0
    yield Mul(log(-Abs(a)), 0), 0
    yield Mul(Max(a, 0), Max(-a, 0)) ** -1 * a, Mul(Max(a, 0), Max(-a, 0)) ** -1 * b
    yield sum_(B[n, k] / (K - K), k), sum_(B[n, k], k)
    yield sqrt(-exp(r[n])) + s, sqrt(-exp(r[n])) + Add(s, 0)
