"""Entries at integer combinations of indices, such as x[n, 2i + k − 1], as windows of arrays."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Idx, Indexed, Integer, Sum

from codegen.affine import Affine, affine
from codegen.operands import spelled
from codegen.positions import Lowered, LoweringError, elementwise
from codegen.program import Node
from codegen.window_nodes import ADD, MAX, SUM, WINDOWS, Along, window_node
from derivations.notation import name_of, size_of
from derivations.substitution import bound_indices

UNTOLD = Integer(0)
"""The size of an axis that an entry does not tell: it is not asked."""


def is_window(e: Indexed) -> bool:
    """Whether a position of an entry is a combination of indices."""
    return any(_window_at(i) for i in e.indices)


def _window_at(e: Expr) -> Affine | None:
    return None if isinstance(e, (Idx, Indexed)) else affine(e)


def lower_window(e: Indexed, order: Sequence[Idx]) -> Lowered:
    """x[…, 2i + k, …] as windows of x: the indices of each window in order, those of the result first."""
    whole: list[Expr] = []
    indices: list[Idx] = []
    alongs = []
    for position, at in enumerate(e.indices):
        window = _window_at(at)
        if not (window or isinstance(at, Idx)):
            raise LoweringError(f"{e}: a position beside a window is an index")
        if window:
            window = window.ordered((*order, *window.indices))
            alongs.append(Along(position, window))
        indices += window.indices if window else (at,)
        whole.append(UNTOLD if window else size_of(at))
    if len(set(indices)) < len(indices):
        raise LoweringError(f"{e}: an index stands in two of its positions; no operation reads a diagonal")
    read = Node("read", (), tuple(whole), spelled(name_of(e)), e)
    return Lowered(window_node(WINDOWS, read, alongs, tuple(map(size_of, indices)), e), tuple(indices))


def lower_summed_windows(e: Sum, order: Sequence[Idx]) -> Lowered | None:
    """Σ_k x[…, 2i + k, …], a sum over all of a window but its place; None where it is no such sum."""
    return lower_together(SUM, e.function, bound_indices(e), e)


def lower_together(op: str, read: Expr, over: Sequence[Idx], e: Expr) -> Lowered | None:
    """The sum, or the maximum, of an entry over all of each window but its place; None where it is another one."""
    bound = set(over)
    if not isinstance(read, Indexed):
        return None
    places: list[Expr] = []
    alongs = []
    for position, at in enumerate(read.indices):
        window = _window_at(at)
        if window:
            place = [i for i in window.indices if i not in bound]
            if len(place) != 1 or not bound & set(window.indices):
                return None
            if op == MAX and len(window.indices) != 2:
                return None
            alongs.append(Along(position, window.ordered((*place, *window.indices))))
            bound -= set(window.indices)
            at = place[0]
        places.append(at)
    if bound or not alongs or not all(isinstance(i, Idx) for i in places) or len(set(places)) < len(places):
        return None
    if set(over) & set(places):
        return None
    shape = tuple(UNTOLD if any(a.axis == p for a in alongs) else size_of(i) for p, i in enumerate(places))
    node = Node("read", (), shape, spelled(name_of(read)), read)
    return Lowered(window_node(op, node, alongs, tuple(map(size_of, places)), e), tuple(places))


def own_memory(value: Lowered, e: Expr) -> Lowered:
    """The value as an array of its own: what is returned shares no memory with what is given.

    One entry each of a window, as padding and cropping have them, is put into zeros.
    """
    node, inner = value.node, value.node
    while inner.op == "view":
        inner = inner.args[0]
    if not value.indices or not isinstance(inner.meaning, Indexed) or inner.op not in ("read", WINDOWS):
        return value
    if node.op == WINDOWS:
        windows = [_window_at(i) for i in node.meaning.indices]
        if all(w is None or (len(w.indices) == 1 and abs(w.steps[0]) == 1) for w in windows):
            return _put_into_zeros(node.meaning, windows)
    return elementwise("copy", (value,), value.indices, e)


def _put_into_zeros(e: Indexed, windows: Sequence[Affine | None]) -> Lowered:
    alongs, indices = [], []
    for position, (at, window) in enumerate(zip(e.indices, windows, strict=True)):
        indices.append(window.indices[0] if window else at)
        if window:
            (step,) = window.steps
            back = Affine((-step * window.start).expand(), window.steps, window.indices)
            alongs.append(Along(position, back, size_of(window.indices[0])))
    read = Node("read", (), tuple(UNTOLD if w else size_of(i) for w, i in zip(windows, e.indices, strict=True)),
                spelled(name_of(e)), e)
    shape = tuple(map(size_of, indices))
    return Lowered(window_node(ADD, read, alongs, shape, e), tuple(indices))
