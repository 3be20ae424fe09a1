"""Formulas that are seen to be ≥ 0 as they are written."""

from __future__ import annotations

from sympy import Abs, Add, Expr, Max, Mul, Pow, Sum, exp


def is_square_like(e: Expr) -> bool:
    """Whether a formula is ≥ 0 as it is written: squares, exponentials, absolute values, and sums of such."""
    if isinstance(e, Sum):
        return is_square_like(e.function)
    if isinstance(e, Pow):
        return bool(e.exp.is_Integer and e.exp % 2 == 0)
    if isinstance(e, (Add, Mul)):
        return all(is_square_like(a) for a in e.args)
    if isinstance(e, Max):
        return any(is_square_like(a) for a in e.args)
    return isinstance(e, (exp, Abs)) or bool(e.is_Rational and e >= 0)
