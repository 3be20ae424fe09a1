"""The cases in which a claim is judged: at the sizes that the document writes for, and in general."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Integer, Mul, Pow, Sum, Symbol, evaluate, sympify

from derivations.claim_axes import check_indices
from derivations.definition import check_layer
from derivations.grammar import DefinitionError
from derivations.layer import All, Assumption, Claim, Defines, Equal, Layer, Statement
from derivations.notation import GRADIENT, name_of, size_of, sum_
from derivations.obligations import formulas, mapped
from derivations.substitution import bound_indices, free_indices, worked_out

WRITTEN_OUT = 4
"""Up to this size a fixed axis is written out, position by position."""

Sizes = Mapping[Expr, Expr | int]


@dataclass(frozen=True)
class Case:
    """A statement about a layer, both with these sizes fixed; ``loss`` says that Loss is the sum of the output."""

    layer: Layer
    statement: Statement
    loss: bool
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The sizes as text, nothing where none is fixed."""
        return ", ".join(f"{size} = {count}" for size, count in self.sizes.items())


def cases_of(layer: Layer, claim: Claim, statement: Statement, general: Statement | None = None) -> tuple[Case, ...]:
    """The cases of a statement of a claim, the document's own sizes first.

    What the document does not declare is declared. A formula that a document works out with numbers is judged at
    these numbers alone. A loss whose target is given stays one.

    Raises
    ------
    DefinitionError
        If an index of the statement has two axes, or what the claim gives makes no layer.
    """
    at, loss = claim.at, layer.target is not None
    for each in (statement, *([general] if general is not None else [])):
        check_indices(each, f"{layer.name}: {claim.id}")
    layer = layer_declared(layer, claim) if claim.declares else layer
    if at is None:
        return (Case(layer, statement, loss),)
    there = layer_at(layer_given(layer, at.values), at.sizes)
    sizes = {str(size): count for size, count in at.sizes.items()}
    own = Case(there, _statement_at(statement, at.sizes), loss, sizes)
    return (own,) if at.values else (own, Case(layer, general or statement, loss))


def layer_declared(layer: Layer, claim: Claim) -> Layer:
    """The layer with what the document does not declare.

    Raises
    ------
    DefinitionError
        If the claim names nothing that the layer lacks, or what is declared makes no layer.
    """
    new = {name_of(e) for right in claim.declares.values() for e in right.atoms(Indexed)}
    named = {name_of(e).removeprefix(GRADIENT) for f in formulas(claim.statement) for e in f.atoms(Indexed)}
    if not new & named or new & _names(layer):
        listed = ", ".join(sorted(new))
        raise DefinitionError(f"{layer.name}: {claim.id} declares {listed}, which it must read and the layer lack")
    for left in claim.declares:
        if not _leaves_free(left, claim.declares):
            raise DefinitionError(
                f"{layer.name}: {claim.id}: {left} = {claim.declares[left]} leaves {left} less than free; add a tensor "
                "of its own with the same indices, read there alone"
            )
    return layer_given(layer, claim.declares)


def _leaves_free(left: Indexed, declared: Mapping[Indexed, Expr]) -> bool:
    """Whether what is declared can still be any tensor: a term ± u at its indices, and u read nowhere else."""
    with evaluate(True):
        terms = [term for right in declared.values() for term in Add.make_args(worked_out(right))]
        own = [-term if term.could_extract_minus_sign() else term for term in Add.make_args(worked_out(declared[left]))]
    reads = [name_of(e) for term in terms for e in term.atoms(Indexed)]
    return any(isinstance(u, Indexed) and u.indices == left.indices and reads.count(name_of(u)) == 1 for u in own)


def layer_given(layer: Layer, given: Mapping[Indexed, Expr]) -> Layer:
    """The layer with some inputs given by formulas, as steps; what these read is input instead.

    Raises
    ------
    DefinitionError
        If an entry is neither an input nor the target, has other axes, or the formulas make no layer.
    """
    if not given:
        return layer
    names = {name_of(e) for e in given}
    inputs = {name_of(e): e for e in (*layer.inputs, *([layer.target] if layer.target is not None else []))}
    if names - set(inputs):
        raise DefinitionError(f"{layer.name}: {', '.join(sorted(names - set(inputs)))} is no input of the layer")
    for e in given:
        if [*map(_axis, e.indices)] != [*map(size_of, inputs[name_of(e)].indices)]:
            own = inputs[name_of(e)]
            raise DefinitionError(f"{layer.name}: {e} is given, but {own} has other axes; give all of it")
    kept = {*inputs, *map(name_of, layer.parameters)} - names
    reads = (e for right in given.values() for e in sorted(right.atoms(Indexed), key=str))
    read = {name_of(e): e for e in reads if name_of(e) not in kept}
    kept_target = layer.target is not None and name_of(layer.target) not in names
    made = replace(
        layer,
        inputs=(*(e for e in layer.inputs if name_of(e) not in names), *read.values()),
        target=layer.target if kept_target else None,
        target_as_label=layer.target_as_label if kept_target else {},
        domains={base: domain for base, domain in layer.domains.items() if name_of(base) not in names},
        forward={**given, **layer.forward},
        claims=(),
    )
    check_layer(made)
    return made


def _axis(index: Expr) -> Expr | None:
    return size_of(index) if isinstance(index, Idx) else None


