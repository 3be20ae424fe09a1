"""Nodes of the rows of the table that know windows: where they start, how they step, how far they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol

from codegen.affine import Affine
from codegen.naming import python_name
from codegen.program import Node
from codegen.window_text import WINDOWED
from derivations.notation import size_of

WINDOWS, SUM, ADD, SPREAD, MAX, TO_MAXIMA = WINDOWED


@dataclass(frozen=True)
class Along:
    """One axis and the window along it; ``size`` is that of the axis that places are counted in, where it is asked."""

    axis: int
    window: Affine
    size: Expr | None = None

    @property
    def sizes(self) -> tuple[Expr, ...]:
        """How many values each index of the window takes."""
        return tuple(size_of(i) for i in self.window.indices)


def window_node(op: str, operand: Node, alongs: Sequence[Along], shape: tuple[Expr, ...], e: Expr) -> Node:
    """An operation on windows; its numbers are operands as well, and its attr says how they belong together."""
    numbers: list[Node] = []
    attr: list[tuple[int, tuple[int, ...]]] = []
    for along in alongs:
        sizes = along.sizes if op != ADD else ()
        last = (along.size,) if along.size is not None else ()
        numbers += [integer_node(n) for n in (along.window.start, *along.window.steps, *sizes, *last)]
        attr.append((along.axis, (len(along.window.steps), len(sizes), len(last))))
    return Node(op, (operand, *numbers), shape, tuple(attr), e)


def node_to_maxima(operand: Node, image: Node, along: Along, shape: tuple[Expr, ...], e: Expr) -> Node:
    """The operation that gives to the largest entries of windows of an image."""
    node = window_node(TO_MAXIMA, operand, [along], shape, e)
    return replace(node, args=(operand, image, *node.args[1:]))


def integer_node(e: Expr) -> Node:
    """A number made of sizes and integer hyperparameters."""
    if isinstance(e, Integer):
        return Node("number", (), (), int(e), e)
    if isinstance(e, Symbol):
        return _symbol(e)
    symbols = sorted(e.free_symbols, key=str)
    return Node("integer", tuple(map(_symbol, symbols)), (), e, e)


def _symbol(s: Symbol) -> Node:
    return Node("size" if s.is_nonnegative else "read", (), (), python_name(str(s)), s)
