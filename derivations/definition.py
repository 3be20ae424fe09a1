"""Whether a definition is well formed. Every error names the layer, the formula and the remedy."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

from sympy import Expr, Idx, Indexed, Intersection, KroneckerDelta, S, Set, Symbol, sympify

from derivations.bounds import with_plain_bounds
from derivations.grammar import DefinitionError, Scope, check_formula, check_index
from derivations.layer import Assumption, Hyperparameter, Layer
from derivations.normal_form import Meaning, is_zero
from derivations.notation import GRADIENT, name_of, size_of
from derivations.substitution import free_indices, inline

__all__ = ["DefinitionError", "check_layer", "scalar_range"]


def check_layer(layer: Layer) -> None:
    """Raise `DefinitionError` where a definition is not in the language.

    Raises
    ------
    DefinitionError
        A formula that is not in the language, a tensor used with axes other than its own, a step that
        reads a later one, a name used for two things, conditions or assumptions that nothing satisfies.
    """
    _check_entries(layer)
    declared = _declared(layer)
    _check_names(layer, declared)
    _check_parameters(layer)
    _check_domains(layer)
    labels = _labels(layer)
    scalars = frozenset(str(h.symbol) for h in layer.hyperparameters)
    for position, (left, right) in enumerate(layer.steps):
        formula = f"{layer.name}: {left} = {right}"
        later = tuple(name_of(step) for step, _ in layer.steps[position:])
        check_formula(right, Scope(formula, declared, labels, scalars, later))
        _check_indices(left, right, formula)
    _check_output_sizes(layer)
    for hyper in layer.hyperparameters:
        _check_conditions(hyper, layer)
    for assumption in layer.assumptions:
        for side in (assumption.left, assumption.right):
            formula = f"{layer.name}: the assumption {assumption.left} = {assumption.right}"
            check_formula(with_plain_bounds(side), Scope(formula, declared, labels, scalars))
        _check_assumption(assumption, layer)


def _check_entries(layer: Layer) -> None:
    """What is declared needs plain indices; a layer needs a step."""
    if not layer.steps:
        raise DefinitionError(f"{layer.name}: forward= holds no formula; the last one is the output")
    given = [*layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else [])]
    for what, entries in (("declaration", given), ("left side", [left for left, _ in layer.steps])):
        for entry in entries:
            formula = f"{layer.name}: {entry}"
            if not all(isinstance(i, Idx) for i in entry.indices) or len(set(entry.indices)) != len(entry.indices):
                raise DefinitionError(f"{formula}: the {what} needs distinct plain indices, such as z[n, j]")
            for index in entry.indices:
                check_index(index, formula)


def _labels(layer: Layer) -> Mapping[str, Expr]:
    """The size of the axis on which each label's values lie."""
    found: dict[str, Expr] = {}
    for left, right in layer.target_as_label.items():
        sides = right.args if isinstance(right, KroneckerDelta) else ()
        axes = [side for side in sides if isinstance(side, Idx) and side in left.indices]
        labels = [side for side in sides if isinstance(side, Indexed)]
        if left != layer.target or len(axes) != 1 or len(labels) != 1:
            raise DefinitionError(
                f"{layer.name}: {left} = {right}: target_as_label= needs the target and a delta of one of its indices "
                "and a label, such as {y[n, k]: delta(k, t[n])}"
            )
        found[name_of(labels[0])] = size_of(axes[0])
    return found


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
        if name == "δ" or name.startswith(GRADIENT):
            raise DefinitionError(
                f"{layer.name}: {name} is the name of a gradient, δ that of the output, {GRADIENT}x that of x; rename"
            )
        if scalars.count(name) > 1:
            raise DefinitionError(f"{layer.name}: the hyperparameter {name} is declared twice; rename one")
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
    for base in (*layer.optional, *layer.flags, *layer.initial):
        if name_of(base) not in names:
            raise DefinitionError(
                f"{layer.name}: {name_of(base)} is optional or initialised, but is no parameter; list it in parameters="
            )
    for function in layer.functions:
        if function not in layer.unspecified:
            raise DefinitionError(f"{layer.name}: {function} has arguments, but no step applies it; do, or drop them")


