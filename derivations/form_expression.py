"""A form as a SymPy expression again: one candidate among others for the formula that is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sympy import (
    Add,
    Expr,
    Function,
    Idx,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Rational,
    Symbol,
    cos,
    erf,
    exp,
    log,
    sin,
    tan,
)
from sympy import atan as arctan

from derivations.form import INDICATORS, Atom, Form, Index, Monomial, NotShown
from derivations.form_functions import factor_out
from derivations.notation import is_zero_at, maximum_over, positive, size_symbol, sum_

OPAQUE = {f.__name__: f for f in (sin, cos, tan, arctan, erf)}


def to_expression(form: Form, letters: Mapping[str, Sequence[str]], bound: Mapping[str, str] | None = None) -> Expr:
    """A form as an expression, its common factors taken out.

    Parameters
    ----------
    form : Form
        What to write.
    letters : mapping of str to sequence of str
        For each size the names that its indices usually have; bound indices are named from it.
    bound : mapping of str to str, optional
        The names already given to canonical bound indices.

    Raises
    ------
    NotShown
        The form holds something that has no expression, such as an affine delta.
    """
    known = dict(bound or {})
    if not form:
        return Integer(0)
    content, common, rest = factor_out(form, lambda a: a[0] not in INDICATORS)
    if len(rest) > 1 and rest[0][1] < 0 and all(c < 0 for _, c in rest):
        content, rest = -content, tuple((m, -c) for m, c in rest)
    terms = [_rational(c) * _monomial(m, letters, known) for m, c in rest]
    return _rational(content) * _monomial(common, letters, known) * Add(*terms)


def _rational(value: Fraction) -> Expr:
    return Rational(value.numerator, value.denominator)


def _monomial(monomial: Monomial, letters: Mapping[str, Sequence[str]], bound: Mapping[str, str]) -> Expr:
    return Mul(*(_atom(a, letters, bound) ** _rational(e) for a, e in monomial))


def _atom(atom: Atom, letters: Mapping[str, Sequence[str]], bound: Mapping[str, str]) -> Expr:
    kind = atom[0]
    if kind == "sym":
        return size_symbol(atom[1]) if atom[2] == "0" else Symbol(atom[1], real=True)
    if kind == "num":
        return Integer(atom[1])
    if kind == "ten":
        return IndexedBase(atom[1], real=True)[tuple(_index(i, bound) for i in atom[2])]
    if kind == "eq":
        return KroneckerDelta(_index(atom[1], bound), _index(atom[2], bound))
    if kind == "exp":
        return exp(_monomial(atom[1], letters, bound))
    if kind == "sum":
        named = _named(atom[1], letters, bound)
        return sum_(_monomial(atom[2], letters, named), *(_idx(named[b[0]], b[1]) for b in atom[1]))
    if kind == "fun":
        head = OPAQUE.get(atom[1]) or Function(atom[1])
        return head(to_expression(atom[2], letters, bound))
    heads = {"log": log, "pos": positive, "zer": is_zero_at, "pow": lambda u: u}
    if kind in heads:
        return heads[kind](to_expression(atom[1], letters, bound))
    if kind == "max":
        named = _named((atom[1],), letters, bound)
        return maximum_over(to_expression(atom[2], letters, named), _idx(named[atom[1][0]], atom[1][1]))
    raise NotShown(f"a {kind} atom has no expression")


def _named(
    names: Sequence[tuple[str, str]], letters: Mapping[str, Sequence[str]], bound: Mapping[str, str]
) -> dict[str, str]:
    named = dict(bound)
    for name, size in names:
        usual = [*letters.get(size, ()), f"i{len(named)}"]
        named[name] = next((u for u in usual if u not in named.values()), usual[0] + "'" * len(named))
    return named


def _idx(name: str, size: str) -> Idx:
    return Idx(name, int(size) if size.isdigit() else size_symbol(size))


def _index(index: Index, bound: Mapping[str, str]) -> Expr:
    if index[0] == "int":
        return Integer(index[1])
    if index[0] == "var":
        return _idx(bound.get(index[1], index[1]), index[2])
    if index[0] == "lab":
        return IndexedBase(index[1], integer=True)[tuple(_index(i, bound) for i in index[3])]
    raise NotShown(f"an index of kind {index[0]} has no expression")
