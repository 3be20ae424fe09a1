"""Sums of differences as products of matrices, centred first so that no digit is lost.

Σ_i (x[n,i] − c[j,i])² has more axes than x or c: written as it stands it needs an array over n, j and i.
Multiplied out it is a product of matrices, but loses every digit where x and c lie far from 0. With u = x − m
and v = c − m, for any m, the same product loses nothing; m is the mean of c.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr, Idx, Indexed, Integer, Max, Pow, Sum

from codegen.plan import Plan, entry, fresh_name, rewrite
from derivations.notation import mean_over, name_of, sum_
from derivations.pull_back import Step
from derivations.substitution import bound_indices, factors_of, free_indices, subexpressions, tidy


def centre(plan: Plan) -> Plan:
    """The plan with its wide sums of differences multiplied out around a common mean."""
    given = [name_of(e) for e in (*plan.derivation.layer.inputs, *plan.derivation.parameters)]
    for first, second in _pairs(plan, given):
        plan = _centred(plan, first, second)
    return plan


def _pairs(plan: Plan, given: list[str]) -> Iterator[tuple[Indexed, Indexed]]:
    """Pairs (x, c) of given tensors whose difference is summed over more axes than either has."""
    seen: set[frozenset[str]] = set()
    for step in plan.steps:
        for part in subexpressions(step.right):
            for first, second in _differences(part):
                names = frozenset((name_of(first), name_of(second)))
                if names not in seen and names <= set(given):
                    seen.add(names)
                    # The later one is the parameter: its mean is the shift.
                    yield tuple(sorted((first, second), key=lambda e: given.index(name_of(e))))


def _differences(e: Expr) -> Iterator[tuple[Indexed, Indexed]]:
    """The differences of two entries inside a sum whose summand has more axes than any array in it."""
    if not isinstance(e, Sum) or not _is_wide(e):
        return
    for factor in factors_of(e.function):
        base = factor.base if isinstance(factor, Pow) and factor.exp == 2 else factor
        pair = _difference(base)
        if pair is not None:
            yield pair


def _is_wide(e: Sum) -> bool:
    ranks = [len(r.indices) for r in e.function.atoms(Indexed)]
    return len(free_indices(e.function)) > max(ranks, default=0)


def _difference(e: Expr) -> tuple[Indexed, Indexed] | None:
    """(x, c) where an expression is a multiple of x − c, each at plain indices: a shift of x[w + 1] is none of x[w]."""
    if not isinstance(e, Add) or len(e.args) != 2:
        return None
    (first, x), (second, c) = (a.as_coeff_Mul() for a in e.args)
    if first + second != 0 or not (isinstance(x, Indexed) and isinstance(c, Indexed)):
        return None
    if not all(isinstance(i, Idx) for i in (*x.indices, *c.indices)):
        return None
    shared = [i for i in x.indices if i in c.indices]
    return (x, c) if shared and set(x.indices) != set(c.indices) else None


def _centred(plan: Plan, x: Indexed, c: Indexed) -> Plan:
    shared = tuple(i for i in c.indices if i in x.indices)
    own = [i for i in c.indices if i not in shared]
    taken = set(plan.taken)
    m = fresh_name("m", taken)
    u = fresh_name(f"{name_of(x)}m", {*taken, m})
    v = fresh_name(f"{name_of(c)}m", {*taken, m, u})
    mean: Expr = c
    for index in own:
        mean = mean_over(mean, index)
    new = (
        Step(entry(m, shared), mean, ("any shift: only differences are used",)),
        Step(entry(u, x.indices), x - entry(m, shared), ("centred",)),
        Step(entry(v, c.indices), c - entry(m, shared), ("centred",)),
    )

    def change(e: Expr) -> Expr:
        wide = [s for s in subexpressions(e) if _uses(s, x, c)]
        found = {s: _multiplied_out(s, plan, (name_of(x), u), (name_of(c), v)) for s in wide}
        return e.xreplace(found) if found else e

    changed = rewrite(plan, change)
    return replace(changed, forward=(*new, *changed.forward))


def _uses(e: Expr, x: Indexed, c: Indexed) -> bool:
    return any({name_of(a), name_of(b)} == {name_of(x), name_of(c)} for a, b in _differences(e))


def _multiplied_out(e: Sum, plan: Plan, *renamed: tuple[str, str]) -> Expr:
    """The sum over centred entries, its differences multiplied out; a sum of squares kept from going below 0."""
    names = dict(renamed)
    terms: list[Expr] = [Integer(1)]
    squared = False
    for factor in factors_of(e.function):
        base = factor.base if isinstance(factor, Pow) and factor.exp == 2 else factor
        pair = _difference(base)
        if pair is None:
            terms = [t * factor for t in terms]
            continue
        parts = [
            a.as_coeff_Mul()[0] * entry(names[name_of(r)], r.indices)
            for a in base.args
            for r in [a.as_coeff_Mul()[1]]
        ]
        squared = base is not factor
        options = [p * q for p in parts for q in parts] if squared else parts
        terms = [t * o for t in terms for o in options]
    total = Add(*terms)
    summed = Add(*(tidy(sum_(t, *bound_indices(e)), plan.derivation.label_axes) for t in Add.make_args(total)))
    only_square = squared and len([f for f in factors_of(e.function) if not f.is_number]) == 1
    return Max(summed, 0) if only_square else summed


