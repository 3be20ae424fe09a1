"""Whether a definition is well formed. Every error names the layer, the formula and the remedy."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Idx, Indexed, Intersection, S, Set, Symbol

from derivations.layer import Assumption, Layer
from derivations.normal_form import Meaning, is_zero
from derivations.notation import is_gradient, name_of, size_of
from derivations.substitution import free_indices, inline


class DefinitionError(ValueError):
    """A definition that cannot mean anything; the message says which formula, and what to write."""


def check_layer(layer: Layer) -> None:
    """Raise `DefinitionError` where a definition is not in the language.

    Raises
    ------
    DefinitionError
        An index that is not declared, a tensor used with axes other than its own, a step that reads a
        later one, a name used for two things, conditions or assumptions that nothing satisfies.
    """
    declared = _declared(layer)
    _check_names(layer, declared)
    _check_parameters(layer)
    later = [name_of(left) for left, _ in layer.steps]
    for left, right in layer.steps:
        formula = f"{layer.name}: {left} = {right}"
        _check_left(left, formula)
        _check_indices(left, right, formula)
        for read in sorted(right.atoms(Indexed), key=str):
            _check_read(read, declared, later, formula, layer)
        later.remove(name_of(left))
    for hyper in layer.hyperparameters:
        _check_conditions(hyper.symbol, hyper.default, layer)
    for assumption in layer.assumptions:
        _check_assumption(assumption, layer)


def _declared(layer: Layer) -> Mapping[str, tuple[Expr, ...]]:
    entries = [*layer.inputs, *layer.parameters, *(left for left, _ in layer.steps)]
    entries += [layer.target] if layer.target is not None else []
    labels = [e for right in layer.target_as_label.values() for e in right.args if isinstance(e, Indexed)]
    found: dict[str, tuple[Expr, ...]] = {}
    for entry in (*entries, *labels):
        if name_of(entry) in found:
            raise DefinitionError(
                f"{layer.name}: {name_of(entry)} is declared twice; every input, parameter and step needs a "
                "name of its own"
            )
        found[name_of(entry)] = tuple(size_of(i) for i in entry.indices if isinstance(i, Idx))
    return found


def _check_names(layer: Layer, declared: Mapping[str, tuple[Expr, ...]]) -> None:
    sizes = {str(s) for axes in declared.values() for s in axes}
    scalars = [str(h.symbol) for h in layer.hyperparameters]
    for name in (*declared, *scalars):
        if name in sizes:
            raise DefinitionError(
                f"{layer.name}: {name} is the size of an axis and also the name of a tensor or scalar; rename one"
            )
    for name in scalars:
        if name in declared:
            raise DefinitionError(f"{layer.name}: {name} is a tensor and also a hyperparameter; rename one")
    given = list(layer.sizes.values())
    for size in given:
        if given.count(size) > 1:
            names = " and ".join(n for n, s in layer.sizes.items() if s == size)
            raise DefinitionError(
                f"{layer.name}: the arguments {names} both stand for the size {size}; one size cannot be two "
                "things, so give one of the axes a size of its own"
            )


def _check_parameters(layer: Layer) -> None:
    names = {name_of(p) for p in layer.parameters}
    for base in (*layer.optional, *layer.initial):
        if name_of(base) not in names:
            raise DefinitionError(f"{layer.name}: {name_of(base)} is optional or initialised, but is no parameter")
    known = set(layer.sizes.values())
    for parameter in layer.parameters:
        for index in parameter.indices:
            if size_of(index) not in known:
                raise DefinitionError(
                    f"{layer.name}: the size {size_of(index)} of the parameter {parameter} is not among the "
                    f"constructor's arguments; add it to sizes="
                )


def _check_left(left: Indexed, formula: str) -> None:
    if not all(isinstance(i, Idx) for i in left.indices) or len(set(left.indices)) != len(left.indices):
        raise DefinitionError(f"{formula}: the left side needs distinct plain indices, such as z[n, j]")
    if is_gradient(left.base):
        raise DefinitionError(f"{formula}: a gradient is derived, never defined")


def _check_indices(left: Indexed, right: Expr, formula: str) -> None:
    for index in free_indices(right):
        if index not in left.indices:
            raise DefinitionError(
                f"{formula}: the index {index.label} is free on the right but does not occur on the left; sum over "
                f"it with sum_(…, {index.label}) or add it to the left side"
            )


def _check_read(
    read: Indexed, declared: Mapping[str, tuple[Expr, ...]], later: list[str], formula: str, layer: Layer
) -> None:
    name = name_of(read)
    if name in later:
        raise DefinitionError(f"{formula}: reads {name}, which is only defined by this step or a later one; move it up")
    if name not in declared:
        raise DefinitionError(f"{formula}: {name} is neither an input, a parameter nor an earlier step; declare it")
    axes = declared[name]
    if len(axes) != len(read.indices):
        raise DefinitionError(f"{formula}: {read} has {len(read.indices)} indices, but {name} has {len(axes)} axes")
    for position, (index, size) in enumerate(zip(read.indices, axes, strict=True), 1):
        if isinstance(index, Idx) and size_of(index) != size:
            raise DefinitionError(
                f"{formula}: position {position} of {name} has the axis {size}, but {index.label} in {read} runs over "
                f"{size_of(index)}; use an index over {size}"
            )


def scalar_range(symbol: Symbol, layer: Layer) -> Set:
    """The values of a hyperparameter that its conditions allow."""
    found = [h for h in layer.hyperparameters if h.symbol == symbol]
    conditions = [c for h in found for c in h.conditions]
    return Intersection(S.Reals, *(c.as_set() for c in conditions))


def _check_conditions(symbol: Symbol, default: float, layer: Layer) -> None:
    conditions = [c for h in layer.hyperparameters if h.symbol == symbol for c in h.conditions]
    text = " and ".join(str(c) for c in conditions)
    for condition in conditions:
        if condition.free_symbols != {symbol}:
            raise DefinitionError(f"{layer.name}: the condition {condition} must speak of {symbol} alone")
    if conditions and scalar_range(symbol, layer) is S.EmptySet:
        raise DefinitionError(f"{layer.name}: no value of {symbol} satisfies {text}; a condition must have an example")
    if not all(bool(c.subs(symbol, default)) for c in conditions):
        raise DefinitionError(f"{layer.name}: the default {default} of {symbol} does not satisfy {text}")


def _check_assumption(assumption: Assumption, layer: Layer) -> None:
    gap = assumption.left - assumption.right
    for left, right in assumption.example.items():
        gap = inline(gap, left, right)
    labels = {
        name_of(e): str(size_of(k))
        for right in assumption.example.values()
        for e in right.args
        if isinstance(e, Indexed)
        for k in right.args
        if isinstance(k, Idx)
    }
    if not is_zero(gap, Meaning(labels=labels)):
        raise DefinitionError(
            f"{layer.name}: the example given for the assumption {assumption.left} = {assumption.right} does not "
            "satisfy it; give one that does, or drop the assumption"
        )
