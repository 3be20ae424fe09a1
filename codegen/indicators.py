"""Indicators in a formula: on which one it is decided first, and what is left of it either way.

Σ and max bind indices, so an indicator inside them is theirs to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Pow

from derivations.notation import argmax_over, is_zero_at, positive
from derivations.substitution import bound_indices, factors_of, names_in, terms_of

INDICATORS = (positive, is_zero_at, KroneckerDelta)

Sides = tuple[str, Expr, Expr]


def deciding(e: Expr) -> Expr | None:
    """The indicator by which a formula is best written as a choice, if there is one.

    A product is decided whole. So is a sum of terms where that is shorter than its terms one by one, or where
    one of them is nothing but an indicator, which has no dtype of its own.
    """
    if isinstance(e, INDICATORS):
        return e
    if isinstance(e, Pow):
        return deciding(e.base)
    if isinstance(e, Mul):
        return _first([deciding(f) for f in factors_of(e)])
    if isinstance(e, Add):
        found = _first([deciding(t) for t in terms_of(e)])
        if found is not None and (any(map(_is_bare, terms_of(e))) or _is_shorter(e, found)):
            return found
    return None


def decided(e: Expr, indicator: Expr, holds: bool) -> Expr:
    """What a formula is where an indicator is 1, or where it is 0."""
    known: dict[Expr, Expr] = {indicator: Integer(holds)}
    if holds and isinstance(indicator, KroneckerDelta):
        index, label = index_and_label(indicator)
        known |= {label: index} if isinstance(index, Idx) else {}
    elif holds:
        known |= {other: Integer(0) for other in _excluded_by(indicator)}
    return _replaced(e, known)


def _excluded_by(indicator: Expr) -> frozenset[Expr]:
    """u > 0, u = 0 and −u > 0: where one holds, the others do not."""
    if isinstance(indicator, KroneckerDelta):
        return frozenset()
    (u,) = indicator.args
    return frozenset({positive(u), is_zero_at(u), positive(-u)}) - {indicator}


def spread(e: Expr) -> Expr:
    """δ·([u > 0] + [v > 0]) as two terms, each with a choice of its own, where neither excludes the other."""
    for factor in factors_of(e):
        found = {c for t in terms_of(factor) for c in factors_of(t) if isinstance(c, INDICATORS)}
        if isinstance(e, Mul) and len(found) > 1 and not any(found & _excluded_by(c) for c in found):
            rest = Mul(*(f for f in factors_of(e) if f != factor))
            return Add(*(rest * t for t in terms_of(factor))) if isinstance(factor, Add) else e
    return e


def _replaced(e: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Put what is known in its place, but not inside a Σ or max that binds one of its indices."""
    if e in known:
        return known[e]
    if not e.args or isinstance(e, (Idx, IndexedBase)):
        return e
    bound = {str(index.label) for index in bound_indices(e)}
    if bound:
        known = {old: new for old, new in known.items() if not bound & (names_in(old) | names_in(new))}
        return e.func(_replaced(e.args[0], known), *e.args[1:])
    return e.func(*(_replaced(a, known) for a in e.args))


def index_and_label(e: Expr) -> tuple[Expr, Expr]:
    """The two sides of a delta, what is computed last."""
    index, label = sorted(e.args, key=lambda a: (not isinstance(a, Idx), isinstance(a, argmax_over), str(a)))
    return index, label


def sides(indicator: Expr) -> Sides:
    """A comparison as one writes it: [1 − a > 0] as (less, a, 1), [a − b > 0] as (greater, a, b)."""
    (u,) = indicator.args
    terms = terms_of(u.primitive()[1])
    left = [t for t in terms if not t.is_number and not t.could_extract_minus_sign()]
    right = [-t for t in terms if t not in left]
    name = "greater" if isinstance(indicator, positive) else "equal"
    if left:
        return name, Add(*left), Add(*right)
    number = [t for t in right if t.is_number]
    swapped = {"greater": "less"}.get(name, name)
    return swapped, Add(*(t for t in right if not t.is_number)), -Add(*number)


def _first(found: Sequence[Expr | None]) -> Expr | None:
    """[u > 0] before [u = 0], which is seldom asked alone, and a comparison before a position."""
    present = [c for c in found if c is not None]
    return min(present, key=lambda c: (INDICATORS.index(type(c)), str(c)), default=None)


def _is_bare(e: Expr) -> bool:
    """Whether a term is an indicator times what has no axis."""
    factors = factors_of(e)
    return any(isinstance(f, INDICATORS) for f in factors) and not any(
        f.atoms(Indexed) for f in factors if not isinstance(f, INDICATORS)
    )


def _is_shorter(e: Expr, indicator: Expr) -> bool:
    """Whether two whole formulas to choose from are shorter than a choice in each term that holds an indicator."""
    apart = (1 + _length(t, indicator) if t.has(indicator) else t.count_ops() for t in terms_of(e))
    return _length(e, indicator) <= sum(apart)


def _length(e: Expr, indicator: Expr) -> int:
    return sum(decided(e, indicator, holds).count_ops() for holds in (True, False))
