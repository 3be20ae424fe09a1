"""Windows that are multiplied, with the indices of places before those of taps: the same windows in every formula."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from sympy import Expr, Idx

from codegen.program import CONTRACT, Node
from codegen.window_nodes import ADD, WINDOWS
from derivations.layer import Layer
from derivations.notation import size_of


def sizes_of_places(layer: Layer) -> frozenset[Expr]:
    """The sizes of the axes of inputs and of the output: whatever else a window has an index for is a tap."""
    entries = (*layer.inputs, layer.output)
    return frozenset(size_of(i) for e in entries for i in e.indices if isinstance(i, Idx))


def places_first(node: Node, places: Set[Expr]) -> Node:
    """A tree with the indices of windows in order wherever a contraction reads or makes them."""
    node = replace(node, args=tuple(places_first(a, places) for a in node.args))
    if node.op == CONTRACT:
        return _reading_in_order(node, places)
    if node.op == ADD and node.args[0].op == CONTRACT:
        return _added_in_order(node, places)
    return node


def _reading_in_order(node: Node, places: Set[Expr]) -> Node:
    operands, _, result = node.attr.partition(" -> ")
    letters = operands.split(", ")
    args = list(node.args)
    for position, arg in enumerate(args):
        if arg.op == WINDOWS:
            order, args[position] = _in_order(arg, arg.shape, places)
            letters[position] = "".join(letters[position][axis] for axis in order)
            args[position] = replace(args[position], shape=tuple(arg.shape[axis] for axis in order))
    return replace(node, args=tuple(args), attr=f"{', '.join(letters)} -> {result}")


def _added_in_order(node: Node, places: Set[Expr]) -> Node:
    made = node.args[0]
    order, node = _in_order(node, made.shape, places)
    operands, _, result = made.attr.partition(" -> ")
    letters = "".join(result[axis] for axis in order)
    made = replace(made, attr=f"{operands} -> {letters}", shape=tuple(made.shape[axis] for axis in order))
    return replace(node, args=(made, *node.args[1:]))


def _in_order(node: Node, shape: Sequence[Expr], places: Set[Expr]) -> tuple[list[int], Node]:
    """An operation with the indices of its windows in order, and where each axis of the windows comes from."""
    order: list[int] = []
    args = [node.args[0]]
    at, before = 1, 0
    for axis, (steps, sizes, last) in node.attr:
        # Each axis named before has become as many as it has steps.
        order += range(len(order), axis + before)
        first = len(order)
        kept = sorted(range(steps), key=lambda i: shape[first + i] not in places)
        order += [first + i for i in kept]
        numbers = node.args[at : at + 1 + steps + sizes + last]
        groups = [numbers[1 : 1 + steps], *([numbers[1 + steps : 1 + 2 * steps]] if sizes else [])]
        args += [numbers[0], *(group[i] for group in groups for i in kept), *numbers[len(numbers) - last :]]
        at += len(numbers)
        before += steps - 1
    order += range(len(order), len(shape))
    return order, replace(node, args=tuple(args))
