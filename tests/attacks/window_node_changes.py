"""Changes to nodes of array programs that know windows, and to the letters of a contraction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from codegen.program import CONTRACT, Node
from codegen.window_nodes import TO_MAXIMA, WINDOWS, integer_node
from codegen.window_text import WINDOWED

OTHER_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "sum_windows": ("max_windows",),
    "max_windows": ("sum_windows",),
    "spread_windows": ("add_windows",),
    "add_windows": ("spread_windows",),
}

NodeChange = Callable[[Node], Iterator[Node]]


def _along(node: Node) -> Iterator[tuple[int, int, int, int]]:
    """Of each axis where its start stands among the operands, and how many steps, sizes and others follow."""
    if node.op in WINDOWED:
        at = len(node.args) - sum(1 + sum(counts) for _, counts in node.attr)
        for _, (steps, sizes, others) in node.attr:
            yield at, steps, sizes, others
            at += 1 + steps + sizes + others


def _put(node: Node, at: int, *new: Node) -> Node:
    return replace(node, args=(*node.args[:at], *new, *node.args[at + len(new) :]))


def _start(node: Node) -> Iterator[Node]:
    """One place further, one place before, to the other side, a padding lost."""
    for at, *_ in _along(node):
        start = node.args[at].meaning
        yield from (_put(node, at, integer_node(new)) for new in (start + 1, -start, start - 1, 0 * start))


def _steps(node: Node) -> Iterator[Node]:
    """Stride and dilation exchanged, one of them lost, or the other way."""
    for at, steps, *_ in _along(node):
        first, last = at + 1, at + 1 + steps
        yield _put(node, first, *node.args[first:last][::-1])
        for place in range(first, last):
            yield _put(node, place, integer_node(-node.args[place].meaning))
            yield _put(node, place, integer_node(node.args[place].meaning ** 0))


def _sizes(node: Node) -> Iterator[Node]:
    """Places for taps, and one more of either; in the adjoints of the image."""
    for at, steps, sizes, others in _along(node):
        first, last = at + 1 + steps, at + 1 + steps + sizes
        if sizes:
            yield _put(node, first, *node.args[first:last][::-1])
        for place in range(first, last + others):
            yield _put(node, place, integer_node(node.args[place].meaning + 1))


def _axes(node: Node) -> Iterator[Node]:
    """Windows along the axis before or behind."""
    for number in range(len(node.attr)) if node.op in WINDOWED else ():
        for step in (-1, 1):
            axis, counts = node.attr[number]
            yield replace(node, attr=(*node.attr[:number], (axis + step, counts), *node.attr[number + 1 :]))


def _operation(node: Node) -> Iterator[Node]:
    for op in OTHER_OPERATIONS.get(node.op, ()):
        yield replace(node, op=op)


def _reversed_taps(node: Node) -> Iterator[Node]:
    """The taps from the last to the first; what is summed over them is the same from either end."""
    for at, steps, sizes, _ in _along(node) if node.op in (WINDOWS, TO_MAXIMA) else ():
        step, taps = node.args[at + steps].meaning, node.args[at + steps + sizes].meaning
        turned = _put(node, at, integer_node(node.args[at].meaning + step * (taps - 1)))
        yield _put(turned, at + steps, integer_node(-step))


def _letters(node: Node) -> Iterator[Node]:
    """Two letters of the result or of an operand exchanged, one lost, the operands exchanged."""
    if node.op == CONTRACT:
        left, right, result = node.attr.replace("->", ",").replace(" ", "").split(",")
        for one, two, out in (
            (left, right, result[:-2] + result[:-3:-1]),
            (left[:-2] + left[:-3:-1], right, result),
            (left, right[:-2] + right[:-3:-1], result),
            (left, right, result[:-1]),
        ):
            yield replace(node, attr=f"{one}, {two} -> {out}")
        yield replace(node, args=node.args[::-1])


WINDOW_CHANGES: Mapping[str, NodeChange] = {
    "window start": _start,
    "window step": _steps,
    "window size": _sizes,
    "window axis": _axes,
    "window operation": _operation,
    "reversed taps": _reversed_taps,
    "contract letters": _letters,
}
"""Kinds of changes of windows by name; a program without windows has none of them."""
