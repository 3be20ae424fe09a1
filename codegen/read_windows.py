"""Reading what a call of a window operation says of each axis, and the sizes that a text defines."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from sympy import Expr, cancel, expand, floor

from codegen.read_values import Bound, C, Number, Refusal
from codegen.window_ops import Specification, WindowOperation

Evaluate = Callable[[ast.expr], Bound[C]]


def specified(
    row: WindowOperation, nodes: Sequence[ast.expr], evaluate: Evaluate[C]
) -> tuple[list[Specification], list[list[Number[C]]]]:
    """The specifications of a call, and the steps of each as numbers."""
    specifications, every = [], []
    for node in nodes:
        fields = node.elts if isinstance(node, ast.Tuple) else []
        if len(fields) != len(row.fields):
            raise Refusal(f"{row.name} takes ({', '.join(row.fields)}) for each axis", node)
        named = dict(zip(row.fields, fields, strict=True))
        axis, start = named["axis"], _integer(named["start"], evaluate)
        if not (isinstance(axis, ast.Constant) and type(axis.value) is int):
            raise Refusal(f"{ast.unparse(axis)} is not the number of an axis", axis)
        steps = [_integer(each, evaluate) for each in _elements(named["steps"])]
        sizes = tuple(_size(each, evaluate) for each in _elements(named["sizes"])) if "sizes" in named else None
        size = _size(named["size"], evaluate) if "size" in named else None
        if any(step.expr == 0 for step in steps):
            raise Refusal("no step is 0", node)
        specifications.append(Specification(axis.value, start.expr, tuple(step.expr for step in steps), sizes, size))
        every.append(steps)
    return specifications, every


def _elements(node: ast.expr) -> Sequence[ast.expr]:
    if not isinstance(node, ast.Tuple):
        raise Refusal(f"{ast.unparse(node)} is not a tuple, one entry an index", node)
    return node.elts


def _integer(node: ast.expr, evaluate: Evaluate[C]) -> Number[C]:
    number = evaluate(node)
    if not (isinstance(number, Number) and number.is_integer):
        raise Refusal(f"{ast.unparse(node)} is not an integer", node)
    return number


def _size(node: ast.expr, evaluate: Evaluate[C]) -> Expr:
    """A size is that of an axis, by its name, or a constant: two axes meet if they have the same name."""
    size = _integer(node, evaluate).expr
    if not (size.is_Atom and size.is_nonnegative):
        raise Refusal(f"{ast.unparse(node)} is {size}, which is not the size of an axis", node)
    return size


def is_same_size(left: Expr, right: Expr) -> bool:
    """Whether two integer expressions are the same: as polynomials, floors of quotients by their lowest terms."""
    return bool(expand(_in_lowest_terms(left) - _in_lowest_terms(right)) == 0)


def _in_lowest_terms(e: Expr) -> Expr:
    return e.replace(floor, lambda quotient: floor(cancel(quotient)))
