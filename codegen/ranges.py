"""Where the entries of an array lie, and the few relations between arrays that make a text safe.

A range remembers which value it is (`Term`), so that u·u is seen to be a square, a − max a to be at most 0,
with a 0 in each row, and e/Σe to be parts of a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, prod

from sympy import Add, Expr, Mul

from codegen.intervals import Interval, Limits, rounded
from codegen.read_values import Placed

_ANYWHERE = Interval(-inf, inf)

Reached = tuple[tuple[frozenset[int], float], ...]


class Key:
    """The identity of a value; compared by being the same object."""


@dataclass(frozen=True)
class Term:
    """A value, with the name of its axis that stands at each position (None: it does not depend on it)."""

    key: Key
    axes: tuple[int | None, ...]


@dataclass(frozen=True)
class Fact:
    """Of a condition: where a value lies if it holds, and if it does not."""

    term: Term
    if_true: Interval
    if_false: Interval


@dataclass(frozen=True)
class Summed:
    """What a sum was taken of: entries within ``entry``, as many as the number ``count`` says."""

    entry: Interval
    count: Expr


@dataclass(frozen=True)
class Mixed:
    """Parts of a whole along some positions, each times a number within an interval."""

    along: frozenset[int]
    entry: Interval


@dataclass(frozen=True)
class Range:
    """Where the entries of an array lie, at its own positions.

    Attributes
    ----------
    interval : Interval
        Holds every entry.
    term : Term
        Which value this is.
    peak : Term or None
        The value of which this is the maximum, over those of its axes that do not occur here.
    reached : tuple of (positions, float)
        Along these positions together, whatever the others, there is an entry at least that large.
    facts : tuple of Fact
        What a condition says of the values that it compares.
    is_size : bool
        Whether this is a number that is at least 1 as long as no axis is empty.
    filled : Interval or None
        Where it lies as long as no axis is empty, if that says more.
    sizes : set of str
        The sizes that must not be 0 for that.
    count : Expr or None
        The number that this is, if it is a size or a product of sizes.
    total : Term or None
        The value of which this is the sum, over those of its axes that do not occur here.
    summed : Summed or None
        What a sum was taken of.
    parts : set of positions
        Along these together the entries are parts of a whole: at least 0, and 1 or less in sum.
    mixed : Mixed or None
        What the entries are parts times.
    """

    interval: Interval
    term: Term
    peak: Term | None = None
    reached: Reached = ()
    facts: tuple[Fact, ...] = ()
    is_size: bool = False
    filled: Interval | None = None
    sizes: frozenset[str] = frozenset()
    count: Expr | None = None
    total: Term | None = None
    summed: Summed | None = None
    parts: frozenset[int] = frozenset()
    mixed: Mixed | None = None


def fresh_range(interval: Interval, rank: int) -> Range:
    """The range of a new value, of which no more is known."""
    return Range(interval, Term(Key(), tuple(range(rank))))


def filled(value: Range) -> Interval:
    """Where a value lies as long as no axis is empty."""
    if value.is_size:
        return value.interval.clipped(1.0, inf)
    return value.interval if value.filled is None else value.filled


def entries(size: Expr, longest: Callable[[Expr], float]) -> float:
    """The most entries that an axis has whose size is made of others, of which ``longest`` says the most."""
    if size.is_Integer:
        return float(abs(size))
    if isinstance(size, Add):
        return sum(entries(part, longest) for part in size.args)
    if isinstance(size, Mul):
        return prod(entries(part, longest) for part in size.args)
    return longest(size) if size.is_Atom else inf


def place(placed: Placed[Range], rank: int) -> Range:
    """A range at the positions of an operation; what it knew by its own positions, it knows by those."""

    def moved(term: Term) -> Term:
        axes: list[int | None] = [None] * rank
        for own, position in enumerate(placed.at):
            if position is not None:
                axes[position] = term.axes[own]
        return Term(term.key, tuple(axes))

    content = placed.content
    def positions(along: frozenset[int]) -> frozenset[int]:
        return frozenset(at for own in along if (at := placed.at[own]) is not None)

    return replace(
        content,
        term=moved(content.term),
        peak=moved(content.peak) if content.peak else None,
        reached=tuple((positions(along), value) for along, value in content.reached),
        facts=tuple(replace(fact, term=moved(fact.term)) for fact in content.facts),
        total=moved(content.total) if content.total else None,
        parts=positions(content.parts),
        mixed=replace(content.mixed, along=positions(content.mixed.along)) if content.mixed else None,
    )


def shifted(difference: Range, value: Range, shift: Range) -> Range:
    """value − shift, where the shift may be the value's own maximum along some axes."""
    along = _reduced_along(shift.peak, value.term)
    if along is None:
        return difference
    interval = Interval(min(difference.interval.low, 0.0), 0.0)
    return replace(difference, interval=interval, reached=((along, 0.0),))


def _reduced_along(reduced: Term | None, whole: Term) -> frozenset[int] | None:
    """The positions of a value that a reduction of the same value, which stands at its side, no longer has."""
    if reduced is None or reduced.key is not whole.key:
        return None
    if any(name not in (None, own) for name, own in zip(reduced.axes, whole.axes, strict=True)):
        return None
    return frozenset(p for p, name in enumerate(whole.axes) if name is not None and name not in reduced.axes)


def divided(quotient: Range, value: Range, divisor: Range, limits: Limits, counted: float) -> Range:
    """value / divisor, where the divisor may be the value's own sum, or the number of what the value sums.

    A computed sum of terms ≥ 0 is at least each of them, in any order of summing.
    """
    along = _reduced_along(divisor.total, value.term)
    if along and value.interval.low >= 0:
        quotient = replace(quotient, interval=quotient.interval.clipped(0.0, 1.0), parts=along)
    if value.summed is not None and value.summed.count == divisor.count:
        mean = rounded(value.summed.entry, limits, counted * limits.epsilon)
        quotient = replace(quotient, interval=quotient.interval.clipped(mean.low, mean.high))
    return quotient


def mixture(product: Range, left: Range, right: Range) -> Range:
    """left · right, where the one may be parts of a whole."""
    for parts, other in ((left, right), (right, left)):
        if parts.parts:
            return replace(product, mixed=Mixed(parts.parts, other.interval))
    return product


def facts_of(name: str, left: Range, right: Range) -> tuple[Fact, ...]:
    """What the outcome of a comparison says of its two sides."""
    if name in ("less", "less_equal"):
        return facts_of("greater", right, left)
    if name == "equal":
        return (
            Fact(left.term, right.interval, _ANYWHERE),
            Fact(right.term, left.interval, _ANYWHERE),
        )
    return (
        Fact(left.term, Interval(right.interval.low, inf), Interval(-inf, right.interval.high)),
        Fact(right.term, Interval(-inf, left.interval.high), Interval(left.interval.low, inf)),
    )


def chosen(condition: Range, yes: Range, no: Range) -> tuple[Range, Range]:
    """The two values of a choice, where they are chosen."""
    for fact in condition.facts:
        if fact.term == yes.term:
            yes = replace(yes, interval=yes.interval.clipped(fact.if_true.low, fact.if_true.high))
        if fact.term == no.term:
            no = replace(no, interval=no.interval.clipped(fact.if_false.low, fact.if_false.high))
    return yes, no
