"""Derivatives of formulas in a claim, such as (1 + e^{-a})': each formula becomes a step, whose jacobian is taken."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Idx, Indexed, IndexedBase, Sum

from derivations.grammar import DefinitionError
from derivations.layer import Layer, Statement
from derivations.notation import GRADIENT, derivative, is_gradient, jacobian, name_of, sum_
from derivations.obligations import formulas, mapped
from derivations.substitution import bound_indices, free_indices, inline


def named_derivatives(layer: Layer, statement: Statement) -> tuple[Layer, Statement]:
    """The layer with a step for each formula that the statement derives, and the statement in jacobians.

    These steps stand before the output, which is put into them.

    Raises
    ------
    DefinitionError
        If a formula reads a gradient, which depends on more than the layer says.
    """
    used = formulas(statement)
    found = dict.fromkeys(d for f in used for d in sorted(f.atoms(derivative), key=str))
    if not found:
        return layer, statement
    reads = {e for f in used for e in f.atoms(Indexed)}
    declared = (*layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else []), *layer.forward)
    labels = (e for right in layer.target_as_label.values() for e in right.atoms(Indexed))
    taken = {name_of(e).removeprefix(GRADIENT) for e in (*declared, *labels, *reads)}
    *before, (output, last) = layer.steps
    steps = dict(before)
    for each in found:
        term, by = each.args
        if any(is_gradient(e.base) for e in term.atoms(Indexed)):
            raise DefinitionError(f"{layer.name}: {term} reads a gradient; a derivative of it is not in the language")
        term = inline(term, output, last)
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
