"""A value of the array program and the index of each of its positions; how values are brought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Idx, Integer, Max, Min, Mul

from codegen.naming import python_name
from codegen.program import Node
from derivations.notation import size_of

MEANINGS = {"multiply": Mul, "maximum": Max, "minimum": Min}


class LoweringError(ValueError):
    """A formula that the array program has no operation for."""


@dataclass(frozen=True)
class Lowered:
    """A value and the index of each of its positions."""

    node: Node
    indices: tuple[Idx, ...]


def elementwise(op: str, values: Sequence[Lowered], order: tuple[Idx, ...], e: Expr) -> Lowered:
    present = {i for v in values for i in v.indices}
    if not present <= set(order):
        raise LoweringError(f"{e}: the indices {present} do not all occur in {order}")
    # An operand that has all axes keeps its own order: no transpose, and memory is read as it lies.
    whole = next((v.indices for v in values if set(v.indices) == present), None)
    indices = whole if whole is not None else tuple(i for i in order if i in present)
    nodes = tuple(view(v, indices, leading=True).node for v in values)
    return Lowered(Node(op, nodes, tuple(size_of(i) for i in indices), None, e), indices)


def applied(value: Lowered, e: Expr) -> Lowered:
    """f(u), for a function that is given as an argument."""
    if not value.indices:
        raise LoweringError(f"{e}: a function that is not specified takes an array, so it needs an index")
    node = Node("apply", (value.node,), value.node.shape, python_name(e.func.__name__), e)
    return Lowered(node, value.indices)


def view(value: Lowered, indices: tuple[Idx, ...], leading: bool = False) -> Lowered:
    """The value with its positions in a given order; new axes where it has none."""
    attr = tuple(value.indices.index(i) if i in value.indices else None for i in indices)
    while leading and attr and attr[0] is None:
        attr = attr[1:]
    if attr == tuple(range(len(value.indices))):
        return value
    shown = indices[len(indices) - len(attr) :]
    shape = tuple(size_of(i) if i in value.indices else Integer(1) for i in shown)
    return Lowered(Node("view", (value.node,), shape, attr, value.node.meaning), shown)


def aligned(value: Lowered, order: tuple[Idx, ...], e: Expr) -> Lowered:
    if set(value.indices) != set(order):
        missing = [str(i.label) for i in order if i not in value.indices]
        raise LoweringError(f"{e}: does not depend on {', '.join(missing)}, on which its left side does")
    return view(value, order)


def fold(name: str, values: list[Lowered], order: tuple[Idx, ...]) -> Lowered:
    total = values[0]
    for value in values[1:]:
        both = (total.node.meaning, value.node.meaning)
        total = elementwise(name, (total, value), order, MEANINGS[name](*both))
    return total


def reduced(op: str, value: Lowered, summed: tuple[Idx, ...], e: Expr) -> Lowered:
    axes = tuple(value.indices.index(s) for s in summed)
    rest = tuple(i for i in value.indices if i not in summed)
    return Lowered(Node(op, (value.node,), tuple(size_of(i) for i in rest), tuple(sorted(axes)), e), rest)
