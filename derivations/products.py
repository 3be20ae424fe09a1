"""Terms and factors as they stand in an expression, also in one that was built unevaluated."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from sympy import Add, Expr, Integer, Mul, Pow, Rational


def flat(e: Expr, kind: type) -> list[Expr]:
    """The parts of nested sums (``kind`` Add) or products (Mul), neutral ones left out."""
    neutral = 0 if kind is Add else 1
    parts = [p for a in e.args for p in (flat(a, kind) if isinstance(a, kind) else [a])]
    return [p for p in parts if p != neutral] or [Integer(neutral)]


def signed(e: Expr) -> tuple[int, Expr]:
    """The sign that is written before a term, and the term without it."""
    if isinstance(e, Rational) and e < 0:
        return -1, -e
    if not isinstance(e, Mul):
        return 1, e
    coefficient, rest = coefficient_of(flat(e, Mul))
    if coefficient >= 0:
        return 1, e
    return -1, Mul(Rational(-coefficient), *rest, evaluate=False)


def coefficient_of(parts: Sequence[Expr]) -> tuple[Fraction, list[Expr]]:
    """The product of the rationals among some factors, and the others."""
    numbers = [Fraction(int(p.p), int(p.q)) for p in parts if isinstance(p, Rational)]
    return prod(numbers, start=Fraction(1)), [p for p in parts if not isinstance(p, Rational)]


def is_divisor(e: Expr) -> bool:
    """Whether a factor is written below the line."""
    return isinstance(e, Pow) and isinstance(e.exp, Rational) and bool(e.exp < 0)
