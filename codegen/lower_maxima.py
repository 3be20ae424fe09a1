"""The largest entries of windows, and what goes to where they are: Σ_p [h = 2p + argmax_k x[n, 2p + k]] u[n, p]."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr, Idx, Indexed, KroneckerDelta

from codegen.affine import Affine, affine, gap, solved
from codegen.lower_windows import UNTOLD, lower_together
from codegen.operands import spelled
from codegen.positions import Lowered, view
from codegen.program import Node
from codegen.window_nodes import MAX, Along, node_to_maxima
from derivations.notation import argmax_over, name_of, size_of
from derivations.substitution import free_indices, fresh_index, names_in

Lower = Callable[[Expr, tuple[Idx, ...]], Lowered]


def lower_largest(body: Expr, over: Sequence[Idx], e: Expr) -> Lowered | None:
    """max_k x[…, 2p + k, …], with one tap and one place in each window; None where it is no such maximum."""
    return lower_together(MAX, body, over, e)


def lower_to_maxima(
    bound: Sequence[Idx], deltas: Sequence[KroneckerDelta], given: Expr, order: tuple[Idx, ...], lower: Lower, e: Expr
) -> Lowered | None:
    """Σ_p [h = s·p + d·argmax_k x[…, s·p + d·k, …]]·u(p); None where the sum is another one.

    The position that the delta asks for must be that which x is read at: then one operation finds the largest
    entries and adds to their places.
    """
    if len(bound) != 1 or len(deltas) != 1 or len(maxima := deltas[0].atoms(argmax_over)) != 1:
        return None
    (window,), (one,), (largest,) = bound, deltas, maxima
    image, own_tap = largest.args
    tap = fresh_index(own_tap, {n for each in (e, given) for n in names_in(each)} | {str(i.label) for i in order})
    found = _image_place(one.xreplace({largest: tap}), {window, tap}, order)
    if found is None or not isinstance(image, Indexed):
        return None
    place, at = found
    axis = _axis(image, own_tap, tap, at)
    others = [i for i in image.indices if isinstance(i, Idx)]
    if axis is None or len(others) != len(set(others)) or len(others) != len(image.indices) - 1:
        return None
    if {*others, place} != set(order) or place in free_indices(given):
        return None
    here = tuple(window if i == place else i for i in order)
    value = lower(given, here)
    if set(value.indices) != set(here):
        return None
    indices = tuple(place if position == axis else i for position, i in enumerate(image.indices))
    value = view(value, tuple(window if i == place else i for i in indices))
    shape = tuple(UNTOLD if i == place else size_of(i) for i in indices)
    read = Node("read", (), shape, spelled(name_of(image)), image)
    along = Along(axis, at.ordered((window, tap)))
    return Lowered(node_to_maxima(value.node, read, along, tuple(map(size_of, indices)), e), indices)


def _image_place(one: KroneckerDelta, reaching: set[Idx], order: Sequence[Idx]) -> tuple[Idx, Affine] | None:
    """The index of the result that a delta asks for, and the place that a window and a tap make."""
    zero = gap(one)
    for index in order if zero else ():
        at = solved(zero, index) if zero and index in zero.indices else None
        if at and set(at.indices) == reaching:
            return index, at
    return None


def _axis(image: Indexed, own_tap: Idx, tap: Idx, at: Affine) -> int | None:
    """The position in which an image is read at that place; its own tap is bound, and has another name there."""
    for position, e in enumerate(image.indices):
        read = None if isinstance(e, (Idx, Indexed)) else affine(e.xreplace({own_tap: tap}))
        if read is not None and read.ordered(at.indices) == at and set(read.indices) == set(at.indices):
            return position
    return None
