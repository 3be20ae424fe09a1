"""Reading constants in text: the numbers and the letters of axes."""

from __future__ import annotations

import ast
import re

from codegen.array_ops import Axes
from codegen.read_values import Refusal


def integer(node: ast.expr) -> int:
    """An integer, which may have a minus sign."""
    match node:
        case ast.Constant(value=value) if type(value) is int:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if type(value) is int:
            return -value
    raise Refusal(f"{ast.unparse(node)} is not an integer constant", node)


def integers(node: ast.expr) -> tuple[int, ...]:
    """An integer, or a tuple of them."""
    return tuple(integer(element) for element in (node.elts if isinstance(node, ast.Tuple) else [node]))


def pair_of_axes(node: ast.expr) -> Axes:
    """The axes of both operands of a product."""
    if not (isinstance(node, ast.Tuple) and len(node.elts) == 2):
        raise Refusal("np.tensordot names the axes of both operands: axes=(…, …)", node)
    return integers(node.elts[0]), integers(node.elts[1])


def letters(node: ast.expr) -> Axes:
    """The letters of "ik, kj -> ij", a number for each."""
    match node:
        case ast.Constant(value=str(text)) if found := re.fullmatch("([A-Za-z]+), ([A-Za-z]+) -> ([A-Za-z]+)", text):
            return tuple(tuple(map(ord, part)) for part in found.groups())
    raise Refusal('contract names the axes of both arrays and of the result by letters: "ik, kj -> ij"', node)
