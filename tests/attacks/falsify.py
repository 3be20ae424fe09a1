"""Small changes that make a formula another one: what a hand or a program gets wrong.

A change may happen to change nothing (a factor of a term that is 0); whoever uses one has to check that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from sympy import (
    Add,
    Expr,
    Function,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Sum,
    cosh,
    evaluate,
    exp,
    log,
    tanh,
)
from sympy.core.function import AppliedUndef

from derivations.notation import maximum_over, positive
from derivations.substitution import bound_indices
from tests.attacks.expressions import FREE, Scope, axis, minus, parts, put, renamed, total
from tests.attacks.window_changes import WINDOW_CHANGES

Change = Callable[[Random, Expr, Scope], Expr | None]
"""A part of a formula and the indices known there give a changed part; None where the change does not fit."""

ONE = Integer(1)
NEARLY_ONE = 1 + Rational(1, 10**6)


def _flip_a_sign(random: Random, e: Expr, scope: Scope) -> Expr | None:
    if not isinstance(e, Add):
        return minus(e) if not isinstance(e, Integer) else None
    at = random.randrange(len(e.args))
    return Add(*(minus(a) if r == at else a for r, a in enumerate(e.args)))


def _scale(random: Random, e: Expr, scope: Scope) -> Expr | None:
    return Mul(NEARLY_ONE, e)


def _drop(head: type) -> Change:
    def change(random: Random, e: Expr, scope: Scope) -> Expr | None:
        if not isinstance(e, head) or len(e.args) < 2:
            return None
        at = random.randrange(len(e.args))
        return e.func(*(a for r, a in enumerate(e.args) if r != at))

    return change


def _drop_a_delta(random: Random, e: Expr, scope: Scope) -> Expr | None:
    return ONE if isinstance(e, (KroneckerDelta, positive)) else None


def _drop_a_sum(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ_k u_k becomes u_j, or Σ_k Σ_l becomes Σ_k."""
    bound = bound_indices(e)
    if not isinstance(e, Sum):
        return None
    known = [index for index in scope if axis(index) == axis(bound[0]) and index not in bound]
    if len(bound) > 1 or not known:
        return None
    return renamed(e.function, bound[0], random.choice(known))


def _swap_an_index(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """One index of an entry becomes another over the same axis; the two of a square matrix change places."""
    if not isinstance(e, Indexed):
        return None
    places = [r for r, index in enumerate(e.indices) if isinstance(index, Idx)]
    if not places:
        return None
    if len(places) == 2 and axis(e.indices[0]) == axis(e.indices[1]) and random.random() < 0.5:
        return e.base[e.indices[::-1]]
    at = random.choice(places)
    others = [index for index in scope if axis(index) == axis(e.indices[at]) and index != e.indices[at]]
    if not others:
        return None
    new = random.choice(others)
    return e.base[tuple(new if r == at else index for r, index in enumerate(e.indices))]


def _another_exponent(random: Random, e: Expr, scope: Scope) -> Expr | None:
    if not isinstance(e, Pow) or not e.exp.is_Rational:
        return None
    return Pow(e.base, e.exp + random.choice([-1, 1]))


def _another_number(random: Random, e: Expr, scope: Scope) -> Expr | None:
    return e + random.choice([-1, 1]) if isinstance(e, Rational) else None


def _another_function(random: Random, e: Expr, scope: Scope) -> Expr | None:
    if isinstance(e, AppliedUndef):
        return Function(e.func.__name__ + "'")(e.args[0])
    other = {exp: cosh, log: tanh, tanh: exp, Max: Min, Min: Max}.get(e.func)
    return None if other is None else other(*e.args)


def _maximum_as_sum(random: Random, e: Expr, scope: Scope) -> Expr | None:
    return total(e.args[0], e.args[1]) if isinstance(e, maximum_over) else None


CHANGES: Mapping[str, Change] = {
    "sign": _flip_a_sign,
    "factor 1 + 1e-6": _scale,
    "dropped term": _drop(Add),
    "dropped factor": _drop(Mul),
    "dropped delta": _drop_a_delta,
    "dropped sum": _drop_a_sum,
    "index": _swap_an_index,
    "exponent": _another_exponent,
    "number": _another_number,
    "function": _another_function,
    "max for sum": _maximum_as_sum,
    **WINDOW_CHANGES,
}


def changed(random: Random, e: Expr, name: str, scope: Scope = FREE) -> Expr | None:
    """A formula with one change of a kind at a random place; None where it fits nowhere."""
    places = list(parts(e, scope))
    random.shuffle(places)
    for path, part, known in places:
        with evaluate(False):
            new = CHANGES[name](random, part, known)
        if new is not None:
            return put(e, path, new)
    return None


def falsified(random: Random, e: Expr) -> tuple[Expr, str]:
    """A formula with one small change at a random place, and its kind."""
    names = list(CHANGES)
    random.shuffle(names)
    made = ((changed(random, e, name), name) for name in names)
    return next((new, name) for new, name in made if new is not None)
