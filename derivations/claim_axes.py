"""Whether a claim reads every tensor along the tensor's own axes: ∂x[n, j] is no entry of ∂x if x is N × d.

An index has one axis in a statement: two axes of one size would make one index of two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Idx, Indexed, Integer

from derivations.derivation import derive
from derivations.grammar import DefinitionError
from derivations.layer import All, Layer, Statement
from derivations.notation import GRADIENT, name_of, size_of
from derivations.obligations import mapped

Axes = Mapping[str, tuple[Expr, ...]]


def check_indices(statement: Statement, where: str) -> None:
    """Refuse a statement in which one name of an index runs over two axes.

    Raises
    ------
    DefinitionError
        If there is such an index.
    """
    if isinstance(statement, All):
        for part in statement.parts:
            check_indices(part, where)
        return
    found: set[Idx] = set()

    def collect(e: Expr) -> Expr:
        found.update(e.atoms(Idx))
        return e

    mapped(statement, collect)
    sizes: dict[str, Expr] = {}
    for index in sorted(found, key=lambda i: (str(i.label), str(size_of(i)))):
        name, size = str(index.label), size_of(index)
        if sizes.setdefault(name, size) != size:
            raise DefinitionError(f"{where}: {name} runs over {sizes[name]} and over {size}; give one another name")


def check_reads(layer: Layer, read_by: Sequence[Expr]) -> None:
    """Refuse formulas of a claim that read a tensor of the layer as something that it is not.

    Raises
    ------
    DefinitionError
        A wrong number of indices, an index over another axis, a position beyond it, a label that the layer lacks,
        or the name of a step that only we named.
    """
    axes = _axes_of(layer)
    ours = {name_of(step.left) for step in derive(layer).steps} - set(axes)
    for formula in read_by:
        for read in sorted(formula.atoms(Indexed), key=str):
            _check_read(read, axes, ours, layer.name)


def _axes_of(layer: Layer) -> Axes:
    target = [layer.target] if layer.target is not None else []
    labels = [e for right in layer.target_as_label.values() for e in right.args if isinstance(e, Indexed)]
    entries = [*layer.inputs, *layer.parameters, *target, *labels, *(left for left, _ in layer.steps)]
    return {name_of(e): tuple(size_of(i) for i in e.indices) for e in entries}


def _check_read(read: Indexed, axes: Axes, ours: set[str], layer: str) -> None:
    name = name_of(read).removeprefix(GRADIENT)
    if name in ours:
        raise DefinitionError(f"{layer}: {read}: {name} is no tensor of the layer; write out the sum that is meant")
    if name not in axes:
        if read.is_integer:
            raise DefinitionError(f"{layer}: {read}: the layer has no label {name}, or its target is given otherwise")
        return
    if len(read.indices) != len(axes[name]):
        raise DefinitionError(f"{layer}: {read} has {len(read.indices)} indices, but {name} has {len(axes[name])} axes")
    for position, (index, size) in enumerate(zip(read.indices, axes[name], strict=True), 1):
        if isinstance(index, Integer) and (index < 0 or (size.is_Integer and index >= size)):
            raise DefinitionError(
                f"{layer}: {index} in {read} is outside of the axis {size}, whose positions count from 0"
            )
        if isinstance(index, Idx) and size_of(index) != size:
            raise DefinitionError(
                f"{layer}: position {position} of {name} has the axis {size}, but {index.label} in {read} runs over "
                f"{size_of(index)}; use an index over {size}"
            )
