"""The array program: values with positional axes, each made from others by one operation of the table.

A `Node` is a value; its ``meaning`` is the same value in index notation, kept for comments only. Names of
indices occur nowhere else: two values are the same if they are made alike, whatever their indices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Indexed, Integer

from codegen.array_ops import (
    ADDITIVE,
    CALL,
    ELEMENTWISE,
    MULTIPLICATIVE,
    PICK,
    POWER,
    PRODUCTS,
    REDUCTIONS,
    UNARY,
)
from codegen.window_text import WINDOWED, integer_text, window_arguments

CONTRACT = "contract"

NUMBERS = "numbers"

FILLED = {0: "zeros", 1: "ones"}


@dataclass(frozen=True)
class Node:
    """One value of an array program.

    ``op`` is ``read`` or ``size`` (attr: the name), ``number`` (attr: an integer, or 0.5), ``view`` (attr: for each
    position of the result a position of the operand, None for a new axis), ``pick`` and ``one_hot_add`` (attr: the
    name of the labels), ``arange`` (of a size), ``fill`` (attr: 0 or 1; the operands are the sizes and an array of
    the dtype), ``fill_like`` (the same; the operand gives shape and dtype), ``numbers`` (attr: the rows of a matrix
    of integers; the operand gives the dtype), ``apply`` (attr: the name of a function), ``integer`` (attr: a number
    made of sizes and integer hyperparameters, which are its operands), or a row of the table: elementwise, a
    reduction (attr: the axes), a product (attr: the axes of ``tensordot``, the letters of ``contract``), one that
    knows windows (operands: an array, then numbers; attr: how these belong together).
    """

    op: str
    args: tuple[Node, ...]
    shape: tuple[Expr, ...]
    attr: Any = None
    meaning: Expr = field(default=Integer(0), compare=False)

    def __hash__(self) -> int:
        return hash((self.op, self.args, self.attr))


def walk(node: Node) -> Iterator[Node]:
    """All nodes of a tree, operands before what is made of them."""
    for arg in node.args:
        yield from walk(arg)
    yield node


def reads(node: Node) -> frozenset[str]:
    """The names that a tree reads, those of labels among them."""
    names = {n.attr for n in walk(node) if n.op == "read"}
    return frozenset(names | {n.attr for n in walk(node) if n.op in ("pick", "one_hot_add")})


def functions_applied(node: Node) -> frozenset[str]:
    """The functions that a tree applies and that are given as arguments."""
    return frozenset(n.attr for n in walk(node) if n.op == "apply")


def sizes_read(node: Node) -> frozenset[Expr]:
    """The sizes whose values a tree reads."""
    return frozenset(n.meaning for n in walk(node) if n.op == "size")


def is_number(node: Node) -> bool:
    """Whether a tree is a Python number: it reads no array."""
    return not any(n.op == "read" and isinstance(n.meaning, Indexed) for n in walk(node))


def needs_statements(node: Node) -> bool:
    """Whether a tree holds something that no expression can say."""
    return any(n.op == "one_hot_add" for n in walk(node))


def rows_of(node: Node) -> list[str]:
    """The rows of a matrix of numbers as text."""
    return [f"[{', '.join(map(str, row))}]" for row in node.attr]


def text(node: Node, loosest: int = 0) -> str:
    """A tree as a Python expression, in brackets where it binds looser than what it stands in."""
    spelled, precedence = _spell(node)
    return f"({spelled})" if precedence < loosest else spelled


def _spell(node: Node) -> tuple[str, int]:
    if node.op in ("read", "size"):
        return str(node.attr), CALL
    if node.op == "number":
        return str(node.attr), CALL if node.attr >= 0 else UNARY
    if node.op == "view":
        return _spell_view(node), CALL
    if node.op == "pick":
        return PICK.format(array=text(node.args[0], CALL), labels=node.attr), CALL
    if node.op == "fill":
        *sizes, like = map(text, node.args)
        shape = f"{sizes[0]}," if len(sizes) == 1 else ", ".join(sizes)
        return f"np.{FILLED[node.attr]}(({shape}), dtype={like}.dtype)", CALL
    if node.op == NUMBERS:
        return f"np.array([{', '.join(rows_of(node))}], dtype={text(node.args[0])}.dtype)", CALL
    if node.op == "fill_like":
        return f"np.{FILLED[node.attr]}_like({text(node.args[0])})", CALL
    if node.op == "apply":
        return f"{node.attr}({text(node.args[0])})", CALL
    if node.op == "arange":
        return f"np.arange({text(node.args[0])})", CALL
    if node.op in REDUCTIONS:
        axes = node.attr[0] if len(node.attr) == 1 else node.attr
        return f"{text(node.args[0], CALL)}.{REDUCTIONS[node.op].method}(axis={axes})", CALL
    if node.op == "integer":
        return integer_text(node.attr), ADDITIVE
    if node.op in WINDOWED:
        return f"{node.op}({', '.join(window_arguments(node.attr, [text(a) for a in node.args]))})", CALL
    if node.op == CONTRACT:
        return f'{CONTRACT}("{node.attr}", {text(node.args[0])}, {text(node.args[1])})', CALL
    if node.op in PRODUCTS:
        axes_text = f", axes={node.attr}" if node.op == "tensordot" else ""
        return f"{PRODUCTS[node.op].numpy}({text(node.args[0])}, {text(node.args[1])}{axes_text})", CALL
    return _spell_elementwise(node)


def is_masked(node: Node) -> bool:
    """Whether a choice between a value and 0 is a product with the condition: many times faster than np.where.

    Only of what is finite wherever it is computed: ∞·0 is not 0.
    """
    if node.op != "where" or node.args[2].op != "number" or node.args[2].attr != 0:
        return False
    return node.args[1].op != "number" and _is_finite(node.args[1])


def _is_finite(node: Node) -> bool:
    return is_masked(node) or (node.op in FINITE and all(map(_is_finite, node.args)))


FINITE = frozenset({"read", "view", "number", "multiply", "add", "subtract", "negative", "square", "sum", "dot", "max"})


def _spell_elementwise(node: Node) -> tuple[str, int]:
    row = ELEMENTWISE[node.op]
    if is_masked(node):
        condition, value, _ = node.args
        return f"{text(value, MULTIPLICATIVE)} * ({text(condition)})", MULTIPLICATIVE
    if row.numpy:
        call = f"{row.numpy}({', '.join(text(a) for a in node.args)})"
        # NumPy's own float64 would make float64 of a float32 array; Python's float takes the array's type.
        return f"float({call})" if all(map(is_number, node.args)) else call, CALL
    if row.arity == 1:
        return f"{row.operator}{text(node.args[0], UNARY)}", UNARY
    left, right = node.args
    if node.op in ("add", "multiply") and right.op == "number" and left.op != "number":
        left, right = right, left  # 2 * x and 1 + t, as one writes; exact either way round
    if row.precedence == POWER:
        return f"{text(left, CALL)}**{text(right, CALL)}", POWER
    # a - (b + c) and a / (b * c) keep their brackets; so do a + (b + c): the order of rounding is the tree's.
    tighter = row.precedence + 1 if row.precedence in (ADDITIVE, MULTIPLICATIVE) else row.precedence
    return f"{text(left, row.precedence)} {row.operator} {text(right, tighter)}", row.precedence


def _spell_view(node: Node) -> str:
    operand = text(node.args[0], CALL)
    positions = [p for p in node.attr if p is not None]
    if positions != sorted(positions):
        operand = f"{operand}.T" if len(positions) == 2 else f"{operand}.transpose{tuple(positions)}"
    # Axes missing in front need no spelling: NumPy inserts them.
    shown = list(node.attr)
    while shown and shown[0] is None:
        shown.pop(0)
    if None not in shown:
        return operand
    return f"{operand}[{', '.join('None' if p is None else ':' for p in shown)}]"
