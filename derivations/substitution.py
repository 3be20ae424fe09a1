"""Replacing indices and tensors in SymPy expressions without ever capturing a bound index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache

from sympy import Add, Expr, Idx, Indexed, Integer, KroneckerDelta, Mul, Sum, evaluate

from derivations.notation import argmax_over, maximum_over, mean_over, name_of, size_of, sum_

BINDERS = (maximum_over, argmax_over, mean_over)


class PartialSum(ValueError):
    """A Σ over something else than the whole axis of an index, which the language does not have."""


def bound_indices(e: Expr) -> tuple[Idx, ...]:
    """The indices that the top of an expression binds.

    Raises
    ------
    PartialSum
        A sum does not run over the whole axis of an index.
    """
    if isinstance(e, Sum):
        for limit in e.limits:
            _check_whole(limit)
        return tuple(limit[0] for limit in e.limits)
    return (e.args[1],) if isinstance(e, BINDERS) else ()


@cache
def _check_whole(limit: tuple[Expr, ...]) -> None:
    index = limit[0]
    if not isinstance(index, Idx):
        raise PartialSum(f"the sum over {index} needs an index made by axes()")
    with evaluate(True):  # claims are built, and may be read, where SymPy evaluates nothing
        low, high = (worked_out(bound) for bound in limit[1:])
        whole = size_of(index) - 1
    if low != 0 or high != whole:
        raise PartialSum(
            f"the sum over {index.label} runs from {low} to {high}, not over its whole axis of {size_of(index)}: "
            "sum over the axis, with a delta or an indicator for the part that is meant"
        )


def worked_out(e: Expr) -> Expr:
    """An expression as SymPy evaluates it when it is built."""
    return e.func(*map(worked_out, e.args)) if e.args and not isinstance(e, (Idx, Indexed)) else e


def free_indices(e: Expr) -> tuple[Idx, ...]:
    """The indices that occur free, in order of first appearance."""
    found: dict[Idx, None] = {}
    _collect(e, (), found)
    return tuple(found)


def _collect(e: Expr, bound: tuple[Idx, ...], found: dict[Idx, None]) -> None:
    if isinstance(e, Idx):
        if e not in bound:
            found.setdefault(e)
        return
    inner = bound + bound_indices(e)
    parts = e.args[:1] if bound_indices(e) else e.args
    for part in parts:
        _collect(part, inner, found)


def names_in(e: Expr) -> frozenset[str]:
    """The names of all indices in an expression, bound or free."""
    return frozenset(str(i.label) for i in e.atoms(Idx))


def fresh_index(index: Idx, taken: Iterable[str]) -> Idx:
    """An index over the same axis whose name is not taken: the same name, else with primes."""
    used, name = set(taken), str(index.label)
    while name in used:
        name += "'"
    return Idx(name, size_of(index))


def substitute(e: Expr, replacing: Mapping[Expr, Expr]) -> Expr:
    """Replace free indices (and whole entries) by expressions; bound indices are renamed out of the way."""
    if e in replacing:
        return replacing[e]
    bound = bound_indices(e)
    if bound:
        inner = {old: new for old, new in replacing.items() if old not in bound}
        taken = {name for new in inner.values() for name in names_in(new)}
        body = e.args[0]
        fresh = []
        for index in bound:
            new = index
            if str(index.label) in taken:
                new = fresh_index(index, taken | names_in(body))
                body = substitute(body, {index: new})
            fresh.append(new)
            taken |= {str(new.label)}
        body = substitute(body, inner)
        return sum_(body, *fresh) if isinstance(e, Sum) else e.func(body, fresh[0])
    if not e.args or isinstance(e, Idx):
        return e
    args = [substitute(a, replacing) for a in e.args]
    return e if all(new is old for new, old in zip(args, e.args, strict=True)) else e.func(*args)


@lru_cache(maxsize=1 << 16)
def names_read(e: Expr) -> frozenset[str]:
    """The names of all tensors that an expression reads, labels among them."""
    return frozenset(name_of(r) for r in e.atoms(Indexed))


def replace_reads(e: Expr, name: str, formula: Callable[[tuple[Expr, ...]], Expr]) -> Expr:
    """Put ``formula(indices)`` in place of every read of a tensor.

    The formula may have no free index but those it is given: then nothing can be captured.
    """
    if name not in names_read(e):
        return e
    if isinstance(e, Indexed) and name_of(e) == name:
        return formula(tuple(replace_reads(i, name, formula) for i in e.indices))
    if isinstance(e, Sum):
        return sum_(replace_reads(e.function, name, formula), *bound_indices(e))
    args = [replace_reads(a, name, formula) for a in e.args]
    return e if all(new is old for new, old in zip(args, e.args, strict=True)) else e.func(*args)


def inline(e: Expr, left: Indexed, right: Expr) -> Expr:
    """Put a step's right side in place of every read of it."""
    return replace_reads(
        e, name_of(left), lambda at: substitute(right, dict(zip(left.indices, at, strict=True)))
    )


