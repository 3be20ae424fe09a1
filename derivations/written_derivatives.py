"""Derivatives of formulas in a claim, such as (1 + e^{-a})': each formula becomes a step, whose jacobian is taken."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Idx, IndexedBase, Sum

from derivations.layer import Layer, Statement
from derivations.notation import derivative, jacobian, name_of, sum_
from derivations.obligations import formulas, mapped
from derivations.substitution import bound_indices, free_indices


def named_derivatives(layer: Layer, statement: Statement) -> tuple[Layer, Statement]:
    """The layer with a step for each formula that the statement derives, and the statement in jacobians."""
    found = dict.fromkeys(d for f in formulas(statement) for d in sorted(f.atoms(derivative), key=str))
    if not found:
        return layer, statement
    taken = {name_of(e) for e in (*layer.inputs, *layer.parameters, *layer.forward)}
    *before, (output, last) = layer.steps
    steps = dict(before)
    for each in found:
        term, by = each.args
        number = len(steps)
        while f"term_{number}" in taken:
            number += 1
        # A number without an index is the one entry of an axis.
        indices = free_indices(term) or (Idx("one", 1),)
        entry = IndexedBase(f"term_{number}", real=True)[indices]
        taken.add(name_of(entry))
        steps[entry] = term
        found[each] = jacobian(entry, by)
    return replace(layer, forward={**steps, output: last}), mapped(statement, lambda e: _replaced(e, found))


def _replaced(e: Expr, replacing: dict[Expr, Expr]) -> Expr:
    """The expression otherwise as it was typed."""
    if e in replacing:
        return replacing[e]
    if not e.args or not e.has(derivative):
        return e
    if isinstance(e, Sum):
        return sum_(_replaced(e.function, replacing), *bound_indices(e))
    return e.func(*(_replaced(a, replacing) for a in e.args), evaluate=False)
