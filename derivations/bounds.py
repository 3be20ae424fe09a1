"""Bounds of sums that were built unevaluated: d - 1 + 0 + 1 - 1 is worked out to d - 1."""

from __future__ import annotations

from sympy import Expr, Idx, Indexed, Sum

from derivations.substitution import worked_out


def with_plain_bounds(e: Expr) -> Expr:
    """The same formula as typed, but for the bounds of its sums, which are worked out."""
    if isinstance(e, Sum):
        bounds = ((index, worked_out(low), worked_out(high)) for index, low, high in e.limits)
        return Sum(with_plain_bounds(e.function), *bounds)
    if not e.args or isinstance(e, (Idx, Indexed)):
        return e
    args = [with_plain_bounds(a) if isinstance(a, Expr) else a for a in e.args]
    same = all(new is old for new, old in zip(args, e.args, strict=True))
    return e if same else e.func(*args, evaluate=False)
