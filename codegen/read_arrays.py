"""Reading expressions: which operation of the table a piece of text asks for, and on which arrays."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Generic

from sympy import Integer, Rational

from codegen.array_ops import (
    COMPARISONS,
    ELEMENTWISE,
    FILLS,
    PRODUCTS,
    REDUCTIONS,
    SAME_POSITION,
    Elementwise,
    Fill,
    Product,
    Shape,
    ShapeError,
    normal_axis,
)
from codegen.read_constants import integer, integers, letters, matrix, pair_of_axes
from codegen.read_domain import Domain
from codegen.read_operations import (
    all_positions,
    arithmetic,
    elementwise,
    fill,
    numbers,
    pick,
    product,
    reduce,
    window,
)
from codegen.read_values import Bound, C, Kind, Number, Refusal, View
from codegen.read_windows import specified
from codegen.window_ops import FLOOR_DIVIDE, WINDOW_OPERATIONS, WindowOperation

SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power",
    ast.FloorDiv: "floor_divide",
    ast.Gt: "greater", ast.GtE: "greater_equal", ast.Lt: "less", ast.LtE: "less_equal", ast.Eq: "equal",
}  # fmt: skip
"""Python's operators by the name of their row; also those of augmented assignments."""

_CALLS: Mapping[str, Elementwise | Product | Fill | WindowOperation] = {
    **{name: row for row in ELEMENTWISE.values() for name in (row.numpy, row.ufunc) if name},
    **{row.numpy: row for row in PRODUCTS.values()},
    **{row.numpy: row for row in FILLS.values()},
    **WINDOW_OPERATIONS,
}

_METHODS = {row.method: row for row in REDUCTIONS.values()}

NUMERIC = ("log",)
"""Calls that are also made on a number, inside float()."""

_EXACT = 2**53
"""Integers up to here are numbers of float64."""

Keywords = Mapping[str | None, ast.expr]


