"""A formula differentiated by one entry, line by line, each line with the rules that lead to it.

A line is an expression in which ``derivative(u, entry)`` stands for what is still to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Idx, Indexed, Integer, KroneckerDelta, Mul, Pow, Sum

from derivations.notation import delta, derivative, jacobian, name_of, sum_
from derivations.pull_back import DERIVATIVES, branches
from derivations.substitution import bound_indices, fresh_index, names_in, substitute, tidy

TERMS = "term by term"
CONSTANTS = "constants drop out"
FACTOR = "constant factor"
PRODUCT = "product rule"
INVERSE = "(1/u)' = -u'/u²"
POWER = "(u^c)' = c u^(c-1) u'"
OWN = "entries vary independently"
SIFTED = "sifting a delta"
OUTSIDE = "factors without the index leave the sum"


@dataclass(frozen=True)
class Line:
    """One more way to write what stood in the line above, and by which rules."""

    right: Expr
    rules: tuple[str, ...] = ()


def differentiated(e: Expr, entry: Indexed, label_axes: Mapping[str, Expr]) -> list[Line]:
    """The lines from ∂e/∂entry to a formula without derivatives.

    Parameters
    ----------
    e : Expr
        A formula of the language.
    entry : Indexed
        By what to differentiate; the indices of its own entry are fixed.
    label_axes : mapping
        The size of the axis on which each label's values lie.
    """
    rules: Rules = {}
    now = _linear(derivative(e, entry), rules)
    lines = [Line(now, tuple(rules))] if rules or not now.atoms(derivative) else []
    while now.atoms(derivative):
        rules = {}
        now = _linear(_rewritten(now, _one_rule, rules), rules)
        lines.append(Line(now, tuple(rules)))
    settled = tidy(now, label_axes)
    if settled != now:
        lines.append(Line(settled, (SIFTED if now.atoms(KroneckerDelta) else OUTSIDE,)))
    return [Line(_by_entries(line.right), line.rules) for line in lines]


def _by_entries(e: Expr) -> Expr:
    """An entry differentiated by another one, written like that of a step."""
    return e.replace(
        lambda part: isinstance(part, derivative) and isinstance(part.args[0], Indexed),
        lambda part: jacobian(*part.args),
    )


Rules = dict[str, None]
Rewrite = Callable[[Expr, Indexed, Rules], Expr]


def _rewritten(e: Expr, rewrite: Rewrite, rules: Rules) -> Expr:
    """Every derivative in an expression rewritten once."""
    if isinstance(e, derivative):
        return rewrite(e.args[0], e.args[1], rules)
    if not e.atoms(derivative):
        return e
    if isinstance(e, Sum):
        return sum_(_rewritten(e.function, rewrite, rules), *bound_indices(e))
    return e.func(*(_rewritten(a, rewrite, rules) for a in e.args))


def _linear(e: Expr, rules: Rules) -> Expr:
    """All that linearity alone gives: sums, constant factors, what does not depend on the entry."""
    before = None
    while e != before:
        before, e = e, _rewritten(e, _linear_rule, rules)
    return e


def _linear_rule(u: Expr, entry: Indexed, rules: Rules) -> Expr:
    if not _reads(u, entry):
        return Integer(0)
    if u == entry:
        return Integer(1)
    if isinstance(u, Sum):
        rules[TERMS] = None
        taken, fresh = names_in(entry), []
        for index in bound_indices(u):
            fresh.append(fresh_index(index, taken | (names_in(u.function) - {str(index.label)})))
            taken |= {str(fresh[-1].label)}
        body = substitute(u.function, dict(zip(bound_indices(u), fresh, strict=True)))
        return sum_(derivative(body, entry), *fresh)
    if isinstance(u, Add):
        reading = [term for term in u.args if _reads(term, entry)]
        if len(reading) < len(u.args):
            rules[CONSTANTS] = None
        if len(reading) > 1:
            rules[TERMS] = None
        return Add(*(derivative(term, entry) for term in reading))
    if isinstance(u, Mul):
        constant = [f for f in u.args if not _reads(f, entry)]
        if constant:
            rules[FACTOR] = None
            return Mul(*constant) * derivative(Mul(*(f for f in u.args if _reads(f, entry))), entry)
    return derivative(u, entry)


def _one_rule(u: Expr, entry: Indexed, rules: Rules) -> Expr:
    """The derivative of the outermost operation of a formula, times that of what it is applied to."""
    if isinstance(u, Indexed):
        rules[OWN] = None
        return Mul(*(delta(own, at) for own, at in zip(u.indices, entry.indices, strict=True)))
    parts = [(part, outer, rule) for part, outer, rule in branches(u) if _reads(part, entry)]
    for _, _, rule in parts:
        rules[_named(u, rule)] = None
    return Add(*(outer * derivative(part, entry) for part, outer, _ in parts))


def _named(u: Expr, rule: str) -> str:
    if isinstance(u, Mul):
        return PRODUCT
    if isinstance(u, Pow) and rule == "power rule":
        return INVERSE if u.exp == -1 else POWER
    return f"derivative of {u.func.__name__}: {rule}" if type(u) in DERIVATIVES else rule


def _reads(e: Expr, entry: Indexed) -> bool:
    """Whether a formula reads the tensor of an entry at a place that may be that entry."""
    return any(name_of(each) == name_of(entry) and not _apart(each, entry) for each in e.atoms(Indexed))


def _apart(one: Indexed, other: Indexed) -> bool:
    pairs = zip(one.indices, other.indices, strict=True)
    return any(a.is_Integer and b.is_Integer and a != b for a, b in pairs)


def aligned(left: Indexed, right: Expr, entry: Indexed) -> tuple[Indexed, Expr]:
    """A step that reads the tensor of an entry, at the indices at which it can read that very entry.

    An index of the step that every read has at one position takes the entry's index there; the others keep
    names of their own.
    """
    reads = [e for e in right.atoms(Indexed) if name_of(e) == name_of(entry)]
    renaming: dict[Expr, Expr] = {}
    for position, wanted in enumerate(entry.indices):
        at = {e.indices[position] for e in reads}
        own = next(iter(at))
        if len(at) == 1 and isinstance(own, Idx) and own in left.indices and own not in renaming:
            renaming[own] = wanted
    taken = names_in(entry)
    for index in left.indices:
        if isinstance(index, Idx) and index not in renaming:
            renaming[index] = fresh_index(index, taken)
            taken |= {str(renaming[index].label)}
    return substitute(left, renaming), substitute(right, renaming)
