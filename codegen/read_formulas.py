"""Contents as formulas: the meaning of each operation, entry by entry, over indices of our own.

Every index that this module makes has a name that no argument uses and that it has not used before.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Integer, KroneckerDelta, Mul, Rational, Symbol, nan, oo, zoo

from codegen.array_ops import Elementwise, Fill, Reduction, Shape
from codegen.read_values import LabelsArgument, Placed, Refusal
from codegen.window_ops import Joined, Reach, WindowOperation
from derivations.notation import argmax_, delta, max_, size_of, sum_
from derivations.substitution import substitute

Maxima = Literal["unknown", "exact"]

UNKNOWN = "⌈"
"""How the name of a maximum begins that is read as an unknown."""


@dataclass(frozen=True)
class Formula:
    """An entry of an array as an expression in the indices of its axes.

    ``is_whole`` says that it is the entry of a tensor, each axis of which is one of the array: outside it reads 0.
    An array with a part of its entries looks the same, x[n, p], and reads more than 0 outside of its own axes.
    """

    indices: tuple[Idx, ...]
    expr: Expr
    is_whole: bool = False


IsNonnegative = Callable[[Formula], bool]
"""Whether a formula is known to be ≥ 0; ``np.maximum(u, 0)`` then reads as u."""


StepOf = Callable[[str, Formula], Expr | None]
"""The entry of a step that a formula is known to be, for the name that it is bound to."""


class Formulas:
    """The domain of formulas.

    Parameters
    ----------
    taken : iterable of str
        Names that occur in the arguments, so that ours are others.
    maxima : "unknown" or "exact"
        Whether a maximum reads as an unknown of its free axes, different each time it is taken, or as
        `maximum_over`.
    is_nonnegative, step_of : callable
        The caller's facts.
    """

    def __init__(
        self,
        taken: Iterable[str],
        maxima: Maxima,
        is_nonnegative: IsNonnegative,
        function: str = "",
        step_of: StepOf = lambda name, formula: None,
    ) -> None:
        self._function = function
        self._taken = frozenset(taken)
        self._counter = 0
        self._maxima = maxima
        self._is_nonnegative = is_nonnegative
        self._step_of = step_of

    def tensor(self, name: str, entry: Indexed) -> Formula:
        """The entry, over indices of our own."""
        indices = tuple(self._index(size_of(index)) for index in entry.indices)
        return Formula(indices, Indexed(entry.base, *indices), is_whole=True)

    def labels(self, name: str, argument: LabelsArgument) -> Formula:
        """The label, over indices of our own."""
        return self.tensor(name, argument.entry)

    def scalar(self, name: str, symbol: Symbol) -> Formula:
        """The symbol."""
        return Formula((), symbol)

    def size(self, size: Expr) -> Formula:
        """The size."""
        return Formula((), size)

    def constant(self, value: int | float) -> Formula:
        """The number, which is exact."""
        return Formula((), Rational(value))

    def numbers(self, rows: Sequence[Sequence[int]]) -> Formula:
        """Each number where it stands: Σ value·[row = …]·[column = …]."""
        row, column = self._indices((Integer(len(rows)), Integer(len(rows[0]))))
        placed = ((value, i, k) for i, line in enumerate(rows) for k, value in enumerate(line))
        terms = (v * delta(row, Integer(i)) * delta(column, Integer(k)) for v, i, k in placed)
        return Formula((row, column), Add(*terms))

    def positions(self, size: Expr) -> Formula:
        """The index itself."""
        index = self._index(size)
        return Formula((index,), index)

    def arithmetic(self, row: Elementwise, operands: Sequence[Formula], node: ast.expr) -> Formula:
        """The operation on the expressions."""
        return Formula((), _defined(row.meaning(*(operand.expr for operand in operands))))

    def elementwise(
        self, row: Elementwise, operands: Sequence[Placed[Formula]], shape: Shape, node: ast.AST
    ) -> Formula:
        """The operation on the entries."""
        indices = self._indices_of(operands, shape)
        entries = [self._entry(operand, indices) for operand in operands]
        if row.name == "maximum" and Integer(0) in entries:
            other = Formula(indices, entries[1] if entries[0] == 0 else entries[0])
            if self._is_nonnegative(other):
                return other
        return Formula(indices, _defined(row.meaning(*entries)))

    def reduce(
        self, row: Reduction, operand: Placed[Formula], shape: Shape, axes: Sequence[int], node: ast.expr
    ) -> Formula:
        """The reduction over fresh bound indices."""
        indices = self._indices(shape)
        free = tuple(index for position, index in enumerate(indices) if position not in axes)
        if row.name == "max" and self._maxima == "unknown":
            return self._unknown(free)
        expr = self._entry(operand, indices)
        for axis in axes:
            expr = row.meaning(expr, indices[axis])
        return Formula(free, expr)

    def product(
        self,
        operands: tuple[Placed[Formula], Placed[Formula]],
        sizes: Mapping[int, Expr],
        output: Sequence[int],
        node: ast.expr,
    ) -> Formula:
        """Σ over fresh indices of the product of the entries."""
        indices = {number: self._index(size) for number, size in sizes.items()}
        term = Mul(*(self._entry(operand, indices) for operand in operands))
        summed = [index for number, index in indices.items() if number not in output]
        return Formula(tuple(indices[number] for number in output), sum_(term, *summed) if summed else term)

    def pick(self, array: Placed[Formula], labels: Placed[Formula], shape: Shape, node: ast.expr) -> Formula:
        """The entry at the label."""
        index = self._index(shape[0])
        label = self._entry(labels, (index,))
        return Formula((index,), self._entry(array, (index, label)))

    def add_one_hot(
        self,
        row: Elementwise,
        array: Placed[Formula],
        labels: Placed[Formula],
        amount: Placed[Formula],
        shape: Shape,
        node: ast.AST,
    ) -> Formula:
        """The entry, and a delta times the amount."""
        indices = self._indices(shape)
        hot = KroneckerDelta(indices[1], self._entry(labels, indices))
        return Formula(indices, row.meaning(self._entry(array, indices), hot * self._entry(amount, indices)))

    def window(
        self,
        row: WindowOperation,
        operand: Placed[Formula],
        call: Joined,
        steps: Sequence[Sequence[Formula]],
        node: ast.expr,
    ) -> Formula:
        """Σ, or the maximum, over what the result does not show, of the entry and a delta for each reach.

        A whole tensor, which reads 0 outside, is read at the affine index itself.
        """
        result = self._indices(call.shape)
        if row.is_of_maxima and self._maxima == "unknown":
            return self._unknown(result)
        positions: dict[int, Expr] = {own: result[at] for own, at in call.kept}
        bound, factors, places = [], [], []
        for reach in call.reaches:
            shown = [result[at] for at in reach.indices] if row.reads_image else []
            unshown = [self._index(size) for size in reach.sizes[len(shown) :]]
            bound += unshown
            here = reach.position([*shown, *unshown])
            if row.reads_image:
                places.append((reach, here))
            else:
                positions |= dict(zip(reach.indices, unshown, strict=False))
                factors.append(delta(result[reach.image], here))
        if not row.is_of_maxima:
            return Formula(result, self._shown(operand, positions, places, bound, factors))
        expr = self._shown(operand, positions, places)
        for tap in bound:
            expr = max_(expr, tap)
        return Formula(result, expr)

    def spread_to_maxima(
        self,
        row: WindowOperation,
        operands: tuple[Placed[Formula], Placed[Formula]],
        call: Joined,
        steps: Sequence[Sequence[Formula]],
        node: ast.expr,
    ) -> Formula:
        """Σ over the windows of what each is given, where its first largest tap is."""
        given, image = operands
        (reach,) = call.reaches
        window, tap = (self._index(size) for size in reach.sizes)
        result = self._indices(call.shape)
        shown = self._shown(image, {at: result[at] for _, at in call.kept}, [(reach, reach.position([window, tap]))])
        there = delta(result[reach.image], reach.position([window, argmax_(shown, tap)]))
        own = {own: result[at] for own, at in call.kept} | {reach.indices[0]: window}
        return Formula(result, sum_(there * self._entry(given, own), window))

    def _shown(
        self,
        image: Placed[Formula],
        kept: Mapping[int, Expr],
        places: Sequence[tuple[Reach, Expr]],
        bound: Sequence[Idx] = (),
        factors: Sequence[Expr] = (),
    ) -> Expr:
        """Σ of factors times the entry at places on its axes, which is 0 outside of them."""
        positions, bound, factors = dict(kept), [*bound], [*factors]
        for reach, here in places:
            positions[reach.image] = here
            if not _reads_zero_outside(image, reach, here):
                positions[reach.image] = index = self._index(reach.size)
                bound.append(index)
                factors.append(delta(index, here))
        term = Mul(*factors, self._entry(image, positions))
        return sum_(term, *bound) if bound else term

    def _unknown(self, free: tuple[Idx, ...]) -> Formula:
        """An unknown of some indices, different each time."""
        name = self._name(f"{UNKNOWN}{self._function} {{}}⌉")
        return Formula(free, Indexed(IndexedBase(name, real=True), *free) if free else Symbol(name, real=True))

    def fill(self, row: Fill, shape: Shape) -> Formula | None:
        """The constant."""
        return None if row.content is None else Formula(self._indices(shape), row.content)

    def recognised(self, name: str, content: Formula) -> Formula | None:
        """The entry of the step, by the caller's facts."""
        entry = self._step_of(name, content)
        return None if entry is None else replace(content, expr=entry, is_whole=True)

    def arrange(self, content: Formula, axes: Sequence[int | None]) -> Formula:
        """The same entries, the indices in another order; axes of size 1 come and go."""
        dropped = {index: Integer(0) for axis, index in enumerate(content.indices) if axis not in axes}
        indices = tuple(self._index(Integer(1)) if axis is None else content.indices[axis] for axis in axes)
        is_whole = content.is_whole and None not in axes and not dropped
        return Formula(indices, substitute(content.expr, dropped) if dropped else content.expr, is_whole)

    def _entry(self, placed: Placed[Formula], positions: Sequence[Expr] | Mapping[int, Expr]) -> Expr:
        values = (Integer(0) if position is None else positions[position] for position in placed.at)
        moved = {i: value for i, value in zip(placed.content.indices, values, strict=True) if i != value}
        return substitute(placed.content.expr, moved) if moved else placed.content.expr

    def _indices_of(self, operands: Sequence[Placed[Formula]], shape: Shape) -> tuple[Idx, ...]:
        """The indices of an operand that has all positions, so that SymPy knows its entry already; or new ones."""
        for operand in operands:
            if set(operand.at) == set(range(len(shape))):
                return tuple(operand.content.indices[operand.at.index(p)] for p in range(len(shape)))
        return self._indices(shape)

    def _indices(self, shape: Shape) -> tuple[Idx, ...]:
        return tuple(self._index(size) for size in shape)

    def _index(self, size: Expr) -> Idx:
        return Idx(self._name("ι{}"), size)

    def _name(self, pattern: str) -> str:
        self._counter += 1
        while pattern.format(self._counter) in self._taken:
            self._counter += 1
        return pattern.format(self._counter)


def _reads_zero_outside(operand: Placed[Formula], reach: Reach, here: Expr) -> bool:
    """Whether a tensor may be read at a position itself: an index of another axis is not told from one of its own."""
    is_axis = operand.content.is_whole and reach.image in operand.at
    return is_axis and (not isinstance(here, Idx) or size_of(here) == reach.size)


def _defined(expr: Expr) -> Expr:
    if expr.has(zoo, nan, oo, -oo):
        raise Refusal("this has no value")
    return expr
