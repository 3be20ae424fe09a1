"""Positions counted from 1, as documents count them; definitions and claims count from 0."""

from __future__ import annotations

from sympy import Add, Expr, Idx, Indexed, KroneckerDelta, Max, Min, Mul, Rational, Sum, Symbol

from derivations.substitution import bound_indices, worked_out
from derivations.text import term_key


def position(index: Expr) -> Expr:
    """A position counted from 1: K for K - 1, 2·i + k - 2 for 2·i + k - 1; an index or a label is one as it is."""
    if isinstance(index, (Max, Min)):
        return index.func(*map(position, index.args), evaluate=False)
    return _in_order(Add(_worked_out(index), 1)) if _is_affine(index) and not _is_place(index) else index


def in_order(index: Expr) -> Expr:
    """A position counted from 0, its terms in the order in which a person writes them: 2·i + 1 for 1 + 2·i."""
    if not index.args or isinstance(index, (Idx, Indexed)):
        return index
    if _is_affine(index):
        plain = worked_out(index)
        if not isinstance(plain, Add):
            return plain
        return Add(*sorted(plain.args, key=lambda t: (isinstance(t, Rational), term_key(t))), evaluate=False)
    return index.func(*map(in_order, index.args), evaluate=False)


def counted_from_one(e: Expr) -> Expr:
    """The same formula as typed, with k - 1 where an index k, which then counts from 1, is a number in it."""
    if isinstance(e, (Indexed, KroneckerDelta)) or not e.has(Idx):
        return e
    if isinstance(e, Sum):
        return Sum(counted_from_one(e.function), *e.limits)
    if _is_affine(e):
        return _in_order(_worked_out(e))
    bound = bound_indices(e)
    args = [counted_from_one(a) if isinstance(a, Expr) and a not in bound else a for a in e.args]
    same = all(new is old for new, old in zip(args, e.args, strict=True))
    return e if same else e.func(*args, evaluate=False)


def _worked_out(e: Expr) -> Expr:
    """A number that indices make, by the same indices counted from 1."""
    if _is_place(e):
        return Add(Symbol(str(e.label), integer=True) if isinstance(e, Idx) else e, -1)
    args = [_worked_out(a) for a in e.args] if isinstance(e, (Add, Mul)) else []
    return e.func(*args).expand() if args else e


def _in_order(e: Expr) -> Expr:
    return Add(*sorted(e.args, key=term_key), evaluate=False) if isinstance(e, Add) else e


def _is_place(e: Expr) -> bool:
    """Whether something is an index or a label, and so a position in itself."""
    return isinstance(e, Idx) or (isinstance(e, Indexed) and bool(e.is_integer))


def _is_affine(e: Expr) -> bool:
    """Whether something is reckoned from indices, labels, sizes and numbers alone."""
    if isinstance(e, (Add, Mul)):
        return all(map(_is_affine, e.args))
    return isinstance(e, (Rational, Symbol)) or _is_place(e)
