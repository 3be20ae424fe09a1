"""What formulas read, and new arrays of a given content: the leaves of a tree of operations."""

from __future__ import annotations

from sympy import Expr, Idx, Indexed, IndexedBase, Integer

from codegen.naming import python_name
from codegen.positions import Lowered, LoweringError
from codegen.program import Node
from derivations.notation import name_of, size_of

DELTA = "δ"
"""The gradient of the output, as comments show it."""


def spelled(name: str) -> str:
    """What a tensor is called in emitted text; the gradient of the output is ``delta``."""
    return "delta" if name == DELTA else python_name(name)


def lower_read(e: Indexed) -> Lowered:
    """An entry of an array, at indices of its own or picked by labels."""
    plain = tuple(i for i in e.indices if isinstance(i, Idx))
    name = spelled(name_of(e))
    labels = [(p, i) for p, i in enumerate(e.indices) if isinstance(i, Indexed)]
    if len(plain) + len(labels) < sum(not isinstance(i, Integer) for i in e.indices):
        raise LoweringError(f"{e}: a position is an index, a label or a number")
    if len(set(plain)) < len(plain):
        raise LoweringError(f"{e}: an index stands in two of its positions; no operation reads a diagonal")
    if not labels:
        indices = tuple(i for i in e.indices if not isinstance(i, Integer))
        return Lowered(Node("read", (), tuple(size_of(i) for i in indices), name, e), indices)
    (position, label), *more = labels
    if more or (position, tuple(label.indices)) != (1, plain) or len(e.indices) != 2:
        raise LoweringError(f"{e}: labels are picked from the second of two positions only")
    whole = Node("read", (), (size_of(plain[0]), Integer(0)), name, e)
    return Lowered(Node("pick", (whole,), (size_of(plain[0]),), python_name(name_of(label)), e), plain)


def zeros(e: Expr, order: tuple[Idx, ...]) -> Lowered:
    """Zeros of the dtype of something that a formula reads; of the output's gradient, where it reads nothing."""
    sizes = tuple(size_of(i) for i in order)
    return Lowered(Node("fill", (*map(size_node, sizes), dtype_of(e, order)), sizes, 0, Integer(0)), order)


def dtype_of(e: Expr, order: tuple[Idx, ...] = ()) -> Node:
    """An array whose dtype is taken: one that a formula reads, else the output's gradient."""
    read = next((r for r in sorted(e.atoms(Indexed), key=str) if not r.base.is_integer), None)
    like = IndexedBase(DELTA, real=True)[order] if read is None else read
    return Node("read", (), (), spelled(name_of(like)), like)


def filled_like(like: Lowered, number: Lowered) -> Lowered:
    """The number 0 or 1 as an array like another."""
    node = number.node
    return Lowered(Node("fill_like", (like.node,), like.node.shape, node.attr, node.meaning), like.indices)


def size_node(size: Expr) -> Node:
    """A size as a number."""
    if isinstance(size, Integer):
        return Node("number", (), (), int(size), size)
    return Node("size", (), (), python_name(str(size)), size)


def positions_of(index: Idx) -> Lowered:
    """All positions on an axis, in order."""
    return Lowered(Node("arange", (size_node(size_of(index)),), (size_of(index),), None, index), (index,))
