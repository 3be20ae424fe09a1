"""What the reader of emitted text asks of contents, and what a function's parameters stand for at its start."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Protocol

from sympy import Expr, Idx, Indexed, Symbol

from codegen.array_ops import Elementwise, Fill, Reduction, Shape
from codegen.read_values import (
    Argument,
    ArrayArgument,
    Bound,
    Buffer,
    C,
    Kind,
    LabelsArgument,
    Number,
    Placed,
    Saved,
    Value,
    View,
)
from codegen.window_ops import Joined, WindowOperation
from derivations.notation import size_of


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

    def constant(self, value: int | float) -> C:
        """An integer in the text, or 0.5."""

    def numbers(self, rows: Sequence[Sequence[int]]) -> C:
        """A matrix of integers."""

    def positions(self, size: Expr) -> C:
        """The positions on an axis, in order."""

    def arithmetic(self, row: Elementwise, operands: Sequence[C], node: ast.expr) -> C:
        """An operation on Python numbers."""

    def elementwise(self, row: Elementwise, operands: Sequence[Placed[C]], shape: Shape, node: ast.AST) -> C:
        """An operation entry by entry, over the positions of ``shape``."""

    def reduce(self, row: Reduction, operand: Placed[C], shape: Shape, axes: Sequence[int], node: ast.expr) -> C:
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

    def window(
        self, row: WindowOperation, operand: Placed[C], call: Joined, steps: Sequence[Sequence[C]], node: ast.expr
    ) -> C:
        """A row with moving windows; ``steps`` are those of each reach, as numbers."""

    def spread_to_maxima(
        self,
        row: WindowOperation,
        operands: tuple[Placed[C], Placed[C]],
        call: Joined,
        steps: Sequence[Sequence[C]],
        node: ast.expr,
    ) -> C:
        """What each window is given goes where the image is largest in it; the operands are that and the image."""

    def fill(self, row: Fill, shape: Shape) -> C | None:
        """The content of a new buffer, None for `np.empty`."""

    def recognised(self, name: str, content: C) -> C | None:
        """The same content by the name of a step, where what a name is bound to is known to be that."""

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
    if argument is None or isinstance(argument, Elementwise):
        return argument
    return Number(argument, bool(argument.is_integer), domain.scalar(name, argument))


def _saved(value: Value[C] | Number[C] | None) -> Bound[C]:
    if isinstance(value, Value):
        return View.whole(Buffer(value.axes, value.content, value.kind, value.label_size, origin="a saved value"))
    return value


def _sizes(name: str, entry: Indexed) -> Shape:
    indices = entry.indices
    if not all(isinstance(index, Idx) for index in indices) or len(dict.fromkeys(indices)) < len(indices):
        raise ValueError(f"the argument {name} is given by {entry}: its indices must be distinct and plain")
    return tuple(size_of(index) for index in indices)