def _check_output_sizes(layer: Layer) -> None:
    """What determines a size is the size of an axis or an integer hyperparameter, and is not determined by it."""
    entries = (*layer.inputs, *layer.parameters, *(side for step in layer.steps for side in step))
    known = {size_of(i) for entry in entries for i in entry.atoms(Idx)}
    known |= {h.symbol for h in layer.hyperparameters if h.symbol.is_integer}
    for size, value in layer.output_sizes.items():
        formula = f"{layer.name}: {size} = {value}"
        for symbol in sorted(sympify(value, strict=True).free_symbols - known - {*layer.output_sizes}, key=str):
            raise DefinitionError(
                f"{formula}: {symbol} in output_sizes= is neither the size of an axis nor an integer hyperparameter; "
                "declare it, or write the size in terms of others"
            )
        if layer.in_free_sizes(sympify(value, strict=True)).has(*layer.output_sizes):
            raise DefinitionError(f"{formula}: in output_sizes= {size} is determined by itself; say it by given sizes")


def _check_domains(layer: Layer) -> None:
    """Each is of an input or the target, has at least one end, and ends that mean the same in every dtype."""
    given = [*layer.inputs, *([layer.target] if layer.target is not None else [])]
    names = [name_of(entry) for entry in given]
    for base, domain in layer.domains.items():
        formula = f"{layer.name}: the domain of {name_of(base)}"
        if name_of(base) not in names:
            raise DefinitionError(f"{formula}: {name_of(base)} is no input or target, but one of these has a domain")
        if not domain.low < domain.high or (math.isinf(domain.low) and math.isinf(domain.high)):
            raise DefinitionError(
                f"{formula} is from {domain.low} to {domain.high}: give a lower end below the upper, one of them finite"
            )
        for end in (domain.low, domain.high):
            if not _is_float32(end):
                raise DefinitionError(f"{formula} ends at {end}, which float32 cannot hold; give one that it holds")


def _is_float32(value: float) -> bool:
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except OverflowError:
        return False


def _check_indices(left: Indexed, right: Expr, formula: str) -> None:
    for index in free_indices(right):
        if index not in left.indices:
            raise DefinitionError(
                f"{formula}: the index {index.label} is free on the right but does not occur on the left; sum over "
                f"it with sum_(…, {index.label}) or add it to the left side"
            )


def scalar_range(symbol: Symbol, layer: Layer) -> Set:
    """The values of a hyperparameter that its conditions allow; those that speak of another one too allow no more."""
    found = [h for h in layer.hyperparameters if h.symbol == symbol]
    conditions = [c for h in found for c in h.conditions if c.free_symbols == {symbol}]
    return Intersection(S.Reals, *(c.as_set() for c in conditions))


def _check_conditions(hyper: Hyperparameter, layer: Layer) -> None:
    symbol, conditions = hyper.symbol, hyper.conditions
    text = " and ".join(str(c) for c in conditions)
    others = {h.symbol for h in layer.hyperparameters}
    for condition in conditions:
        if symbol not in condition.free_symbols or not condition.free_symbols <= others:
            raise DefinitionError(
                f"{layer.name}: the condition {condition} must speak of {symbol} alone, or beside it of other "
                "hyperparameters"
            )
    if conditions and scalar_range(symbol, layer) is S.EmptySet:
        raise DefinitionError(f"{layer.name}: no value of {symbol} satisfies {text}; a condition must have an example")
    defaults = _defaults(layer)
    if symbol.is_integer and not sympify(defaults[symbol], strict=True).is_integer:
        raise DefinitionError(f"{layer.name}: {symbol} is an integer, but its default is {hyper.default}")
    for what, value in (("default", defaults[symbol]), *(("safe bound", bound) for bound in hyper.safe or ())):
        if not all(bool(c.subs({**defaults, symbol: value})) for c in conditions):
            raise DefinitionError(f"{layer.name}: the {what} {value} of {symbol} does not satisfy {text}; change one")


def _defaults(layer: Layer) -> dict[Symbol, Expr | float]:
    """The numbers that hyperparameters have where none are given; a default may be an earlier hyperparameter."""
    found: dict[Symbol, Expr | float] = {}
    for hyper in layer.hyperparameters:
        value = sympify(hyper.default, strict=True).subs(found)
        if value.free_symbols:
            raise DefinitionError(
                f"{layer.name}: the default {hyper.default} of {hyper.symbol} is neither a number nor an earlier "
                "hyperparameter"
            )
        found[hyper.symbol] = hyper.default if not sympify(hyper.default, strict=True).free_symbols else value
    return found


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
