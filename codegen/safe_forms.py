"""Forms that cannot overflow, found by the shape of a formula alone.

Each is an identity over the reals; none passes through the normal form, which would undo it.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Abs, Add, Expr, Idx, Indexed, Integer, Max, Min, Mul, Pow, Sum, cosh, exp, log, sinh, tanh
from sympy.codegen.cfunctions import log1p

from codegen.plan import Plan, rewrite
from codegen.shift import shift_sums
from derivations.notation import positive
from derivations.substitution import factors_of


def make_safe(plan: Plan) -> Plan:
    """Shift every Σ exp by its maximum, then write what holds e^u so that e^u stays at most 1."""
    return rewrite(shift_sums(plan), soften)


@lru_cache(maxsize=10_000)
def soften(e: Expr) -> Expr:
    """log(1 + e^u) and ratios over 1 + e^u, by t = e^{−|u|}, which is at most 1."""
    if not e.args or isinstance(e, (Indexed, Idx)):
        return e
    if isinstance(e, Sum):
        return e.func(soften(e.function), *e.limits)
    if isinstance(e, log) and (u := _one_plus_exp(e.args[0])) is not None:
        u = soften(u)
        return Max(u, 0) + log1p(small(u))
    if isinstance(e, log) and isinstance(e.args[0], cosh):
        u = soften(e.args[0].args[0])
        return Abs(u) + log1p(small(2 * u)) - log(2)
    if isinstance(e, Add):
        e = _complements(e)
    if isinstance(e, (Mul, Pow)):
        e = _where_it_counts(e)
        e = _hyperbolic_ratio(e)
        ratio = _soft_ratio(e)
        if ratio is not None:
            return ratio
    return e.func(*(soften(a) if isinstance(a, Expr) else a for a in e.args))


def small(u: Expr) -> Expr:
    """e^{−|u|}"""
    return exp(-Abs(u))


def _one_plus_exp(e: Expr) -> Expr | None:
    """u where an expression is 1 + e^u."""
    if isinstance(e, Add) and len(e.args) == 2 and e.args[0] == 1 and isinstance(e.args[1], exp):
        return e.args[1].args[0]
    return None


def _complements(e: Expr) -> Expr:
    """t − [u > 0]·t as (1 − [u > 0])·t, for terms t that hold e^u."""
    for indicator in sorted(e.atoms(positive), key=str):
        exponential = exp(indicator.args[0])
        held = [t for t in Add.make_args(e) if t.has(exponential) and not t.has(indicator)]
        for t in held:
            if -t * indicator in Add.make_args(e):
                e = e - t + t * indicator + t * (1 - indicator)
    return e


def _where_it_counts(e: Expr) -> Expr:
    """(1 − [u > 0])·e^u as (1 − [u > 0])·e^{min(u, 0)}, and [u > 0]·e^{−u} likewise: elsewhere e^u is not used."""
    for factor in factors_of(e):
        u, sign = (factor.args[0], -1) if isinstance(factor, positive) else (_not_positive(factor), 1)
        if u is not None:
            others = Mul(*(f for f in factors_of(e) if f != factor))
            e = factor * others.xreplace({exp(sign * u): exp(Min(sign * u, 0))})
    return e


def _not_positive(e: Expr) -> Expr | None:
    """u where an expression is 1 − [u > 0]."""
    found = [t for t in e.args if isinstance(-t, positive)] if isinstance(e, Add) else []
    return (-found[0]).args[0] if found and e + -found[0] == 1 else None


def _hyperbolic_ratio(e: Expr) -> Expr:
    """sinh u / cosh u as tanh u, and what is left of 1/cosh u by e^{−|u|}."""
    for u in [f.base.args[0] for f in factors_of(e) if isinstance(f, Pow) and isinstance(f.base, cosh)]:
        powers = e.as_powers_dict()
        below, above = -powers[cosh(u)], powers[sinh(u)]
        if below.is_Integer and above.is_Integer and 0 <= above <= below:
            rest = e / sinh(u) ** above * cosh(u) ** below
            e = rest * tanh(u) ** above * (2 * small(u) / (1 + small(2 * u))) ** (below - above)
    return e


def _soft_ratio(e: Expr) -> Expr | None:
    """e^{ku} / (1 + e^u)^n by t and e^{min(u, 0)}, for 0 ≤ k ≤ n."""
    for factor in factors_of(e):
        if not (isinstance(factor, Pow) and isinstance(factor.exp, Integer) and factor.exp < 0):
            continue
        u = _one_plus_exp(factor.base)
        if u is None:
            continue
        n = -int(factor.exp)
        others = [f for f in factors_of(e) if f != factor]
        powers = {f: k for f in others for k in range(1, n + 1) if f == exp(k * u)}
        k = next(iter(powers.values()), 0)
        rest = Mul(*(soften(f) for f in others if f not in powers))
        u = soften(u)
        t = small(u)
        side = exp((2 * k - n) * Min(u, 0)) if 2 * k > n else exp((n - 2 * k) * Min(-u, 0))
        above = t ** min(k, n - k) * side
        return rest * above / (1 + t) ** n
    return None
