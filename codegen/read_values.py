"""What the reader of emitted text handles: buffers, views of them, numbers, and the domain of contents.

The reader follows names, views, buffers and their versions; what a buffer *contains* is left to a domain.
`read_back` fills in formulas, `safety` fills in ranges; both see the same buffers.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from sympy import Expr, Indexed, Integer, Symbol

from codegen.array_ops import Elementwise, Shape

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

Argument: TypeAlias = ArrayArgument | LabelsArgument | Symbol | Saved[C] | Elementwise | None
"""What a parameter can stand for; an operation entry by entry for a function."""


@dataclass(eq=False)
class Buffer(Generic[C]):
    """Memory with a shape. Writing replaces the content; ``None`` is memory that nobody has filled.

    ``origin`` says whose it is when it is not the function's own: it may not be written then. A view of windows is
    a buffer that ``shows`` others, each as it was at some ``version``: once they change it may not be read.
    """

    shape: Shape
    content: C | None
    kind: Kind = Kind.REAL
    label_size: Expr | None = None
    origin: str = ""
    is_contiguous: bool = False
    version: int = 0
    shows: tuple[tuple[Buffer[C], int], ...] = ()

    def shares_memory(self, other: Buffer[C]) -> bool:
        """Whether writing into the one may change what the other shows."""
        return bool(self._memory() & other._memory())

    def _memory(self) -> set[Buffer[C]]:
        return {self, *(shown for shown, _ in self.shows)}


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
        if any(shown.version != version for shown, version in self.buffer.shows):
            raise Refusal("a view of windows is read after the array that it shows has changed")
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


Bound: TypeAlias = View[C] | Number[C] | Elementwise | tuple["Bound[C]", ...] | None
"""What a name can stand for."""
