"""Layers in a chain as one layer: the output of each is the input, or the prediction, of the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from sympy import Basic, Expr, Indexed, IndexedBase, Symbol

from derivations.definition import DefinitionError
from derivations.layer import Assumption, Claim, Hyperparameter, Initial, Layer
from derivations.notation import name_of, size_of, size_symbol

Renaming = Mapping[Symbol, Expr]


def compose(
    name: str,
    *layers: Layer,
    aliases: tuple[str, ...] = (),
    source: str = "",
    claims: tuple[Claim, ...] = (),
) -> Layer:
    """Chain layers into one.

    What flows from one layer to the next is called as the later one calls it, where that name is free,
    else as the earlier one does. Other names and sizes of a later layer that are taken get a number or a
    prime.

    Raises
    ------
    DefinitionError
        If a layer other than the first has several inputs, or if the axes of an output and of the input
        that it becomes differ in number or in a fixed size.
    """
    chained = reduce(_chain, layers)
    return replace(chained, name=name, aliases=aliases, source=source, claims=claims)


def _chain(first: Layer, second: Layer) -> Layer:
    given = _only_input(second)
    sizes = _sizes_apart(first, second, _joined_sizes(first, second, given))
    names = _names_apart(first, second, given)
    flow = given.base.label if _is_free(name_of(given), first) else first.output.base.label
    before = _renamed(first, {first.output.base.label: flow})
    after = _renamed(second, {**sizes, **names, given.base.label: flow})
    return Layer(
        f"{first.name} {second.name}",
        forward={**before.forward, **after.forward},
        inputs=before.inputs,
        parameters=(*before.parameters, *after.parameters),
        target=after.target,
        target_as_label=after.target_as_label,
        optional=(*before.optional, *after.optional),
        flags={**before.flags, **after.flags},
        functions={**before.functions, **after.functions},
        hyperparameters=(*before.hyperparameters, *after.hyperparameters),
        assumptions=(*before.assumptions, *after.assumptions),
        domains={**before.domains, **{base: one for base, one in after.domains.items() if base.label != flow}},
        sizes=_arguments(before.sizes, after.sizes),
        initial={**before.initial, **after.initial},
    )


def _only_input(layer: Layer) -> Indexed:
    if len(layer.inputs) != 1:
        names = ", ".join(map(name_of, layer.inputs))
        raise DefinitionError(
            f"{layer.name}: has the inputs {names}; a layer after another has one input, besides a target"
        )
    return layer.inputs[0]


def _joined_sizes(first: Layer, second: Layer, given: Indexed) -> dict[Symbol, Expr]:
    """What the sizes of the input must be for the output to fit."""
    output = first.output
    chain = f"{first.name}, then {second.name}: {output} becomes {given}"
    if len(output.indices) != len(given.indices):
        raise DefinitionError(f"{chain}, which has another number of axes")
    joined: dict[Symbol, Expr] = {}
    for produced, taken in zip(map(size_of, output.indices), map(size_of, given.indices), strict=True):
        if joined.get(taken, produced) != produced or (taken.is_Integer and taken != produced):
            raise DefinitionError(f"{chain}, but the axis {taken} cannot be {produced}")
        if not taken.is_Integer:
            joined[taken] = produced
    return joined


def _sizes_apart(first: Layer, second: Layer, joined: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """The joined sizes, and a new name for each other size of the second layer that the first one has."""
    taken = {str(s) for s in _symbols(first) if s.is_integer} | {str(s) for s in joined.values()}
    apart = dict(joined)
    for size in sorted((s for s in _symbols(second) if s.is_integer and s.is_nonnegative), key=str):
        if size not in joined:
            fresh = str(size)
            while fresh in taken:
                fresh += "'"
            taken.add(fresh)
            apart[size] = size_symbol(fresh)
    return apart


def _names_apart(first: Layer, second: Layer, given: Indexed) -> dict[Symbol, Expr]:
    """A new name for each tensor or scalar of the second layer, but its input, that the first one has."""
    apart: dict[Symbol, Expr] = {}
    own = {e.base.label for e in _entries(second)} - {given.base.label}
    own |= {h.symbol for h in second.hyperparameters}
    taken = {str(s) for s in (*_symbols(first), *own, given.base.label)}
    for symbol in sorted((s for s in own if not _is_free(str(s), first)), key=str):
        number = 2
        while f"{symbol}_{number}" in taken:
            number += 1
        apart[symbol] = Symbol(f"{symbol}_{number}", **symbol.assumptions0)
        taken.add(str(apart[symbol]))
    return apart


def _is_free(name: str, layer: Layer) -> bool:
    return name not in {str(s) for s in _symbols(layer)}


def _entries(layer: Layer) -> list[Indexed]:
    formulas = [e for step in layer.forward.items() for e in step]
    formulas += [e for pair in layer.target_as_label.items() for e in pair]
    found = [e for formula in formulas for e in sorted(formula.atoms(Indexed), key=str)]
    return [*found, *layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else [])]


def _symbols(layer: Layer) -> set[Symbol]:
    entries = _entries(layer)
    found = {s for e in entries for i in e.indices for s in size_of(i).free_symbols if hasattr(i, "upper")}
    return found | {e.base.label for e in entries} | {h.symbol for h in layer.hyperparameters}


def _renamed(layer: Layer, names: Renaming) -> Layer:
    """A layer with tensors, scalars and sizes called otherwise, all at once."""

    def new(e: Any) -> Any:
        return e.xreplace(names) if isinstance(e, Basic) else e

    def table(pairs: Mapping[Any, Any]) -> dict[Any, Any]:
        return {new(left): new(right) for left, right in pairs.items()}

    return replace(
        layer,
        forward=table(layer.forward),
        inputs=tuple(map(new, layer.inputs)),
        parameters=tuple(map(new, layer.parameters)),
        target=new(layer.target),
        target_as_label=table(layer.target_as_label),
        optional=tuple(map(new, layer.optional)),
        flags={_base(new(base)): flag for base, flag in layer.flags.items()},
        hyperparameters=tuple(
            Hyperparameter(new(h.symbol), h.default, tuple(map(new, h.conditions)), h.safe)
            for h in layer.hyperparameters
        ),
        assumptions=tuple(Assumption(new(a.left), new(a.right), table(a.example)) for a in layer.assumptions),
        domains={_base(new(base)): domain for base, domain in layer.domains.items()},
        sizes=table(layer.sizes),
        initial={_base(new(base)): Initial(new(i.bound)) for base, i in layer.initial.items()},
    )


def _base(base: Any) -> IndexedBase:
    # xreplace on a bare IndexedBase may give back its label when the label itself is replaced.
    return base if isinstance(base, IndexedBase) else IndexedBase(base)


def _arguments(first: Mapping[str, Expr], second: Mapping[str, Expr]) -> dict[str, Expr]:
    """The constructor's arguments of both; a size that both name keeps the first name."""
    merged = dict(first)
    for argument, size in second.items():
        if size not in merged.values():
            number, name = 1, argument
            while name in merged:
                number += 1
                name = f"{argument}_{number}"
            merged[name] = size
    return merged
