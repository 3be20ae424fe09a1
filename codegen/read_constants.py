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


_EXACT = 2**24
"""Integers up to here are numbers of float32, and so of every dtype."""


def matrix(node: ast.expr) -> tuple[tuple[int, ...], ...]:
    """A list of rows, as long as each other, of integers that every dtype holds exactly."""
    if not (isinstance(node, ast.List) and all(isinstance(row, ast.List) for row in node.elts)):
        raise Refusal("a matrix of numbers is a list of rows, lists of integers", node)
    rows = tuple(tuple(map(integer, row.elts)) for row in node.elts if isinstance(row, ast.List))
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise Refusal("a matrix of numbers has a row and a column, and rows as long as each other", node)
    if any(abs(value) > _EXACT for row in rows for value in row):
        raise Refusal(f"a number of a matrix is at most {_EXACT}, which float32 holds exactly", node)
    return rows


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
