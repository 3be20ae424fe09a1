"""The closed table of array operations: what NumPy is asked to do, and what it means entry by entry.

Emitter and reader share this table, so an error here would cancel in read-back; ``tests/test_array_ops.py``
holds every row against plain loops. docs/language.md, section 5, says the same in words.

A shape is a tuple of sizes. Two sizes meet only if they are the same expression: N against K is an error,
whatever the numbers. The size 1, and only the number, is stretched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sympy import Abs, Expr, Idx, Integer, Max, Min, atan, cos, cosh, exp, log, sign, sin, sinh, sqrt, tan, tanh

from derivations.notation import argmax_, delta, is_zero_at, max_, positive, size_of, sum_

Shape = tuple[Expr, ...]

COMPARISON, ADDITIVE, MULTIPLICATIVE, UNARY, POWER, CALL = 6, 11, 12, 13, 14, 16
"""Python's precedences, loosest first; the numbers only have to be in this order."""


class ShapeError(ValueError):
    """Two axes meet that are not the same axis, or an axis is named that does not exist."""


@dataclass(frozen=True)
class Elementwise:
    """An operation entry by entry.

    ``numpy`` is the name of the call, ``operator`` the sign where Python has one (and then ``numpy`` is
    empty), ``ufunc`` the call that takes ``out=``. ``meaning`` takes as many entries as ``arity``. ``is_given`` are
    functions that are arguments, which are no rows of the table.
    """

    name: str
    arity: int
    numpy: str
    operator: str
    precedence: int
    ufunc: str
    meaning: Callable[..., Expr]
    is_given: bool = False


def _call(name: str, meaning: Callable[..., Expr], arity: int = 1) -> Elementwise:
    return Elementwise(name, arity, f"np.{name}", "", CALL, f"np.{name}", meaning)


def _infix(
    name: str, sign_: str, precedence: int, meaning: Callable[..., Expr], arity: int = 2
) -> Elementwise:
    return Elementwise(name, arity, "", sign_, precedence, f"np.{name}", meaning)


def _compare(name: str, sign_: str, meaning: Callable[..., Expr]) -> Elementwise:
    return Elementwise(name, 2, "", sign_, COMPARISON, "", meaning)


def _greater_equal(u: Expr, v: Expr) -> Expr:
    return positive(u - v) + is_zero_at(u - v)


COMPARISONS: Mapping[str, Elementwise] = MappingProxyType(
    {
        row.name: row
        for row in (
            _compare("greater", ">", lambda u, v: positive(u - v)),
            _compare("greater_equal", ">=", _greater_equal),
            _compare("less", "<", lambda u, v: positive(v - u)),
            _compare("less_equal", "<=", lambda u, v: _greater_equal(v, u)),
            _compare("equal", "==", lambda u, v: is_zero_at(u - v)),
        )
    }
)
"""The conditions of `where`, and nothing else: their result is boolean, which adds and negates otherwise."""

SAME_POSITION = replace(COMPARISONS["equal"], meaning=delta)
"""``a == b`` of labels into the same axis: [a = b] over the integers."""

ELEMENTWISE: Mapping[str, Elementwise] = MappingProxyType(
    {
        row.name: row
        for row in (
            _infix("add", "+", ADDITIVE, lambda u, v: u + v),
            _infix("subtract", "-", ADDITIVE, lambda u, v: u - v),
            _infix("multiply", "*", MULTIPLICATIVE, lambda u, v: u * v),
            _infix("divide", "/", MULTIPLICATIVE, lambda u, v: u / v),
            _infix("power", "**", POWER, lambda u, v: u**v),
            _infix("negative", "-", UNARY, lambda u: -u, arity=1),
            Elementwise("copy", 1, "np.copy", "", CALL, "", lambda u: u),
            _call("exp", exp),
            _call("log", log),
            _call("log1p", lambda u: log(1 + u)),
            _call("expm1", lambda u: exp(u) - 1),
            _call("sqrt", sqrt),
            _call("tanh", tanh),
            _call("abs", Abs),
            _call("sign", sign),
            _call("square", lambda u: u**2),
            _call("reciprocal", lambda u: 1 / u),
            _call("sin", sin),
            _call("cos", cos),
            _call("tan", tan),
            _call("arctan", atan),
            _call("sinh", sinh),
            _call("cosh", cosh),
            _call("maximum", Max, arity=2),
            _call("minimum", Min, arity=2),
            *COMPARISONS.values(),
            Elementwise("where", 3, "np.where", "", CALL, "", lambda c, a, b: c * a + (1 - c) * b),
        )
    }
)

AUGMENTED: Mapping[str, str] = MappingProxyType(
    {"+=": "add", "-=": "subtract", "*=": "multiply", "/=": "divide"}
)
"""The assignments that replace the content of a buffer."""


@dataclass(frozen=True)
class Reduction:
    """``a.method(axis=k)``: one axis is bound and gone. Several axes are reduced one after the other."""

    name: str
    method: str
    meaning: Callable[[Expr, Idx], Expr]
    needs_an_entry: bool = False
    """Whether the axis must not be empty."""


REDUCTIONS: Mapping[str, Reduction] = MappingProxyType(
    {
        row.name: row
        for row in (
            Reduction("sum", "sum", sum_),
            Reduction("mean", "mean", lambda u, k: sum_(u, k) / size_of(k), needs_an_entry=True),
            Reduction("max", "max", max_, needs_an_entry=True),
            Reduction("argmax", "argmax", argmax_, needs_an_entry=True),
        )
    }
)


