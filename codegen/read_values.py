"""What the reader of emitted text handles: buffers, views of them, numbers, and the domain of contents.

The reader follows names, views, buffers and their versions; what a buffer *contains* is left to a domain.
`read_back` fills in formulas, `safety` fills in ranges; both see the same buffers.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, TypeAlias, TypeVar

from sympy import Expr, Idx, Indexed, Integer, Symbol

from codegen.array_ops import Elementwise, Fill, Reduction, Shape
from derivations.notation import size_of

C = TypeVar("C")


class ReadBackError(ValueError):
    """A text that the reader does not accept: which function, which line, and why."""

    def __init__(self, function: str, line: int, source: str, reason: str) -> None:
        self.function, self.line, self.source, self.reason = function, line, source.strip(), reason
        super().__init__(f"{function}, line {line}: {reason}\n    {self.source}")


class Refusal(Exception):
    """A `ReadBackError` that does not yet know its line; raised inside the reader only."""

    def __init__(self, reason: str, node: ast.AST | None = None) -> None:
        self.reason, self.node = reason, node
        super().__init__(reason)


class Kind(Enum):
    """What the entries of an array are."""

    REAL = "real"
    LABEL = "label"
    CONDITION = "condition"


@dataclass(frozen=True)
class ArrayArgument:
    """An array parameter: its general entry, such as ``x[n, i]``, gives tensor and axes."""

    entry: Indexed


@dataclass(frozen=True)
class LabelsArgument:
    """Labels such as ``t[n]``, whose values are positions on an axis of the given size."""

    entry: Indexed
    size: Expr


@dataclass(frozen=True)
class Value(Generic[C]):
    """An array that leaves a function: the sizes of its axes and its content in the reader's domain.

    ``label_size`` is the size of the axis that labels point into, None for other kinds.
    """

    axes: Shape
    content: C
    kind: Kind = Kind.REAL
    label_size: Expr | None = None


@dataclass(frozen=True)
class Number(Generic[C]):
    """A Python number: a constant, a size, a hyperparameter. It takes the dtype of the array it meets."""

    expr: Expr
    is_integer: bool
    content: C


@dataclass(frozen=True)
class Saved(Generic[C]):
    """The second result of ``forward``, as an argument of ``backward``."""

    values: tuple[Value[C] | Number[C] | None, ...]


ABSENT = None
"""The argument for an optional parameter that is not given."""

Argument: TypeAlias = ArrayArgument | LabelsArgument | Symbol | Saved[C] | None
"""What a parameter can stand for."""


@dataclass(eq=False)
class Buffer(Generic[C]):
    """Memory with a shape. Writing replaces the content; ``None`` is memory that nobody has filled.

    ``origin`` says whose it is when it is not the function's own: it may not be written then.
    """

    shape: Shape
    content: C | None
    kind: Kind = Kind.REAL
    label_size: Expr | None = None
    origin: str = ""
    is_contiguous: bool = False


@dataclass(frozen=True)
class Placed(Generic[C]):
    """A content and, for each of its axes, the position it takes in an operation (None: stretched)."""

    content: C
    at: tuple[int | None, ...]


@dataclass(frozen=True)
class View(Generic[C]):
    """A buffer seen through a permutation of its axes, with new axes of size 1 (None) among them."""

    buffer: Buffer[C]
    axes: tuple[int | None, ...]

    @classmethod
    def whole(cls, buffer: Buffer[C]) -> View[C]:
        """All of a buffer, its axes in order."""
        return cls(buffer, tuple(range(len(buffer.shape))))

    @property
    def shape(self) -> Shape:
        """The size of each position."""
        return tuple(Integer(1) if axis is None else self.buffer.shape[axis] for axis in self.axes)

    @property
    def kind(self) -> Kind:
        """What the entries are."""
        return self.buffer.kind

    @property
    def order(self) -> tuple[int, ...]:
        """For each axis of the buffer, the position at which this view shows it."""
        return tuple(self.axes.index(axis) for axis in range(len(self.buffer.shape)))

    def content(self) -> C:
        """The buffer's content now."""
        if self.buffer.content is None:
            raise Refusal("a buffer is read before it is filled")
        return self.buffer.content

    def placed(self, positions: Sequence[int | None]) -> Placed[C]:
        """The content now, with position p of this view at ``positions[p]`` of an operation."""
        return Placed(self.content(), tuple(positions[position] for position in self.order))

    def stretched_to(self, shape: Shape) -> Placed[C]:
        """The content now, as it takes part in an operation entry by entry of the given shape."""
        offset = len(shape) - len(self.axes)
        return self.placed(
            [
                offset + position if size == shape[offset + position] else None
                for position, size in enumerate(self.shape)
            ]
        )


