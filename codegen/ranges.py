"""Where the entries of an array lie, and the few relations between arrays that make a shift safe.

A range remembers which value it is (`Term`), so that u·u is seen to be a square and a − max a to be at
most 0, with a 0 in each row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from codegen.intervals import Interval
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
    """

    interval: Interval
    term: Term
    peak: Term | None = None
    reached: Reached = ()
    facts: tuple[Fact, ...] = ()
    is_size: bool = False


def fresh_range(interval: Interval, rank: int) -> Range:
    """The range of a new value, of which no more is known."""
    return Range(interval, Term(Key(), tuple(range(rank))))


def place(placed: Placed[Range], rank: int) -> Range:
    """A range at the positions of an operation; what it knew by its own positions, it knows by those."""

    def moved(term: Term) -> Term:
        axes: list[int | None] = [None] * rank
        for own, position in enumerate(placed.at):
            if position is not None:
                axes[position] = term.axes[own]
        return Term(term.key, tuple(axes))

    content = placed.content
    reached = tuple(
        (frozenset(at for own in along if (at := placed.at[own]) is not None), value)
        for along, value in content.reached
    )
    facts = tuple(replace(fact, term=moved(fact.term)) for fact in content.facts)
    peak = moved(content.peak) if content.peak else None
    return replace(content, term=moved(content.term), peak=peak, reached=reached, facts=facts)


def shifted(difference: Range, value: Range, shift: Range) -> Range:
    """value − shift, where the shift may be the value's own maximum along some axes."""
    peak = shift.peak
    if peak is None or peak.key is not value.term.key:
        return difference
    if any(name not in (None, own) for name, own in zip(peak.axes, value.term.axes, strict=True)):
        return difference
    along = frozenset(
        p for p, name in enumerate(value.term.axes) if name is not None and name not in peak.axes
    )
    interval = Interval(min(difference.interval.low, 0.0), 0.0)
    return replace(difference, interval=interval, reached=((along, 0.0),))


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
