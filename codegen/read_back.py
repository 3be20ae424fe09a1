"""Read emitted text back: what its plain functions compute, as formulas, by ``ast`` alone.

Nothing is executed, and nothing is known here of derivations: the caller compares what comes out with
what should. docs/language.md, section 6, is the grammar; whatever it does not have is refused with the
line and the reason.

>>> n, i = axes("n:N i:d")
>>> (reading,) = read_function(source, "forward", {"x": ArrayArgument(x[n, i])})
>>> reading.outputs[0].content.expr
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sympy import Expr, Idx, IndexedBase, Integer, Symbol

from codegen.read_formulas import Formula, Formulas, IsNonnegative, Maxima, StepOf
from codegen.read_statements import Reading, walk
from codegen.read_values import (
    ABSENT,
    Argument,
    ArrayArgument,
    LabelsArgument,
    Number,
    ReadBackError,
    Saved,
    Value,
)

__all__ = [
    "ABSENT",
    "Argument",
    "ArrayArgument",
    "Formula",
    "LabelsArgument",
    "Number",
    "ReadBackError",
    "Reading",
    "Saved",
    "Value",
    "read_function",
]


def read_function(
    source: str,
    function: str,
    arguments: Mapping[str, Argument[Formula]],
    *,
    maxima: Maxima = "unknown",
    is_nonnegative: IsNonnegative = lambda formula: False,
    step_of: StepOf = lambda name, formula: None,
    only_saved: bool = False,
    size_definitions: Mapping[Symbol, Expr] = MappingProxyType({}),
    settings: Mapping[Symbol, Integer] = MappingProxyType({}),
) -> tuple[Reading[Formula], ...]:
    """The meaning of a plain function, once for each way through its guards; all of them must be proven.

    Parameters
    ----------
    source : str
        The text of a module.
    function : str
        The name of the function in it.
    arguments : mapping
        What each parameter stands for, in the order of the parameters: an `ArrayArgument`, a
        `LabelsArgument`, a scalar `Symbol`, `ABSENT`, or `Saved` values of another reading.
    maxima : "unknown" or "exact"
        ``a.max(axis=k)`` reads as an unknown of its free axes, a new one each time ("for every shift"),
        or as `maximum_over`, for a formula that has a maximum.
    is_nonnegative : callable
        Facts of the caller: where it says True of u, ``np.maximum(u, 0)`` reads as u.
    step_of : callable
        More facts of the caller: the entry of the step that a name is bound to, by which it is read from there on.
    only_saved : bool
        Whether the function returns a tuple of saved values alone; they may be inputs, results may not.
    size_definitions : mapping
        The formulas of the sizes that the text may define: ``P = …`` is read as the size P if it says the same.
    settings : mapping
        Hyperparameters that are known to be these numbers, by a guard of the function that saved the values.

    Returns
    -------
    tuple of Reading
        Each result is a `Value` with ``axes`` (sizes) and ``content``, a `Formula` of ``indices``, one an
        axis, and ``expr``, the entry at them.

    Raises
    ------
    ReadBackError
        If the text is outside the language or its operations do not fit together.
    """
    taken = {name for argument in arguments.values() for name in _names_in(argument)}
    domain = Formulas(taken, maxima, is_nonnegative, function, step_of)
    return walk(source, function, arguments, domain, only_saved, size_definitions, settings)


def _names_in(argument: Argument[Formula]) -> Iterator[str]:
    match argument:
        case ArrayArgument(entry) | LabelsArgument(entry):
            yield from _names_of(entry)
        case Saved(values):
            for value in values:
                if value is not None:
                    yield from _names_of(value.content.expr)
                    yield from map(str, value.content.indices)


def _names_of(expr: Expr) -> Iterator[str]:
    yield from (str(atom) for atom in expr.atoms(Idx, IndexedBase, Symbol))
