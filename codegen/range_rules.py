"""What the machine does to numbers: rounding, overflow, sums of so many terms, and sizes as numbers."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from sympy import Expr, Mul

from codegen.array_ops import Shape
from codegen.intervals import RULES, Interval, Limits, Need, away_from_zero, is_overflowing, rounded, square, stored
from codegen.ranges import Range, entries, filled, fresh_range

LONGEST = 1e9
"""The most entries that an axis, or a given array in all, is taken to have; an axis of size 0 counts as 1 there."""


@dataclass
class Machine:
    """A floating-point type, and what is given. ``report`` is told each need, with the text that has it.

    Parameters
    ----------
    given : mapping
        Intervals by the name of a parameter or of a size.
    bound : float
        Arrays that are not given lie within ± this.
    shapes : sequence of tuples of Expr
        The shapes of arrays that are given.
    """

    given: Mapping[str, tuple[float, float]]
    bound: float
    limits: Limits
    report: Callable[[ast.AST, Need], None] = field(repr=False)
    shapes: Sequence[Shape] = ()

    def size(self, size: Expr) -> Range:
        """From 0, or 1 where a divisor asks, to the longest axis."""
        if size.is_Integer:
            return self.constant(int(size))
        interval = Interval(*self.given.get(str(size), (0.0, LONGEST)))
        return replace(fresh_range(interval, 0), is_size=True, sizes=names_of_size(size), count=size)

    def constant(self, value: int | float) -> Range:
        """The number."""
        exact = Interval(float(value), float(value))
        is_exact = abs(value) * self.limits.epsilon <= 1
        return replace(fresh_range(exact if is_exact else rounded(exact, self.limits), 0), is_size=value >= 1)

    def _apply(self, name: str, operands: Sequence[Range], limits: Limits, node: ast.AST) -> Interval:
        intervals = [self._entering(operand.interval, limits, node) for operand in operands]
        rule, is_met = RULES[name], True
        if name == "divide" and (divisor := filled(operands[1])).low > max(intervals[1].low, 0.0):
            intervals[1] = stored(divisor, limits)
            is_met = (away := away_from_zero(limits, intervals[1])).shown
            why = f"{away.why}, on axes that must have an entry"
            self.report(node, replace(away, why=why, sizes=operands[1].sizes))
        elif (need := rule.need(limits, *intervals)) is not None:
            self.report(node, need)
            is_met = need.shown
        is_square = name == "multiply" and operands[0].term == operands[1].term
        result = square(intervals[0]) if is_square else rule.apply(limits, *intervals)
        if is_met:
            self._report_fit(result, limits, node)
        return stored(result, limits) if rule.is_exact else rounded(result, limits)

    def _entering(self, interval: Interval, limits: Limits, node: ast.AST) -> Interval:
        """A Python number takes the type of the array that it meets."""
        if is_overflowing(interval, limits):
            self._report_fit(interval, limits, node)
        return stored(interval, limits)

    def _sum(self, entry: Interval, sizes: Sequence[Expr], node: ast.AST) -> Interval:
        """Any order of summing is off by at most count·ε·Σ|…|, and never loses a common sign."""
        count = self._count(sizes)
        total = Interval(min(0.0, entry.low) * count, max(0.0, entry.high) * count)
        self._report_fit(total, self.limits, node)
        return rounded(total, self.limits, count * self.limits.epsilon)

    def _mean(self, entry: Interval, sizes: Sequence[Expr], node: ast.AST) -> Interval:
        """The sum of parts times entries. Parts are 1 in sum but for rounding; so is the sum of the products."""
        error = self._count(sizes) * self.limits.epsilon
        mean = rounded(entry.hull(Interval(0.0, 0.0)), self.limits, 2 * error + error * error)
        self._report_fit(mean, self.limits, node)
        return mean

    def _may_be_empty(self, size: Expr) -> frozenset[str]:
        """Those names of a size that are not given as 1 or more."""
        return frozenset(name for name in names_of_size(size) if self.given.get(name, (0.0, LONGEST))[0] < 1)

    def _counted(self, count: Expr) -> float:
        return self._count(Mul.make_args(count))

    def _count(self, sizes: Sequence[Expr]) -> float:
        """The most entries along axes. Those that one given array has together count as some of its entries."""
        left, most = Counter(factor for size in sizes for factor in Mul.make_args(size)), 1.0
        while together := max((left & Counter(shape) for shape in self.shapes), key=Counter.total, default=Counter()):
            most *= min(self._product(together), LONGEST)
            left -= together
        return most * self._product(left)

    def _product(self, sizes: Counter[Expr]) -> float:
        return prod((entries(size, lambda one: self.size(one).interval.high) for size in sizes.elements()), start=1.0)

    def _report_fit(self, interval: Interval, limits: Limits, node: ast.AST) -> None:
        why = f"values are in {interval}, {limits.name} ends at {limits.huge:.4g}"
        self.report(node, Need("overflow", not is_overflowing(interval, limits), why))


def names_of_size(size: Expr) -> frozenset[str]:
    return frozenset(map(str, size.free_symbols))
