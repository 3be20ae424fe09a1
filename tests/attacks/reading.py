"""What a mutant means: its text read back as formulas, to be held against the derivation by one judge alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from sympy import Expr, Idx, IndexedBase

from codegen.lower import spelled
from codegen.nonnegative import is_square_like
from codegen.read_back import ArrayArgument, Formula, ReadBackError, Reading, read_function
from codegen.verify import Steps, name_saved, renumbered
from codegen.verify_settings import known_at, reading_at, view_at
from codegen.view import View
from derivations.derivation import Derivation, Variant, variants
from derivations.layer import Layer
from derivations.normal_form import Meaning, is_zero
from derivations.notation import maximum_over, name_of, size_of
from derivations.settings import Settings
from tests.attacks.mutant import Mutant, derivation_of


class MismatchError(ValueError):
    """What is read back returns something else than it should: too many results, or other axes."""


REFUSALS = (ReadBackError, MismatchError)


@dataclass(frozen=True)
class Question:
    """What has to hold of one result: an entry of the derivation equals what the text computes.

    ``meaning`` and ``layer`` know, each for its own judge, the values that were saved on the way. Two questions are
    the same if their ``statement`` is, whatever a reading calls its indices: most results of a mutant are those of
    the right text, and need not be judged again.
    """

    entry: Expr = field(compare=False)
    computed: Expr = field(compare=False)
    meaning: Meaning = field(compare=False)
    layer: Layer = field(compare=False)
    statement: tuple[object, ...]


def views(mutant: Mutant) -> Iterator[View]:
    """The mutant seen as each variant of its layer that runs the changed function."""
    for variant in variants(mutant.layer):
        if variant.as_label == mutant.variant.as_label:
            yield View(derivation_of_layer(mutant.layer, variant), mutant.source)


def derivation_of_layer(layer: Layer, variant: Variant) -> Derivation:
    """The derivation of a variant, with the layer as the mutant has it."""
    return replace(derivation_of(layer.name, variant), layer=layer)


def questions(mutant: Mutant, *, facts: bool) -> tuple[Question, ...]:
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
    steps = derivation_of(mutant.layer.name, mutant.variant).steps
    found = _questions(mutant, facts and any(is_square_like(step.right) for step in steps))
    if isinstance(found, Exception):
        raise found
    return found


@lru_cache(maxsize=2)
def _questions(mutant: Mutant, facts: bool) -> tuple[Question, ...] | Exception:
    """The same, or why there are none: several checkers ask one after the other."""
    try:
        return tuple(_asked(mutant, facts))
    except REFUSALS as refusal:
        return refusal


def _asked(mutant: Mutant, facts: bool) -> Iterator[Question]:
    if mutant.name.startswith("assumption"):
        yield from _of_assumption(mutant)
        return
    for view in views(mutant):
        is_forward = not mutant.name.startswith("backward")
        first = mutant.name if is_forward else f"forward{view.suffix}"
        backwards = [f"backward{view.suffix}"] if is_forward else [mutant.name]
        outputs = [] if first.startswith("saved_values") else [name_of(view.derivation.output)]
        for reading in _read(view, first, view.arguments(first), facts):
            if is_forward:
                yield from _compared(view, first, outputs, reading, {})
            kept = name_saved(reading, "°")
            for name in backwards:
                for result in _read(view, name, view.saved(kept.reading, name), facts, reading.settings):
                    yield from _compared(view, name, view.wanted(name), result, kept.steps)


def _read(
    view: View, name: str, given: object, facts: bool, settings: Settings = MappingProxyType({})
) -> tuple[Reading[Formula], ...]:
    if name not in {f.name for f in ast.parse(view.source).body if isinstance(f, ast.FunctionDef)}:
        raise MismatchError(f"there is no {name}")
    known: Callable[[Formula], bool] = (lambda f: _is_nonnegative(view, f)) if facts else (lambda f: False)
    return read_function(
        view.source,
        name,
        given,  # type: ignore[arg-type]
        maxima="exact" if has_maxima(view.derivation) else "unknown",
        is_nonnegative=known,
        only_saved=name.startswith("saved_values"),
        size_definitions=view.layer.output_sizes,
        settings=settings,
    )


def has_maxima(derivation: Derivation) -> bool:
    """Whether a layer is about maxima: then one in a text is that maximum, and not any shift."""
    return any(step.right.has(maximum_over) for step in (*derivation.steps, *derivation.gradients))


def _compared(
    view: View, name: str, wanted: Sequence[str | None], reading: Reading[Formula], steps: Steps
) -> Iterator[Question]:
    """The questions about one way through a function, put at the settings for which it is taken."""
    if len(reading.outputs) != len(wanted):
        raise MismatchError(f"it returns {len(reading.outputs)} results, not {len(wanted)}")
    known = known_at(view_at(view, reading.settings, name), reading.settings, steps, steps)
    for tensor, value in zip(wanted, reading_at(reading).outputs, strict=True):
        if tensor is None and value is None:
            continue
        entry = view.expected(tensor, value) if tensor is not None and value is not None else None
        if entry is None or value is None:
            raise MismatchError(f"{tensor} has other axes, or is absent where it should not be")
        statement = (view.layer.name, view.variant, known.key, *renumbered(entry, value.content.expr))
        yield Question(entry, value.content.expr, known.meaning, known.layer, statement)


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
    statement = (layer.name, mutant.variant, mutant.name, *renumbered(expected, value.content.expr))
    yield Question(expected, value.content.expr, replace(known, rules=()), replace(layer, assumptions=()), statement)
