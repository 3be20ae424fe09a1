"""True rewrites of sums, deltas, labels and maxima: whatever binds or moves an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from sympy import Add, Expr, Idx, Indexed, Integer, KroneckerDelta, Mul, Pow, Sum

from derivations.notation import delta, max_, maximum_over
from derivations.substitution import bound_indices
from tests.attacks.expressions import K as COLUMNS
from tests.attacks.expressions import N as ROWS
from tests.attacks.expressions import (
    Scope,
    at,
    axis,
    fresh,
    minus,
    remade_over,
    renamed,
    t,
    total,
)
from tests.attacks.random_formulas import simple_formula

ONE = Integer(1)


def _single_sum(e: Expr) -> Idx | None:
    """The index of a sum over one index."""
    return bound_indices(e)[0] if isinstance(e, Sum) and len(bound_indices(e)) == 1 else None


def _rename_bound(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ_k u_k = Σ_l u_l."""
    bound = bound_indices(e)
    if not bound:
        return None
    new = fresh(random, axis(bound[0]), (*scope, *bound, *e.args[0].atoms(Idx)))
    return remade_over(e, renamed(e.args[0], bound[0], new), bound[0], new)


def _split_sum(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ (u + v) = Σ u + Σ v."""
    if not (isinstance(e, Sum) and isinstance(e.function, Add)):
        return None
    return Add(*(total(term, *bound_indices(e)) for term in e.function.args))


def _merge_sums(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ_k u_k + Σ_l v_l = Σ_k (u_k + v_k)."""
    sums = [a for a in e.args if _single_sum(a) is not None] if isinstance(e, Add) else []
    pairs = [(a, b) for a in sums for b in sums if a is not b and axis(_single_sum(a)) == axis(_single_sum(b))]
    if not pairs:
        return None
    first, second = pairs[0]
    new = fresh(random, axis(_single_sum(first)), (*scope, *e.atoms(Idx)))
    bodies = (renamed(s.function, _single_sum(s), new) for s in (first, second))
    return Add(total(Add(*bodies), new), *(a for a in e.args if a is not first and a is not second))


def _push_a_factor_in(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """c·Σ_k u_k = Σ_k c·u_k."""
    sums = [a for a in e.args if _single_sum(a) is not None] if isinstance(e, Mul) else []
    if not sums:
        return None
    new = fresh(random, axis(_single_sum(sums[0])), (*scope, *e.atoms(Idx)))
    rest = [a for a in e.args if a is not sums[0]]
    return total(Mul(*rest, renamed(sums[0].function, _single_sum(sums[0]), new)), new)


def _pull_a_factor_out(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ_k c·u_k = c·Σ_k u_k."""
    index = _single_sum(e)
    if index is None or not isinstance(e.function, Mul):
        return None
    outside = [a for a in e.function.args if not a.has(index)]
    inside = [a for a in e.function.args if a.has(index)]
    return Mul(*outside, total(Mul(*inside), index)) if outside and inside else None


def _exchange_sums(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ_k Σ_l u = Σ_l Σ_k u."""
    outer = _single_sum(e)
    inner = _single_sum(e.function) if outer is not None else None
    return None if inner is None or inner == outer else total(total(e.function.function, outer), inner)


def _square_of_a_sum(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """(Σ_k u_k)² = Σ_k Σ_l u_k·u_l."""
    index = _single_sum(e.base) if isinstance(e, Pow) and e.exp == 2 else None
    if index is None:
        return None
    first = fresh(random, axis(index), (*scope, *e.atoms(Idx)))
    second = fresh(random, axis(index), (*scope, *e.atoms(Idx), first))
    bodies = [renamed(e.base.function, index, new) for new in (first, second)]
    return total(Mul(*bodies), first, second)


def _insert_a_delta(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u_j = Σ_k [k = j]·u_k."""
    known = [index for index in scope if e.has(index)]
    if not known:
        return None
    old = random.choice(known)
    new = fresh(random, axis(old), (*scope, *e.atoms(Idx)))
    return total(Mul(delta(new, old), renamed(e, old, new)), new)


def _insert_a_label(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """B[n, t_n] = Σ_k [k = t_n]·B[n, k]."""
    if not (isinstance(e, Indexed) and isinstance(e.indices[-1], Indexed)):
        return None
    new = fresh(random, COLUMNS, scope)
    return total(Mul(delta(new, e.indices[-1]), e.base[(*e.indices[:-1], new)]), new)


def _use_a_delta(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """[k = j]·u_k = [k = j]·u_j."""
    deltas = [a for a in e.args if isinstance(a, KroneckerDelta)] if isinstance(e, Mul) else []
    if not deltas or not isinstance(deltas[0].args[0], Idx):
        return None
    old, new = deltas[0].args
    return Mul(*(a if a is deltas[0] else renamed(a, old, new) for a in e.args))


def _set_one_term_apart(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ_k u_k = u_j + Σ_k (1 - [k = j])·u_k."""
    index = _single_sum(e)
    known = at(scope, axis(index)) if index is not None else []
    known = [other for other in known if other != index]
    if not known:
        return None
    j = random.choice(known)
    rest = total(Mul(Add(ONE, minus(delta(index, j))), e.function), index)
    return Add(renamed(e.function, index, j), rest)


def _sum_of_a_constant(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """N·u = Σ_n u, beside (1 - N)·u."""
    size = random.choice([ROWS, COLUMNS])
    new = fresh(random, size, (*scope, *e.atoms(Idx)))
    return Add(total(e, new), Mul(Add(ONE, minus(size)), e))


def _sum_of_deltas(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u = u·Σ_k [k = j], j an index or a label."""
    label = random.random() < 0.5
    new = fresh(random, COLUMNS, (*scope, *e.atoms(Idx)))
    j = t[random.choice(at(scope, ROWS))] if label else random.choice(at(scope, COLUMNS))
    return Mul(e, total(delta(new, j), new))


def _shift_a_maximum(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """max_k u_k = max_k (u_k + c) - c."""
    if not isinstance(e, maximum_over):
        return None
    c = simple_formula(random, scope)
    return Add(max_(Add(e.args[0], c), e.args[1]), minus(c)) if not c.has(e.args[1]) else None


INDICES: Mapping[str, Callable[[Random, Expr, Scope], Expr | None]] = {
    "rename a bound index": _rename_bound,
    "split a sum": _split_sum,
    "merge sums": _merge_sums,
    "push a factor in": _push_a_factor_in,
    "pull a factor out": _pull_a_factor_out,
    "exchange sums": _exchange_sums,
    "square of a sum": _square_of_a_sum,
    "insert a delta": _insert_a_delta,
    "insert a label": _insert_a_label,
    "use a delta": _use_a_delta,
    "set one term apart": _set_one_term_apart,
    "sum of a constant": _sum_of_a_constant,
    "sum of deltas": _sum_of_deltas,
    "shift a maximum": _shift_a_maximum,
}
