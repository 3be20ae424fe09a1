"""Contents as ranges: what each operation of the table does to them, and what it needs.

Written without looking at formulas: ``x.max(axis=1)`` is a maximum here, and means what the machine does.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Expr, Indexed, Mul, Symbol

from codegen.array_ops import COMPARISONS, Elementwise, Fill, Reduction, Shape
from codegen.intervals import (
    FLOAT64,
    RULES,
    Interval,
    Need,
    is_overflowing,
    rounded,
    stored,
)
from codegen.range_rules import LONGEST, Machine
from codegen.ranges import (
    Range,
    Reached,
    Summed,
    Term,
    chosen,
    divided,
    facts_of,
    filled,
    fresh_range,
    mixture,
    place,
    shifted,
)
from codegen.read_values import LabelsArgument, Placed
from codegen.window_ops import FLOOR_DIVIDE, Joined, Reach, WindowOperation


class Ranges(Machine):
    """The domain of ranges."""

    def tensor(self, name: str, entry: Indexed) -> Range:
        """Within what is given, or within ±bound."""
        return fresh_range(Interval(*self.given.get(name, (-self.bound, self.bound))), len(entry.indices))

    def labels(self, name: str, argument: LabelsArgument) -> Range:
        """A position on an axis."""
        return fresh_range(Interval(0.0, LONGEST), len(argument.entry.indices))

    def scalar(self, name: str, symbol: Symbol) -> Range:
        """Within what is given; a hyperparameter has no range of its own, unless it is a size."""
        if symbol.is_integer and symbol.is_nonnegative:
            return self.size(symbol)
        if name not in self.given:
            raise ValueError(f"no range is given for the hyperparameter {name}")
        interval = Interval(*self.given[name])
        return fresh_range(interval if symbol.is_integer else rounded(interval, self.limits), 0)

    def numbers(self, rows: Sequence[Sequence[int]]) -> Range:
        """From the least to the greatest."""
        values = [value for row in rows for value in row]
        return fresh_range(Interval(float(min(values)), float(max(values))), 2)

    def positions(self, size: Expr) -> Range:
        """A position on an axis."""
        return fresh_range(Interval(0.0, LONGEST), 1)

    def arithmetic(self, row: Elementwise, operands: Sequence[Range], node: ast.expr) -> Range:
        """Python's numbers are float64, whatever the arrays are."""
        if row.name == "divide" and operands[1].is_size and operands[1].interval.low < 1:
            self.report(node, Need("divide", False, "Python divides by a size that may be 0; an array may"))
        if row.name == "log" and operands[0].is_size and operands[0].interval.low < 1:
            self.report(node, Need("log", True, "of a size, of an axis that must have an entry", operands[0].sizes))
            operands = [replace(operands[0], interval=Interval(1.0, max(operands[0].interval.high, 1.0)))]
        if row.name == "log":
            is_held = operands[0].interval.high < 2.0**63
            self.report(node, Need("log", is_held, "NumPy takes an integer of Python's only below 2^63"))
        if row is FLOOR_DIVIDE:
            return self._floor_divided(operands, node)
        exact = self._apply(row.name, operands, FLOAT64, node)
        result = fresh_range(exact if is_overflowing(exact, self.limits) else rounded(exact, self.limits), 0)
        sizes = frozenset[str]().union(*(o.sizes for o in operands))
        if row.name == "power":
            return replace(result, is_size=operands[0].is_size and operands[1].interval.low > 0, sizes=sizes)
        is_size = row.name in ("add", "multiply") and all(o.is_size for o in operands)
        counts = [o.count for o in operands if o.count is not None] if row.name == "multiply" else []
        return replace(result, is_size=is_size, sizes=sizes, count=Mul(*counts) if len(counts) == 2 else None)

    def _floor_divided(self, operands: Sequence[Range], node: ast.expr) -> Range:
        """A quotient of integers, rounded down."""
        number, away = (operand.interval for operand in operands)
        shown = away.low > 0 or away.high < 0
        self.report(node, Need("divide", shown, f"the divisor is in {away}"))
        quotient = RULES["divide"].apply(FLOAT64, number, away)
        lowered = Interval(quotient.low - 1, quotient.high)
        return fresh_range(rounded(lowered, self.limits), 0)

    def elementwise(
        self, row: Elementwise, operands: Sequence[Placed[Range]], shape: Shape, node: ast.AST
    ) -> Range:
        """The rule of the operation, sharpened by what is known of the operands together."""
        placed = [place(operand, len(shape)) for operand in operands]
        if row.is_given:
            return self._given_by(row, placed[0], shape, node)
        if row.name == "where":
            placed[1:] = chosen(placed[0], *placed[1:])
        result = fresh_range(self._apply(row.name, placed, self.limits, node), len(shape))
        if row.name == "subtract":
            return shifted(result, *placed)
        if row.name == "divide":
            value, divisor = placed
            counted = self._counted(value.summed.count) if value.summed else 0.0
            result = replace(result, summed=self._scaled(row.name, placed, 0))
            return divided(result, value, divisor, self.limits, counted)
        if row.name == "multiply":
            summed = self._scaled(row.name, placed, 0) or self._scaled(row.name, placed, 1)
            result = replace(result, sizes=placed[0].sizes | placed[1].sizes, summed=summed)
            return replace(mixture(result, *placed), filled=self._filled_product(placed))
        if row.name in COMPARISONS:
            return replace(result, facts=facts_of(row.name, *placed))
        if RULES[row.name].is_increasing:
            return replace(result, reached=self._mapped(row.name, placed[0].reached))
        return result

    def reduce(
        self, row: Reduction, operand: Placed[Range], shape: Shape, axes: Sequence[int], node: ast.expr
    ) -> Range:
        """A sum keeps its sign, a mean its range, a maximum is known as such."""
        placed = place(operand, len(shape))
        kept = [position for position in range(len(shape)) if position not in axes]
        least = max(
            (value for along, value in placed.reached if along == set(axes)), default=placed.interval.low
        )
        if row.needs_an_entry:
            sizes = frozenset[str]().union(*(self._may_be_empty(shape[axis]) for axis in axes))
            self.report(node, Need("entry", True, "of an axis that must have one", sizes))
        if row.name == "argmax":
            return fresh_range(Interval(0.0, LONGEST), len(kept))
        if row.name == "max":
            interval = Interval(max(placed.interval.low, least), placed.interval.high)
            peak = Term(placed.term.key, tuple(placed.term.axes[position] for position in kept))
            return replace(fresh_range(interval, len(kept)), peak=peak)
        is_reached = placed.interval.low >= 0 and any(along == set(axes) for along, _ in placed.reached)
        if row.name == "sum" and placed.mixed is not None and set(axes) <= placed.mixed.along:
            return fresh_range(self._mean(placed.mixed.entry, [shape[axis] for axis in axes], node), len(kept))
        total = self._sum(placed.interval, [shape[axis] for axis in axes], node)
        if row.name == "mean":
            count = self._count([shape[axis] for axis in axes])
            mean = rounded(placed.interval, self.limits, count * self.limits.epsilon)
            if is_reached:
                mean = mean.clipped(rounded(Interval(least / count, least / count), self.limits).low, mean.high)
            return fresh_range(mean, len(kept))
        if is_reached:
            total = Interval(max(total.low, least), total.high)
        whole = Term(placed.term.key, tuple(placed.term.axes[position] for position in kept))
        summed = Summed(placed.interval, Mul(*(shape[axis] for axis in axes)))
        return replace(fresh_range(total, len(kept)), total=whole, summed=summed)

    def product(
        self,
        operands: tuple[Placed[Range], Placed[Range]],
        sizes: Mapping[int, Expr],
        output: Sequence[int],
        node: ast.expr,
    ) -> Range:
        """The sum of a product of entries."""
        placed = [place(operand, max(sizes) + 1) for operand in operands]
        entry = self._apply("multiply", placed, self.limits, node)
        inner = {number: size for number, size in sizes.items() if number not in output}
        for parts, other in (placed, placed[::-1]):
            if parts.parts and set(inner) <= parts.parts:
                return fresh_range(self._mean(other.interval, list(inner.values()), node), len(output))
        total = fresh_range(self._sum(entry, list(inner.values()), node), len(output))
        return replace(total, summed=Summed(entry, Mul(*inner.values())))

    def pick(self, array: Placed[Range], labels: Placed[Range], shape: Shape, node: ast.expr) -> Range:
        """Some of the entries."""
        return fresh_range(array.content.interval, 1)

    def add_one_hot(
        self,
        row: Elementwise,
        array: Placed[Range],
        labels: Placed[Range],
        amount: Placed[Range],
        shape: Shape,
        node: ast.AST,
    ) -> Range:
        """Some entries change, the others stay."""
        changed = self._apply(row.name, [array.content, amount.content], self.limits, node)
        return fresh_range(array.content.interval.hull(changed), len(shape))

    def window(
        self,
        row: WindowOperation,
        operand: Placed[Range],
        call: Joined,
        steps: Sequence[Sequence[Range]],
        node: ast.expr,
    ) -> Range:
        """The entries and 0, or a sum of some; how many is what the indices leave open of those that reach a place."""
        self._report_windows(row, call, steps, node)
        entry, rank = operand.content.interval.hull(Interval(0.0, 0.0)), len(call.shape)
        if row.is_view or row.is_of_maxima:
            return fresh_range(entry, rank)
        if row.reads_image:
            taps = [size for reach in call.reaches for size in reach.sizes[1:]]
            return replace(fresh_range(self._sum(entry, taps, node), rank), summed=Summed(entry, Mul(*taps)))
        most = [size for reach in call.reaches for size in self._undetermined(reach)]
        return fresh_range(self._sum(entry, most, node), rank)

    def spread_to_maxima(
        self,
        row: WindowOperation,
        operands: tuple[Placed[Range], Placed[Range]],
        call: Joined,
        steps: Sequence[Sequence[Range]],
        node: ast.expr,
    ) -> Range:
        """No more entries come to a place than there are taps, or windows: each has one tap, which determines it."""
        self._report_windows(row, call, steps, node)
        entry = operands[0].content.interval.hull(Interval(0.0, 0.0))
        most = [size for reach in call.reaches for size in self._undetermined(reach)]
        return fresh_range(self._sum(entry, most, node), len(call.shape))

    def _report_windows(
        self, row: WindowOperation, call: Joined, steps: Sequence[Sequence[Range]], node: ast.expr
    ) -> None:
        """No step may be 0; a maximum needs a tap."""
        for step in (step.interval for each in steps for step in each):
            self.report(node, Need("step", step.low > 0 or step.high < 0, f"the step is in {step}"))
        if row.is_of_maxima:
            sizes = frozenset[str]().union(*(self._may_be_empty(reach.sizes[1]) for reach in call.reaches))
            self.report(node, Need("entry", True, "of an axis that must have one", sizes))

    def _undetermined(self, reach: Reach) -> Sequence[Expr]:
        """The sizes of all indices but the longest: these and the place reached determine it, as no step is 0."""
        sizes = sorted(reach.sizes, key=lambda size: self._count([size]))
        return sizes[:-1]

    def fill(self, row: Fill, shape: Shape) -> Range | None:
        """The constant."""
        if row.content is None:
            return None
        return fresh_range(Interval(float(row.content), float(row.content)), len(shape))

    def recognised(self, name: str, content: Range) -> Range | None:
        """A range has no name."""
        return None

    def arrange(self, content: Range, axes: Sequence[int | None]) -> Range:
        """The same entries, their positions in another order."""
        at = tuple(axes.index(axis) if axis in axes else None for axis in range(len(content.term.axes)))
        return place(Placed(content, at), len(axes))

    def _given_by(self, row: Elementwise, operand: Range, shape: Shape, node: ast.AST) -> Range:
        """What a function that is an argument gives: an array like any other that is given."""
        self._entering(operand.interval, self.limits, node)
        return fresh_range(Interval(*self.given.get(row.numpy, (-self.bound, self.bound))), len(shape))

    def _scaled(self, name: str, operands: Sequence[Range], at: int) -> Summed | None:
        """A sum times or over something: the sum of as many entries, each times or over that."""
        summed = operands[at].summed
        if summed is None:
            return None
        entering = [stored(filled(operand), self.limits) for operand in operands]
        entering[at] = summed.entry
        return replace(summed, entry=rounded(RULES[name].apply(self.limits, *entering), self.limits))

    def _filled_product(self, operands: Sequence[Range]) -> Interval | None:
        """Where a product lies as long as no axis is empty, if sizes are among its factors."""
        if not any(operand.is_size or operand.filled for operand in operands):
            return None
        entering = [stored(filled(operand), self.limits) for operand in operands]
        return rounded(RULES["multiply"].apply(self.limits, *entering), self.limits)

    def _mapped(self, name: str, reached: Reached) -> Reached:
        def image(value: float) -> float:
            return rounded(RULES[name].apply(self.limits, Interval(value, value)), self.limits).low

        return tuple((along, image(value)) for along, value in reached)
