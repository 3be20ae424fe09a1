"""Forms that cannot overflow, found by the shape of a formula alone.

Each is an identity over the reals; none passes through the normal form, which would undo it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sympy import Abs, Add, Expr, Idx, Indexed, Integer, Max, Mul, Pow, Sum, exp, log
from sympy.codegen.cfunctions import log1p

from codegen.plan import Plan, entry, fresh_name, rewrite, usual_index
from derivations.notation import maximum_over, name_of, positive, select, sum_
from derivations.pull_back import Step
from derivations.substitution import bound_indices, factors_of, free_indices, replace_reads, subexpressions, substitute


def make_safe(plan: Plan) -> Plan:
    """Shift every Σ exp by its maximum, then write logs and ratios of 1 + e^u so that e^u stays at most 1."""
    for step in plan.forward:
        if isinstance(step.right, Sum) and isinstance(step.right.function, exp):
            plan = _shift(plan, step)
    return rewrite(plan, soften)


# Σ exp(v) = e^m Σ exp(v − m), for every m -----------------------------------------------------------


def _shift(plan: Plan, step: Step) -> Plan:
    (own,) = bound_indices(step.right) if len(bound_indices(step.right)) == 1 else (None,)
    if own is None:
        return plan
    free = step.left.indices
    index = usual_index(own, plan, apart=free)
    v = substitute(step.right.function.args[0], {own: index})
    taken = set(plan.taken)
    m, u, e = (fresh_name(stem, taken) for stem in ("m", "u", "e"))
    inner = (*free, index)
    new = (
        Step(entry(m, free), maximum_over(v, index), ("any shift; the maximum keeps exp at most 1",)),
        Step(entry(u, inner), v - entry(m, free), ("shift",)),
        Step(entry(e, inner), exp(entry(u, inner)), ("shift",)),
        Step(step.left, sum_(entry(e, inner), index), step.rules),
    )
    at = plan.forward.index(step)

    def changed(s: Step) -> Step:
        right = replace_reads(
            s.right, name_of(step.left), lambda i: step.left.base[i] * exp(entry(m, i))
        )
        return replace(s, right=_read_shifted(_join_exps(_logs_of_products(right), m), m, u, e, v, free, index))

    forward = (*plan.forward[:at], *new, *map(changed, plan.forward[at + 1 :]))
    return replace(plan, forward=forward, backward=tuple(map(changed, plan.backward)))


def _logs_of_products(e: Expr) -> Expr:
    """log(u·e^v) as v + log u."""
    def split(part: Expr) -> Expr:
        exponents = [f.args[0] for f in factors_of(part.args[0]) if isinstance(f, exp)]
        rest = [f for f in factors_of(part.args[0]) if not isinstance(f, exp)]
        return Add(*exponents, log(Mul(*rest))) if exponents else part

    return e.xreplace({part: split(part) for part in subexpressions(e) if isinstance(part, log)})


def _join_exps(e: Expr, m: str) -> Expr:
    """e^v·e^{−m} as e^{v − m}, for the shift m."""
    def joined(part: Expr) -> Expr:
        exponents = [f.args[0] for f in factors_of(part) if isinstance(f, exp)]
        rest = [f for f in factors_of(part) if not isinstance(f, exp)]
        return Mul(*rest, exp(Add(*exponents)))

    found = [p for p in subexpressions(e) if isinstance(p, Mul) and sum(isinstance(f, exp) for f in p.args) > 1]
    shifted = [p for p in found if any(name_of(r) == m for f in p.args if isinstance(f, exp) for r in f.atoms(Indexed))]
    return e.xreplace({part: joined(part) for part in shifted})


def _read_shifted(
    e: Expr, m: str, u: str, exponential: str, v: Expr, free: tuple[Idx, ...], index: Idx
) -> Expr:
    """Read v − m as u and exp(v − m) as the named exponential, wherever they stand."""
    found: dict[Expr, Expr] = {}
    for part in subexpressions(e):
        whole = part.args[0] if isinstance(part, exp) else part
        if not isinstance(whole, Add):
            continue
        for shift in sorted((r for r in whole.atoms(Indexed) if name_of(r) == m), key=str):
            for position in _positions(whole):
                value = substitute(v, {**dict(zip(free, shift.indices, strict=True)), index: position})
                read = (*shift.indices, position)
                if isinstance(part, exp) and whole - value + shift == 0:
                    found[part] = entry(exponential, read)
                for sign in (1, -1):
                    rest = whole - sign * (value - shift)
                    if not isinstance(part, exp) and len(Add.make_args(rest)) < len(whole.args) - 1 + (rest == 0):
                        found[part] = rest + sign * entry(u, read)
    return e.xreplace(found) if found else e


def _positions(e: Expr) -> Iterator[Expr]:
    seen: dict[Expr, None] = {}
    for read in sorted(e.atoms(Indexed), key=str):
        for index in read.indices:
            seen.setdefault(index)
    yield from seen


# 1 + e^u --------------------------------------------------------------------------------------------


def soften(e: Expr) -> Expr:
    """log(1 + e^u) and ratios over 1 + e^u, by t = e^{−|u|}, which is at most 1."""
    if not e.args or isinstance(e, (Indexed, Idx)):
        return e
    if isinstance(e, Sum):
        return e.func(soften(e.function), *e.limits)
    if isinstance(e, log) and (u := _one_plus_exp(e.args[0])) is not None:
        u = soften(u)
        return Max(u, 0) + log1p(small(u))
    if isinstance(e, (Mul, Pow)):
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


def _soft_ratio(e: Expr) -> Expr | None:
    """e^{ku} / (1 + e^u)^n as a choice between powers of t, for 0 ≤ k ≤ n."""
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
        t = small(soften(u))
        above = t**k if 2 * k == n else select(positive(soften(u)), t ** (n - k), t**k)
        return rest * above / (1 + t) ** n
    return None


# Risk -----------------------------------------------------------------------------------------------


def risks(steps: Iterable[Step]) -> int:
    """How many exps, logs and divisions of a plan might leave their range, as far as its shape tells.

    This only chooses between candidates; that the emitted text is safe is shown by reading the text.
    """
    named = {name_of(s.left): s.right for s in steps}
    return sum(_risk(part, named) for s in steps for part in subexpressions(s.right))


def _risk(e: Expr, named: dict[str, Expr]) -> int:
    if isinstance(e, exp):
        return 0 if _is_low(e.args[0], named) else 1
    if isinstance(e, log):
        return 0 if _is_away_from_zero(e.args[0], named) else 1
    if isinstance(e, Pow) and e.exp.is_negative:
        return 0 if _is_away_from_zero(e.base, named) else 1
    return 0


def _is_low(e: Expr, named: dict[str, Expr]) -> bool:
    """Whether e ≤ 0 by its shape: −|u|, v − max v, −Σ u² over something positive."""
    if isinstance(e, Indexed) and name_of(e) in named:
        inner = named[name_of(e)]
        shifts = [r for r in inner.atoms(Indexed) if isinstance(named.get(name_of(r)), maximum_over)]
        return bool(shifts) or _is_low(inner, named)
    return bool(e.could_extract_minus_sign()) and _is_high(-e, named)


def _is_high(e: Expr, named: dict[str, Expr]) -> bool:
    """Whether e ≥ 0 by its shape."""
    if isinstance(e, Indexed) and name_of(e) in named:
        return _is_high(named[name_of(e)], named)
    if isinstance(e, Sum):
        return _is_high(e.function, named)
    if isinstance(e, Pow):
        return bool(e.exp.is_even) or _is_high(e.base, named)
    if isinstance(e, (Mul, Add)):
        return all(_is_high(a, named) for a in e.args)
    return isinstance(e, (exp, Abs, Max)) or bool(e.is_nonnegative)


def _is_away_from_zero(e: Expr, named: dict[str, Expr]) -> bool:
    if isinstance(e, Indexed) and name_of(e) in named:
        return _is_away_from_zero(named[name_of(e)], named)
    if isinstance(e, Sum):
        return isinstance(e.function, Indexed) and isinstance(named.get(name_of(e.function)), exp)
    if isinstance(e, Add):
        return any(a.is_number and a >= 1 for a in e.args) and _is_high(e, named)
    if isinstance(e, (Mul, Pow)):
        return all(_is_away_from_zero(a, named) for a in e.args if not a.is_number)
    return not free_indices(e)