@dataclass(frozen=True)
class Subscripts:
    """A product of two arrays: a number for each position; numbers missing in ``output`` are summed."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    output: tuple[int, ...]

    @property
    def summed(self) -> tuple[int, ...]:
        """The positions that are summed, in the order of the left operand."""
        return tuple(number for number in self.left if number not in self.output)


Axes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Product:
    """A product of two arrays; ``subscripts(rank, rank, axes)``, axes only for `tensordot` and `contract`."""

    name: str
    numpy: str
    takes_out: bool
    subscripts: Callable[[int, int, Axes], Subscripts]


def _dot(left: int, right: int, axes: Axes) -> Subscripts:
    if not (1 <= left <= 2 and 1 <= right <= 2):
        raise ShapeError(f"np.dot takes one or two axes, not {left} and {right}; use np.tensordot")
    return _tensordot(left, right, ((left - 1,), (0,)))


def _matmul(left: int, right: int, axes: Axes) -> Subscripts:
    if min(left, right) < 2:
        raise ShapeError(f"np.matmul takes two axes or more, not {left} and {right}; use np.dot")
    batch = max(left, right) - 2
    row, inner, column = batch, batch + 1, batch + 2
    numbers = tuple(range(batch))
    return Subscripts(
        (*numbers[batch - left + 2 :], row, inner),
        (*numbers[batch - right + 2 :], inner, column),
        (*numbers, row, column),
    )


def _tensordot(left: int, right: int, axes: Axes) -> Subscripts:
    ours = tuple(normal_axis(axis, left) for axis in axes[0])
    theirs = tuple(normal_axis(axis, right) for axis in axes[1])
    if len(ours) != len(theirs) or len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs):
        raise ShapeError(f"np.tensordot: the axes {axes[0]} and {axes[1]} do not pair up")
    partner = dict(zip(theirs, ours, strict=True))
    second = tuple(partner.get(position, left + position) for position in range(right))
    output = [p for p in range(left) if p not in ours] + [left + p for p in range(right) if p not in partner]
    return Subscripts(tuple(range(left)), second, tuple(output))


def _contract(left: int, right: int, axes: Axes) -> Subscripts:
    """The numbers as they are given: those of the left operand, of the right one, and of the result."""
    if len(axes) != 3:
        raise ShapeError("contract names the axes of both arrays and of the result")
    ours, theirs, output = axes
    if (len(ours), len(theirs)) != (left, right):
        raise ShapeError(f"contract names {len(ours)} and {len(theirs)} axes of arrays of {left} and {right}")
    if any(len(set(each)) < len(each) for each in axes):
        raise ShapeError("contract names an axis twice")
    if {*ours} ^ {*theirs} != {*output} - ({*ours} & {*theirs}):
        raise ShapeError("contract keeps every axis that only one array has, and no other that neither has")
    return Subscripts(ours, theirs, output)


PRODUCTS: Mapping[str, Product] = MappingProxyType(
    {
        row.name: row
        for row in (
            Product("dot", "np.dot", True, _dot),
            Product("matmul", "np.matmul", True, _matmul),
            Product("tensordot", "np.tensordot", False, _tensordot),
            Product("contract", "contract", False, _contract),
        )
    }
)


@dataclass(frozen=True)
class Fill:
    """A new buffer: ``np.zeros(shape, dtype=a.dtype)`` or ``np.zeros_like(a)``.

    ``content`` is None where nothing may be read before it is written.
    """

    name: str
    numpy: str
    like: bool
    content: Expr | None


FILLS: Mapping[str, Fill] = MappingProxyType(
    {
        name + suffix: Fill(name + suffix, f"np.{name}{suffix}", bool(suffix), content)
        for suffix in ("", "_like")
        for name, content in (("zeros", Integer(0)), ("ones", Integer(1)), ("empty", None))
    }
)

PICK = "{array}[np.arange(len({labels})), {labels}]"
"""a[n, t[n]]; as the target of ``+=`` or ``-=`` it adds [k = t[n]]·u[n] to a[n, k]."""


def normal_axis(axis: int, rank: int) -> int:
    """An axis counted from the front; negative ones count from the back."""
    if not -rank <= axis < rank:
        raise ShapeError(f"there is no axis {axis} in an array of {rank} axes")
    return axis % rank


def broadcast(*shapes: Shape) -> Shape:
    """The shape of an operation entry by entry: aligned at the end, a missing position or a 1 stretched."""
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(Integer(1),) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(meet(sizes) for sizes in zip(*padded, strict=True))


def meet(sizes: Sequence[Expr]) -> Expr:
    """The one size of axes that are used together: all the same, apart from the number 1."""
    met: Expr = Integer(1)
    for size in sizes:
        if size == 1:
            continue
        if met not in (1, size):
            raise ShapeError(f"an axis of size {met} meets one of size {size}")
        met = size
    return met


def reduced(shape: Shape, axes: Sequence[int]) -> Shape:
    """The shape after a reduction over some axes, which are counted from the front."""
    return tuple(size for position, size in enumerate(shape) if position not in axes)


def product_shape(subscripts: Subscripts, left: Shape, right: Shape) -> Shape:
    """The shape of a product. Summed positions must be the same axis exactly; batch positions broadcast."""
    meeting: dict[int, list[Expr]] = {}
    for number, size in (
        *zip(subscripts.left, left, strict=True),
        *zip(subscripts.right, right, strict=True),
    ):
        meeting.setdefault(number, []).append(size)
    for number in subscripts.summed:
        first, second = meeting[number]
        if first != second:
            raise ShapeError(f"a product sums over an axis of size {first} and one of size {second}")
    return tuple(meet(meeting[number]) for number in subscripts.output)