class Expressions(Generic[C]):
    """Evaluates expressions under the names that are bound so far."""

    def __init__(self, domain: Domain[C], names: Mapping[str, Bound[C]]) -> None:
        self.domain = domain
        self.names = names

    def evaluate(self, node: ast.expr, out: View[C] | None = None) -> Bound[C]:
        """What an expression stands for; with ``out``, a call writes there and stands for it."""
        try:
            return self._evaluate(node, out)
        except ShapeError as error:
            raise Refusal(str(error), node) from None
        except Refusal as refusal:
            raise Refusal(refusal.reason, refusal.node or node) from None

    def array(self, node: ast.expr) -> View[C]:
        """An expression that has to be an array, of whatever kind."""
        return _as_array(self.evaluate(node), node)

    def real(self, node: ast.expr) -> View[C]:
        """An expression that has to be an array of real entries."""
        return _as_real(self.evaluate(node), node)

    def label(self, node: ast.expr) -> View[C]:
        """An expression that has to be an array of labels."""
        view = self.array(node)
        if view.kind is not Kind.LABEL:
            raise Refusal(f"{ast.unparse(node)} holds {view.kind.value} entries, not labels", node)
        return view

    def _is_label(self, node: ast.expr) -> bool:
        value = self.evaluate(node)
        return isinstance(value, View) and value.kind is Kind.LABEL

    def operand(self, node: ast.expr) -> View[C] | Number[C]:
        """An expression that has to be a real array or a number."""
        value = self.evaluate(node)
        return value if isinstance(value, Number) else _as_real(value, node)

    def picked(self, node: ast.Subscript) -> tuple[View[C], View[C], Number[C]]:
        """The array, the labels and the number of rows of ``a[np.arange(len(t)), t]``."""
        match node.slice:
            case ast.Tuple(elts=[ast.Call(func=function, args=[count], keywords=[]), labels]):
                rows = self.evaluate(count)
                if ast.unparse(function) == "np.arange" and isinstance(rows, Number):
                    return self.real(node.value), self.array(labels), rows
        raise Refusal("an index is made of `:` and None, or is [np.arange(len(t)), t] with labels t", node)

    def _evaluate(self, node: ast.expr, out: View[C] | None) -> Bound[C]:
        match node:
            case ast.Call():
                return self._call(node, out)
            case ast.Name(id=name):
                if name not in self.names:
                    raise Refusal(f"{name} is not bound")
                return self.names[name]
            case ast.Constant(value=None):
                return None
            case ast.Constant(value=value) if type(value) is int and value <= _EXACT:
                return Number(Integer(value), True, self.domain.constant(value))
            case ast.Constant(value=value) if type(value) is float and value == 0.5:
                return Number(Rational(1, 2), False, self.domain.constant(value))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._operator("negative", [operand], node)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
                return self._operator(SIGNS[type(sign)], [left, right], node)
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in SIGNS:
                if isinstance(sign, ast.Eq) and any(map(self._is_label, (left, right))):
                    return elementwise(self.domain, SAME_POSITION, [self.label(left), self.label(right)], None, node)
                return self._operator(SIGNS[type(sign)], [left, right], node)
            case ast.Attribute(value=array, attr="T"):
                view = self.array(array)
                return View(view.buffer, view.axes[::-1])
            case ast.Attribute(value=array, attr="shape"):
                view = self.array(array)
                return tuple(self._size(view, axis) for axis in range(len(view.axes)))
            case ast.Subscript():
                return self._subscript(node)
        raise Refusal(f"{ast.unparse(node)} is not in the language")

    def _operator(self, name: str, nodes: Sequence[ast.expr], node: ast.expr) -> Bound[C]:
        row = FLOOR_DIVIDE if name == FLOOR_DIVIDE.name else ELEMENTWISE[name]
        if name == "multiply" and isinstance(nodes[1], ast.Compare):
            return self._masked(nodes[0], nodes[1], node)
        operands = [self.operand(operand) for operand in nodes]
        numbers = [operand for operand in operands if isinstance(operand, Number)]
        if len(numbers) == len(operands) and name not in COMPARISONS:
            return arithmetic(self.domain, row, numbers, node)
        if row is FLOOR_DIVIDE:
            raise Refusal("// of arrays is not in the language, only that of integers")
        return elementwise(self.domain, row, operands, None, node)

    def _masked(self, value: ast.expr, condition: ast.expr, node: ast.expr) -> Bound[C]:
        """``u * (a > 0)``: u where the condition holds, else 0."""
        zero = Number(Integer(0), True, self.domain.constant(0))
        operands: list[View[C] | Number[C]] = [self.array(condition), self.real(value), zero]
        return elementwise(self.domain, ELEMENTWISE["where"], operands, None, node)

    def _subscript(self, node: ast.Subscript) -> Bound[C]:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            view = self.array(node.value.value)
            return self._size(view, integer(node.slice))
        elements = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not all(_is_whole(element) or _is_none(element) for element in elements):
            return pick(self.domain, *self.picked(node), node)
        view = self.array(node.value)
        if sum(map(_is_whole, elements)) != len(view.axes):
            raise Refusal(f"this index needs a `:` for each of the {len(view.axes)} axes")
        kept = iter(view.axes)
        return View(view.buffer, tuple(None if _is_none(element) else next(kept) for element in elements))

    def _call(self, node: ast.Call, out: View[C] | None) -> Bound[C]:
        name = ast.unparse(node.func)
        keywords = {keyword.arg: keyword.value for keyword in node.keywords if not (out and keyword.arg == "out")}
        match self._function(node.func) or _CALLS.get(name):
            case Elementwise() as row if not keywords and len(node.args) == row.arity and (row.ufunc or not out):
                return elementwise(self.domain, row, self._operands(row, node.args), out, node)
            case Product(name="contract") as row if len(node.args) == 3 and not keywords and not out:
                left, right = (self.real(argument) for argument in node.args[1:])
                return product(self.domain, row, left, right, letters(node.args[0]), out, node)
            case Product() as row if len(node.args) == 2 and list(keywords) == ["axes"] * (row.name == "tensordot"):
                left, right = (self.real(argument) for argument in node.args)
                axes = pair_of_axes(keywords["axes"]) if keywords else ((), ())
                return product(self.domain, row, left, right, axes, out, node)
            case Fill() as row if len(node.args) == 1 and list(keywords) == ["dtype"] * (not row.like) and not out:
                return fill(self.domain, row, self._shape_of_fill(node.args[0], keywords.get("dtype")))
            case WindowOperation() as row if len(node.args) > row.arrays and not keywords and not out:
                arrays = [self.real(argument) for argument in node.args[: row.arrays]]
                specifications, steps = specified(row, node.args[row.arrays :], self.evaluate)
                return window(self.domain, row, arrays, specifications, steps, node)
            case None if name == "np.array" and len(node.args) == 1 and list(keywords) == ["dtype"] and not out:
                self._check_dtype(keywords["dtype"])
                return numbers(self.domain, matrix(node.args[0]))
            case None if name == "np.arange" and len(node.args) == 1 and not keywords and not out:
                return all_positions(self.domain, self.evaluate(node.args[0]), node)
            case None if name == "float" and len(node.args) == 1 and not keywords and not out:
                return self._python_number(node.args[0], node)
            case None if name == "len" and len(node.args) == 1 and not keywords and not out:
                return self._size(self.array(node.args[0]), 0)
            case None if isinstance(node.func, ast.Attribute) and not out:
                return self._method(node.func, node.args, keywords, node)
        raise Refusal(f"{ast.unparse(node)} is not a call that the table of operations has")

    def _python_number(self, call: ast.expr, node: ast.expr) -> Number[C]:
        """``float(np.log(d))``: NumPy's result as a number that takes the dtype of the array it meets."""
        match call:
            case ast.Call(func=function, args=[argument], keywords=[]):
                row = _CALLS.get(ast.unparse(function))
                number = self.evaluate(argument)
                if isinstance(row, Elementwise) and row.name in NUMERIC and isinstance(number, Number):
                    return arithmetic(self.domain, row, [number], node)
        raise Refusal(f"float() takes one of {', '.join(ELEMENTWISE[name].numpy for name in NUMERIC)} of a number")

    def _function(self, node: ast.expr) -> Elementwise | None:
        """The function that a name stands for."""
        bound = self.names.get(node.id) if isinstance(node, ast.Name) else None
        return bound if isinstance(bound, Elementwise) else None

    def _operands(self, row: Elementwise, nodes: Sequence[ast.expr]) -> list[View[C] | Number[C]]:
        if row.name != "where":
            return [self.operand(node) for node in nodes]
        condition = self.array(nodes[0])
        if condition.kind is not Kind.CONDITION:
            raise Refusal("np.where chooses by a comparison", nodes[0])
        return [condition, *(self.operand(node) for node in nodes[1:])]

    def _shape_of_fill(self, argument: ast.expr, dtype: ast.expr | None) -> Shape:
        if dtype is None:
            return self.real(argument).shape
        self._check_dtype(dtype)
        if isinstance(argument, ast.Tuple):
            sizes: Sequence[Bound[C]] = [self.evaluate(element) for element in argument.elts]
        else:
            size = self.evaluate(argument)
            sizes = size if isinstance(size, tuple) else [size]
        if not all(isinstance(size, Number) and size.is_integer and size.expr.is_nonnegative for size in sizes):
            raise Refusal(f"{ast.unparse(argument)} is not a shape", argument)
        return tuple(size.expr for size in sizes if isinstance(size, Number))

    def _check_dtype(self, dtype: ast.expr) -> None:
        if not (isinstance(dtype, ast.Attribute) and dtype.attr == "dtype"):
            raise Refusal("a new buffer has the dtype of an array: dtype=a.dtype")
        self.real(dtype.value)

    def _method(
        self, method: ast.Attribute, arguments: Sequence[ast.expr], keywords: Keywords, node: ast.expr
    ) -> View[C]:
        if method.attr == "transpose" and arguments and not keywords:
            view = self.array(method.value)
            order = [normal_axis(integer(argument), len(view.axes)) for argument in arguments]
            if sorted(order) != list(range(len(view.axes))):
                raise Refusal(f"{order} is not an order of {len(view.axes)} axes")
            return View(view.buffer, tuple(view.axes[axis] for axis in order))
        if method.attr not in _METHODS or arguments or list(keywords) != ["axis"]:
            raise Refusal(f"{ast.unparse(node)} is not a call that the table of operations has")
        view = self.real(method.value)
        return reduce(self.domain, _METHODS[method.attr], view, integers(keywords["axis"]), node)

    def _size(self, view: View[C], axis: int) -> Number[C]:
        size = view.shape[normal_axis(axis, len(view.axes))]
        return Number(size, True, self.domain.size(size))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and not (node.lower or node.upper or node.step)


def _as_array(value: Bound[C], node: ast.expr) -> View[C]:
    if not isinstance(value, View):
        raise Refusal(f"{ast.unparse(node)} is not an array", node)
    return value


def _as_real(value: Bound[C], node: ast.expr) -> View[C]:
    view = _as_array(value, node)
    if view.kind is not Kind.REAL:
        raise Refusal(f"{ast.unparse(node)} holds {view.kind.value}s, not real entries", node)
    return view