Bound: TypeAlias = View[C] | Number[C] | tuple["Bound[C]", ...] | None
"""What a name can stand for."""


class Domain(Protocol[C]):
    """What the reader asks of contents. Positions are those of the operation; ``node`` is the text."""

    def tensor(self, name: str, entry: Indexed) -> C:
        """The content of an array argument."""

    def labels(self, name: str, argument: LabelsArgument) -> C:
        """The content of a labels argument."""

    def scalar(self, name: str, symbol: Symbol) -> C:
        """A hyperparameter."""

    def size(self, size: Expr) -> C:
        """A size as a number."""

    def constant(self, value: int) -> C:
        """An integer in the text."""

    def arithmetic(self, row: Elementwise, operands: Sequence[C], node: ast.expr) -> C:
        """An operation on Python numbers."""

    def elementwise(self, row: Elementwise, operands: Sequence[Placed[C]], shape: Shape, node: ast.AST) -> C:
        """An operation entry by entry, over the positions of ``shape``."""

    def reduce(
        self, row: Reduction, operand: Placed[C], shape: Shape, axes: Sequence[int], node: ast.expr
    ) -> C:
        """A reduction of an operand of ``shape`` over some positions; the rest keep their order."""

    def product(
        self,
        operands: tuple[Placed[C], Placed[C]],
        sizes: Mapping[int, Expr],
        output: Sequence[int],
        node: ast.expr,
    ) -> C:
        """Σ of a product over the numbers of ``sizes`` that are not in ``output``."""

    def pick(self, array: Placed[C], labels: Placed[C], shape: Shape, node: ast.expr) -> C:
        """a[n, t[n]]; the array has the positions 0 and 1 of ``shape``, the labels position 0."""

    def add_one_hot(
        self,
        row: Elementwise,
        array: Placed[C],
        labels: Placed[C],
        amount: Placed[C],
        shape: Shape,
        node: ast.AST,
    ) -> C:
        """a[n, k] ± [k = t[n]]·u[n]."""

    def fill(self, row: Fill, shape: Shape) -> C | None:
        """The content of a new buffer, None for `np.empty`."""

    def arrange(self, content: C, axes: Sequence[int | None]) -> C:
        """The content whose axis p is axis ``axes[p]`` of this one, or a new axis of size 1."""


def argument_of(name: str, argument: Argument[C], domain: Domain[C]) -> Bound[C]:
    """What a parameter stands for at the start of a function."""
    if isinstance(argument, ArrayArgument):
        shape = _sizes(name, argument.entry)
        return View.whole(Buffer(shape, domain.tensor(name, argument.entry), origin=f"the input {name}"))
    if isinstance(argument, LabelsArgument):
        content = domain.labels(name, argument)
        shape = _sizes(name, argument.entry)
        return View.whole(Buffer(shape, content, Kind.LABEL, argument.size, origin=f"the input {name}"))
    if isinstance(argument, Saved):
        return tuple(_saved(value) for value in argument.values)
    if argument is None:
        return None
    return Number(argument, bool(argument.is_integer), domain.scalar(name, argument))


def _saved(value: Value[C] | Number[C] | None) -> Bound[C]:
    if isinstance(value, Value):
        return View.whole(
            Buffer(value.axes, value.content, value.kind, value.label_size, origin="a saved value")
        )
    return value


def _sizes(name: str, entry: Indexed) -> Shape:
    indices = entry.indices
    if not all(isinstance(index, Idx) for index in indices) or len(dict.fromkeys(indices)) < len(indices):
        raise ValueError(f"the argument {name} is given by {entry}: its indices must be distinct and plain")
    return tuple(size_of(index) for index in indices)
