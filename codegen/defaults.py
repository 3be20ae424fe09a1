"""What a definition leaves unsaid of its parameters: the constructor's arguments, and how they start."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Idx, Indexed, Integer, sqrt

from codegen.naming import python_name
from derivations.layer import Initial, Layer
from derivations.notation import size_of


def complete(layer: Layer) -> Layer:
    """The layer with an argument for every size of a parameter, and a start for every parameter.

    A size is called as the formula calls it; a parameter starts uniform in ±1/√(size of its last axis).
    """
    given = {one for value in layer.sizes.values() for part in _parts(value) for one in part.free_symbols}
    given |= {one.symbol for one in layer.hyperparameters}
    sizes = [size for entry in layer.parameters for size in _sizes(entry) if not size.is_Integer and size not in given]
    return replace(
        layer,
        sizes={**layer.sizes, **{python_name(str(size)): size for size in sizes}},
        initial={**{entry.base: _start(entry) for entry in layer.parameters}, **layer.initial},
    )


def _parts(value: Expr | tuple[Expr, ...]) -> tuple[Expr, ...]:
    return value if isinstance(value, tuple) else (value,)


def _sizes(entry: Indexed) -> list[Expr]:
    return [size_of(i) for i in entry.indices if isinstance(i, Idx)]


def _start(entry: Indexed) -> Initial:
    return Initial(1 / sqrt([Integer(1), *_sizes(entry)][-1]))