def factors_of(e: Expr) -> tuple[Expr, ...]:
    """The factors of a product; the expression itself otherwise."""
    return tuple(e.args) if isinstance(e, Mul) else (e,)


def terms_of(e: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; the expression itself otherwise."""
    return tuple(e.args) if isinstance(e, Add) else (e,)


def tidy(e: Expr, axis_of_label: Mapping[str, Expr]) -> Expr:
    """Sift deltas out of sums and take factors without the bound index outside.

    Only Σ_k [k = e] u(k) = u(e), with e an index or a label of k's own axis, and Σ_k c·u = c·Σ_k u.
    """
    if isinstance(e, Sum):
        body = tidy(e.function, axis_of_label)
        for index in bound_indices(e):
            body = _tidy_sum(body, index, axis_of_label)
        return body
    if not e.args or isinstance(e, (Idx, Indexed)):
        return e
    return e.func(*(tidy(a, axis_of_label) if isinstance(a, Expr) else a for a in e.args))


def _tidy_sum(body: Expr, index: Idx, axis_of_label: Mapping[str, Expr]) -> Expr:
    if isinstance(body, Add) and any(_sifts(t, index, axis_of_label) for t in body.args):
        return Add(*(_tidy_sum(t, index, axis_of_label) for t in body.args))
    found = _sifts(body, index, axis_of_label)
    if found is not None:
        factor, value = found
        rest = Mul(*(f for f in factors_of(body) if f != factor))
        return substitute(rest, {index: value})
    outside = [f for f in factors_of(body) if index not in free_indices(f)]
    inside = [f for f in factors_of(body) if index in free_indices(f)]
    if not inside:
        return body * size_of(index)
    return Mul(*outside) * sum_(Mul(*inside), index)


def _sifts(body: Expr, index: Idx, axis_of_label: Mapping[str, Expr]) -> tuple[Expr, Expr] | None:
    for factor in factors_of(body):
        if isinstance(factor, KroneckerDelta) and index in factor.args:
            other = factor.args[1] if factor.args[0] == index else factor.args[0]
            if index not in free_indices(other) and _same_axis(other, index, axis_of_label):
                return factor, other
    return None


def _same_axis(other: Expr, index: Idx, axis_of_label: Mapping[str, Expr]) -> bool:
    if isinstance(other, Idx):
        return bool(size_of(other) == size_of(index))
    if isinstance(other, Integer):
        return bool(size_of(index).is_Integer and 0 <= other < size_of(index))
    return isinstance(other, Indexed) and axis_of_label.get(name_of(other)) == size_of(index)


def subexpressions(e: Expr) -> Iterator[Expr]:
    """All parts of an expression, outermost first, indices of entries left out."""
    yield e
    if not isinstance(e, (Indexed, Idx)):
        for part in e.args[:1] if bound_indices(e) else e.args:
            if isinstance(part, Expr):
                yield from subexpressions(part)
