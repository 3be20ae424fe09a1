"""Forms that keep digits which another form of the same formula would lose to rounding, found by shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr, Idx, Indexed, Mul, Pow, cancel, factor, log, together
from sympy.codegen.cfunctions import log1p

from codegen.plan import Plan
from codegen.simplify import symbolic
from derivations.substitution import subexpressions


def in_one_fraction(plan: Plan) -> Iterator[Plan]:
    """Plans with a sum of fractions of one gradient as one fraction: u/v − w/x as (u·x − v·w)/(v·x).

    Two large fractions of which little is left lose the digits that they share; above one line the
    difference is often one of given numbers, which is exact.
    """
    for step in plan.backward:
        sums = [part for part in subexpressions(step.right) if isinstance(part, Add)]
        if any(any(_has_divisor(term) for term in part.args) for part in sums):
            symbols: dict[Expr, Expr] = {}
            whole = factor(cancel(together(symbolic(step.right, symbols))))
            right = _sign_within(whole.xreplace({symbol: part for part, symbol in symbols.items()}))
            changed = replace(step, right=right, rules=(*step.rules, "in one fraction"))
            yield replace(plan, backward=tuple(changed if s == step else s for s in plan.backward))


def _has_divisor(term: Expr) -> bool:
    return any(isinstance(part, Pow) and part.exp.is_negative and not part.is_number for part in Mul.make_args(term))


def _sign_within(e: Expr) -> Expr:
    """A product without its minus sign, which a difference among its factors takes: −(u − 1)·v is (1 − u)·v."""
    factors = list(Mul.make_args(e))
    sums = [f for f in factors if isinstance(f.as_base_exp()[0], Add) and abs(f.as_base_exp()[1]) == 1]
    if e.as_coeff_Mul()[0] >= 0 or not sums:
        return e
    taken = min(sums, key=lambda f: f.as_base_exp()[0].as_coeff_Add()[0])
    base, exponent = taken.as_base_exp()
    return Mul(-1, *(f for f in factors if f != taken), Add(*(-term for term in base.args)) ** exponent)


def near_one(e: Expr) -> Expr:
    """log(1 + u) as log1p(u): the sum 1 + u has no digits left of a small u."""
    if not e.args or isinstance(e, (Indexed, Idx)):
        return e
    e = e.func(*(near_one(a) if isinstance(a, Expr) else a for a in e.args))
    if isinstance(e, log) and isinstance(e.args[0], Add) and 1 in e.args[0].args:
        return log1p(e.args[0] - 1)
    return e
