"""Small changes to formulas of windows: to an affine index, to the equality of two places, to the size of a mean.

Each is made where SymPy evaluates: an index is an integer, put in order whatever stands round it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from sympy import Add, Expr, Idx, Indexed, Integer, KroneckerDelta, Mul, Pow, Symbol, evaluate

from derivations.notation import argmax_over
from tests.attacks.expressions import Scope, axis

Change = Callable[[Random, Expr, Scope], Expr | None]


def _places(e: Expr) -> Iterator[tuple[Expr, Callable[[Expr], Expr]]]:
    """Each affine index of an entry or of an equality, with what becomes of the whole if it is another one."""
    if isinstance(e, Indexed):
        for at, index in enumerate(e.indices):
            if not isinstance(index, (Idx, Indexed)):
                yield index, lambda new, at=at: e.base[tuple(_put(e.indices, at, new))]
    if isinstance(e, KroneckerDelta) and not all(isinstance(side, (Idx, Indexed)) for side in e.args):
        left, right = e.args
        yield (right, lambda new: KroneckerDelta(left, new)) if isinstance(left, Idx) else (
            left,
            lambda new: KroneckerDelta(new, right),
        )


def _of_place(others: Callable[[Expr], list[Expr]]) -> Change:
    """A change of an affine index: one of several, taken by chance."""

    def change(random: Random, e: Expr, scope: Scope) -> Expr | None:
        with evaluate(True):
            found = [remade(new) for place, remade in _places(e) for new in others(place) if new != place]
            return random.choice(found) if found else None

    return change


def _off_by_one(place: Expr) -> list[Expr]:
    return [place + 1, place - 1]


def _scalars(place: Expr) -> list[Symbol]:
    """The settings in an index: neither a size nor the name of an index or of a tensor."""
    sizes = {s for i in place.atoms(Idx) for s in i.atoms(Symbol)}
    return sorted((s for s in place.atoms(Symbol) - sizes if s.is_integer), key=str)


def _lost(place: Expr) -> list[Expr]:
    """A padding is 0, a stride or a dilation is 1."""
    return [place.xreplace({s: Integer(n)}) for s in _scalars(place) for n in (0, 1)]


def _exchanged(place: Expr) -> list[Expr]:
    """A stride for a dilation, a padding for either, and the other way round."""
    known = _scalars(place)
    pairs = [(a, b) for at, a in enumerate(known) for b in known[at + 1 :]]
    return [place.xreplace({a: b, b: a}) for a, b in pairs] + [place.xreplace({a: b}) for a, b in pairs]


def _backwards(place: Expr) -> list[Expr]:
    """The sign of a step, or of a padding."""
    terms = Add.make_args(place)
    return [Add(*_put(terms, at, -term)) for at, term in enumerate(terms)]


def _from_the_end(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """The last of equal entries for the first: taps are counted from the last one."""
    if not e.has(argmax_over):
        return None
    with evaluate(True):
        return e.replace(lambda part: isinstance(part, argmax_over), _last)


def _last(found: Expr) -> Expr:
    term, tap = found.args
    last = axis(tap) - 1
    return last - argmax_over(term.xreplace({tap: last - tap}), tap)


def _another_size(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """P for R where a mean divides by R."""
    others = sorted({axis(index) for index in scope} - {e}, key=str)
    return random.choice(others) if others and isinstance(e, Symbol) and e.is_integer else None


def _sum_of_sizes(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """R + T for R·T where a mean divides by both."""
    below = [a for a in e.args if isinstance(a, Pow) and a.exp == -1 and a.base.is_Symbol] if e.is_Mul else []
    if len(below) != 2:
        return None
    return Mul(*(a for a in e.args if a not in below), Pow(Add(*(a.base for a in below)), Integer(-1)))


def _put(values: Sequence[Expr], at: int, new: Expr) -> list[Expr]:
    return [*values[:at], new, *values[at + 1 :]]


WINDOW_CHANGES: dict[str, Change] = {
    "place off by one": _of_place(_off_by_one),
    "setting lost": _of_place(_lost),
    "settings exchanged": _of_place(_exchanged),
    "step's sign": _of_place(_backwards),
    "tap at a tie": _from_the_end,
    "another size": _another_size,
    "sum of sizes": _sum_of_sizes,
}
"""Kinds of changes by name; a formula without windows has few of them."""
