"""What a witness shows beside its inputs, so that a person can follow it: the steps on the way, two matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from sympy import Expr, Idx, Indexed

from derivations.evaluate import Point, evaluate
from derivations.layer import Matrix
from derivations.notation import GRADIENT, name_of, size_of
from derivations.numbers import NoValue, spell
from derivations.setting import Setting
from derivations.unknowns import Unknowns

MOST_ENTRIES = 64


def shown_steps(unknowns: Unknowns, point: Point) -> dict[str, Any]:
    """The values of the layer's own steps that the sides rest on, and of the gradients that they name.

    Of a loss, those by its steps too: the numbers that a chain rule multiplies.
    """
    layer = unknowns.setting.layer
    steps = [name_of(left) for left, _ in layer.steps if name_of(left) in unknowns.read]
    own = {name_of(e) for e in (*layer.inputs, *layer.parameters, *layer.forward)}
    named = {n for n in unknowns.named if n.startswith(GRADIENT) and n.removeprefix(GRADIENT) in own}
    if unknowns.setting.loss:
        named |= {GRADIENT + n for n in steps} - {GRADIENT + name_of(layer.output)}
    wanted = [*steps, *sorted(n for n in named if n in unknowns.definitions and _is_known(n, unknowns))]
    found = {}
    for name in wanted:
        formal, formula = unknowns.definitions[name]
        axes = [i for i in formal if isinstance(i, Idx)]
        values = _nested(formula, axes, point, {})
        if values is not None:
            found[name] = values
    return found


def _is_known(name: str, unknowns: Unknowns) -> bool:
    """Whether everything that a name rests on has a value at the point."""
    if name not in unknowns.definitions:
        return name in unknowns.tensors
    reads = {name_of(e) for e in unknowns.definitions[name][1].atoms(Indexed)}
    return all(_is_known(read, unknowns) for read in reads)


def shown_matrices(setting: Setting, matrices: Sequence[Matrix], point: Point, at: Mapping[str, int]) -> list[Any]:
    """The matrices of a witness, row by row; none if one is large or has an entry without a value.

    ``at`` gives the values of the indices that the matrices do not count.
    """
    found = []
    for matrix in matrices:
        entry = setting.resolved(setting.read(matrix.entry))
        rows = []
        for row in _places(matrix.rows, point):
            columns = list(_places(matrix.columns, point))
            own = {i: at[str(i.label)] for i in sorted(entry.atoms(Idx), key=str) if str(i.label) in at}
            rows.append([_value(entry, point, {**own, **row, **column}) for column in columns])
        if None in (v for row in rows for v in row) or sum(map(len, rows)) > MOST_ENTRIES:
            return []
        found.append(rows)
    return found


def _places(indices: Sequence[Idx], point: Point) -> list[dict[Idx, int]]:
    counts = (range(int(evaluate(size_of(i), point))) for i in indices)
    return [dict(zip(indices, place, strict=True)) for place in product(*counts)]


def _nested(formula: Expr, axes: Sequence[Idx], point: Point, at: Mapping[Idx, int]) -> Any:
    if not axes:
        return _value(formula, point, at)
    places = _places(axes[:1], point)
    values = [_nested(formula, axes[1:], point, {**at, **place}) for place in places]
    return None if None in values or len(values) > MOST_ENTRIES else values


def _value(e: Expr, point: Point, at: Mapping[Idx, int]) -> str | None:
    try:
        return spell(evaluate(e, point, at))
    except NoValue:
        return None
