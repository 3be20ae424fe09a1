"""What a mutant means: its text read back as formulas, to be held against the derivation by one judge alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Idx, IndexedBase

from codegen.lower import spelled
from codegen.nonnegative import is_square_like
from codegen.read_back import ArrayArgument, Formula, ReadBackError, Reading, read_function
from codegen.verify import name_saved
from codegen.view import View
from derivations.derivation import Derivation, Variant, specialise, variants
from derivations.layer import Layer
from derivations.normal_form import Meaning, is_zero
from derivations.notation import name_of, size_of
from tests.attacks.mutant import Mutant, derivation_of


class MismatchError(ValueError):
    """What is read back returns something else than it should: too many results, or other axes."""


REFUSALS = (ReadBackError, MismatchError)


@dataclass(frozen=True)
class Question:
    """What has to hold of one result: an entry of the derivation equals what the text computes.

    ``meaning`` and ``layer`` know, each for its own judge, the values that were saved on the way.
    """

    entry: Expr
    computed: Expr
    meaning: Meaning
    layer: Layer


def views(mutant: Mutant) -> Iterator[View]:
    """The mutant seen as each variant of its layer that runs the changed function."""
    for variant in variants(mutant.layer):
        if variant.as_label == mutant.variant.as_label:
            yield View(derivation_of_layer(mutant.layer, variant), mutant.source)


def derivation_of_layer(layer: Layer, variant: Variant) -> Derivation:
    """The derivation of a variant, with the layer as the mutant has it."""
    return replace(derivation_of(layer.name, variant), layer=layer)


def questions(mutant: Mutant, *, facts: bool) -> Iterator[Question]:
    """All that has to hold of the changed function, and of the backward on what it saves.

    Parameters
    ----------
    facts : bool
        Whether the reader may use that a sum of squares is not negative.

    Raises
    ------
    ReadBackError
        Where the text is outside the language.
    MismatchError
        Where it returns something else than it should.
    """
    if mutant.name.startswith("assumption"):
        yield from _of_assumption(mutant)
        return
    for view in views(mutant):
        is_forward = not mutant.name.startswith("backward")
        first = mutant.name if is_forward else f"forward{view.suffix}"
        backwards = [f"backward{view.suffix}"] if is_forward else [mutant.name]
        known, plain = view.derivation.meaning, specialise(view.layer, view.variant)
        for reading in _read(view, first, view.arguments(first), facts):
            outputs = [] if first.startswith("saved_values") else [name_of(view.derivation.output)]
            if is_forward:
                yield from _compared(view, outputs, reading, known, plain)
            kept = name_saved(reading, "°")
            defined = {name_of(left): (tuple(left.indices), right) for left, right in kept.steps.items()}
            meaning = replace(known, definitions={**known.definitions, **defined}, forms={})
            *before, last = plain.forward.items()
            layer = replace(plain, forward={**dict(before), **kept.steps, last[0]: last[1]})
            for name in backwards:
                for result in _read(view, name, view.saved(kept.reading, name), facts):
                    yield from _compared(view, view.wanted(name), result, meaning, layer)


def _read(view: View, name: str, given: object, facts: bool) -> tuple[Reading[Formula], ...]:
    if name not in {f.name for f in ast.parse(view.source).body if isinstance(f, ast.FunctionDef)}:
        raise MismatchError(f"there is no {name}")
    known: Callable[[Formula], bool] = (lambda f: _is_nonnegative(view, f)) if facts else (lambda f: False)
    saves_only = name.startswith("saved_values")
    return read_function(view.source, name, given, is_nonnegative=known, only_saved=saves_only)  # type: ignore[arg-type]


def _compared(
    view: View, wanted: Sequence[str | None], reading: Reading[Formula], meaning: Meaning, layer: Layer
) -> Iterator[Question]:
    if len(reading.outputs) != len(wanted):
        raise MismatchError(f"it returns {len(reading.outputs)} results, not {len(wanted)}")
    for tensor, value in zip(wanted, reading.outputs, strict=True):
        if tensor is None and value is None:
            continue
        entry = view.expected(tensor, value) if tensor is not None and value is not None else None
        if entry is None or value is None:
            raise MismatchError(f"{tensor} has other axes, or is absent where it should not be")
        yield Question(entry, value.content.expr, meaning, layer)


def _is_nonnegative(view: View, formula: Formula) -> bool:
    for step in view.derivation.steps:
        sizes = [size_of(i) for i in step.left.indices if isinstance(i, Idx)]
        if is_square_like(step.right) and sizes == [size_of(i) for i in formula.indices]:
            entry = IndexedBase(name_of(step.left), real=True)[formula.indices]
            if is_zero(entry - formula.expr, view.derivation.meaning):
                return True
    return False


def _of_assumption(mutant: Mutant) -> Iterator[Question]:
    layer, number = mutant.layer, int(mutant.name.removeprefix("assumption_"))
    assumption, target = layer.assumptions[number - 1], layer.target
    if target is None:
        raise MismatchError("there is nothing to assume anything of")
    (reading,) = read_function(mutant.source, mutant.name, {spelled(name_of(target)): ArrayArgument(target)})
    gap = assumption.left - assumption.right
    free = [i for i in target.indices if i in gap.free_symbols]
    (value,) = reading.outputs
    if value is None or tuple(value.axes) != tuple(map(size_of, free)):
        raise MismatchError("it returns other axes")
    expected = gap.xreplace(dict(zip(free, value.content.indices, strict=True)))
    known = derivation_of(layer.name, mutant.variant).meaning
    yield Question(expected, value.content.expr, replace(known, rules=()), replace(layer, assumptions=()))