def layer_at(layer: Layer, sizes: Sizes) -> Layer:
    """The layer with some sizes fixed, or put in terms of others.

    Raises
    ------
    DefinitionError
        If a size that others determine would be another one.
    """

    def fixed(e: Expr) -> Expr:
        return with_sizes(e, sizes)

    found, equations = _determined_at(layer, sizes)
    return replace(
        layer,
        forward=_fixed(layer.forward, sizes),
        inputs=tuple(map(fixed, layer.inputs)),
        parameters=tuple(map(fixed, layer.parameters)),
        target=None if layer.target is None else fixed(layer.target),
        target_as_label=_fixed(layer.target_as_label, sizes),
        assumptions=tuple(
            Assumption(fixed(a.left), fixed(a.right), _fixed(a.example, sizes)) for a in layer.assumptions
        ),
        output_sizes=found,
        size_equations=equations,
        claims=(),
    )


def claim_at(claim: Claim, sizes: Sizes) -> Claim:
    """A claim with some sizes put in terms of others."""

    def fixed(statement: Any) -> Any:
        return None if statement is None else mapped(statement, lambda e: with_sizes(e, sizes))

    general, correction = fixed(claim.general), fixed(claim.correction)
    return replace(claim, statement=fixed(claim.statement), general=general, correction=correction, requires=())


def _determined_at(layer: Layer, sizes: Sizes) -> tuple[dict[Symbol, Expr], tuple[tuple[Expr, Expr], ...]]:
    """What sizes determine there; what determines a number must give it, and stays an equation until it is known."""
    found: dict[Symbol, Expr] = {}
    with evaluate(True):
        put = {size: sympify(count, strict=True) for size, count in sizes.items()}
        equations = [(left.xreplace(put), right.xreplace(put)) for left, right in layer.size_equations]
        for size, formula in layer.output_sizes.items():
            fixed, value = put.get(size, size), sympify(formula, strict=True).subs(put)
            if isinstance(fixed, Symbol) and fixed not in (*found, *value.free_symbols):
                found[fixed] = value
            elif fixed.is_Integer and value.is_Integer and fixed != value:
                raise DefinitionError(f"{layer.name}: {size} is {value} at these sizes, not {fixed}")
            elif fixed != value:
                equations.append((fixed, value))
    return found, tuple(equations)


def with_sizes(e: Expr, sizes: Sizes) -> Expr:
    """An expression with some sizes fixed, otherwise as it was typed."""
    if e in sizes:
        return sympify(sizes[e], strict=True)
    if isinstance(e, Idx):
        return Idx(e.label, size_of(e).xreplace({size: sympify(count, strict=True) for size, count in sizes.items()}))
    if isinstance(e, Sum):
        return sum_(with_sizes(e.function, sizes), *(with_sizes(index, sizes) for index, _, _ in e.limits))
    if isinstance(e, Indexed):
        return e.base[tuple(with_sizes(i, sizes) for i in e.indices)]
    if not e.args or isinstance(e, IndexedBase):
        return e
    args = [with_sizes(a, sizes) for a in e.args]
    same = all(new is old for new, old in zip(args, e.args, strict=True))
    return e if same else e.func(*args, evaluate=False)


def _fixed(pairs: Mapping[Indexed, Expr], sizes: Sizes) -> dict[Indexed, Expr]:
    return {with_sizes(left, sizes): with_sizes(right, sizes) for left, right in pairs.items()}


def _statement_at(statement: Statement, sizes: Sizes) -> Statement:
    """A statement at fixed sizes, an equality over small fixed axes position by position."""
    if isinstance(statement, All):
        return All(tuple(_written_out(part, sizes) for part in statement.parts))
    return _written_out(statement, sizes)


def _written_out(statement: Statement, sizes: Sizes) -> Statement:
    # An axis of one position that no document counts, such as that of E, stays as it is.
    alone = {str(i.label) for f in formulas(statement) for i in free_indices(f) if size_of(i) == 1}
    statement = mapped(statement, lambda e: with_sizes(e, sizes))
    if not isinstance(statement, (Equal, Defines)):
        return statement
    free = [i for f in formulas(statement) for i in free_indices(f) if str(i.label) not in alone]
    fixed = [i for i in dict.fromkeys(free) if size_of(i).is_Integer and 1 <= size_of(i) <= WRITTEN_OUT]
    places = product(*(map(Integer, range(size_of(i))) for i in fixed))
    parts = [mapped(statement, partial(_placed, at=dict(zip(fixed, place, strict=True)))) for place in places]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _placed(e: Expr, at: Mapping[Expr, Expr]) -> Expr:
    """An expression with some free indices put at positions, otherwise as it was typed."""
    if e in at:
        return at[e]
    if not e.args or isinstance(e, (Idx, IndexedBase)):
        return e
    bound = bound_indices(e)
    if bound:
        return e.func(_placed(e.args[0], {i: p for i, p in at.items() if i not in bound}), *e.args[1:])
    args = [_placed(a, at) for a in e.args]
    same = all(new is old for new, old in zip(args, e.args, strict=True))
    typed = {"evaluate": False} if isinstance(e, (Add, Mul, Pow)) else {}
    return e if same else e.func(*args, **typed)


def _names(layer: Layer) -> set[str]:
    given = (*layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else []))
    return {name_of(e) for e in (*given, *layer.forward)}
