"""Whether the entries that a claim reads exist: a document that writes b_{⌊i/2⌋} means a position of b.

A definition reads 0 outside of an axis; a document has no such convention. What is read at a plain index exists; what
is read at ⌊i/2⌋ or i + p exists where that lies on the axis, for all indices and bounds that the formula has there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from sympy import Expr, Idx, Indexed, Integer, Mul

from derivations.layer import All, Blank, Equal, Layer, Statement
from derivations.notation import GRADIENT, between, name_of, size_of
from derivations.obligations import SameEntry, formulas
from derivations.products import flat
from derivations.substitution import worked_out
from derivations.text import formula

Bounds = tuple[Expr, ...]


def existing_entries(layer: Layer, statement: Statement) -> Iterator[SameEntry]:
    """For each read at a reckoned position: it lies on the axis, wherever the bounds of the sums around it hold.

    What a document takes a step to be says itself for which positions there is one.
    """
    if isinstance(statement, All):
        yield from chain.from_iterable(existing_entries(layer, part) for part in statement.parts)
    if not isinstance(statement, (Equal, Blank)):
        return
    entries = (*layer.inputs, *layer.parameters, *(left for left, _ in layer.steps))
    axes = {name_of(e): tuple(map(_size, e.indices)) for e in entries}
    found: dict[tuple[Expr, Expr], Indexed] = {}
    for e in formulas(statement):
        for read, bounds in _reads(e, ()):
            for index, size in zip(read.indices, _axes_of(read, axes), strict=True):
                if not isinstance(index, (Idx, Integer)) and not index.is_Indexed:
                    inside = between(Integer(0), worked_out(index), size - 1)
                    found.setdefault((Mul(*bounds, inside), Mul(*bounds)), read)
    for (left, right), read in found.items():
        yield SameEntry(left, right, exists=read)


def entry_exists(read: Indexed) -> str:
    """What such an obligation says."""
    return f"{formula(read)} exists"


def _size(index: Expr) -> Expr:
    return size_of(index) if isinstance(index, Idx) else Integer(1)


def _axes_of(read: Indexed, axes: Mapping[str, tuple[Expr, ...]]) -> tuple[Expr, ...]:
    name = name_of(read).removeprefix(GRADIENT)
    return axes.get(name) or tuple(map(_size, read.indices))


def _reads(e: Expr, bounds: Bounds) -> Iterator[tuple[Indexed, Bounds]]:
    """Every entry that a formula reads, with the bounds among the factors around it."""
    if isinstance(e, Indexed):
        yield e, bounds
        return
    factors = flat(e, Mul) if isinstance(e, Mul) else [e]
    own = tuple(factor for factor in factors if isinstance(factor, between))
    for part in factors if len(factors) > 1 else e.args:
        if isinstance(part, Expr):
            yield from _reads(part, bounds + tuple(b for b in own if b not in bounds))
