"""What SymPy says of integers as forms: indices that are reckoned, comparisons, integer parts and remainders."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sympy import Add, Expr, Idx, Indexed, Max, Min, Mod, Mul, Pow, Rational, Symbol, floor

from derivations.form import ONE, Form, NotShown, multiply, subtract
from derivations.form_functions import positive, power, zero_at
from derivations.form_integers import at_least_zero, integer_part, zero_affine
from derivations.form_sums import settle
from derivations.notation import argmax_over

Formed = Callable[[Expr], Form]
"""Makes the form of an expression."""


def whole_form(e: Expr, formed: Formed) -> Form:
    """The form of an expression that is made of integers.

    Raises
    ------
    NotShown
        If something in it is not an integer.
    """
    if not _is_of_integers(e):
        raise NotShown(f"{e} is not made of integers")
    return formed(e)


def _is_of_integers(e: Expr) -> bool:
    """Whether every entry and symbol of an expression is an integer; fractions of such may stand in it."""
    if isinstance(e, (Idx, Indexed, Symbol, argmax_over)):
        return bool(e.is_integer)
    return isinstance(e, (Rational, Add, Mul, Pow, floor, Mod)) and all(map(_is_of_integers, e.args))


def _is_integer(e: Expr) -> bool:
    return _is_of_integers(e) and bool(e.is_integer)


def between_form(e: Expr, formed: Formed) -> Form:
    """[low ≤ u][u ≤ high], a largest and a smallest bound taken apart."""
    low, middle, high = e.args
    lows = low.args if isinstance(low, Max) else (low,)
    highs = high.args if isinstance(high, Min) else (high,)
    if not all(map(_is_integer, (middle, *lows, *highs))):
        raise NotShown(f"{e} compares what is not an integer")
    u = formed(middle)
    above = (at_least_zero(subtract(u, formed(each))) for each in lows)
    below = (at_least_zero(subtract(formed(each), u)) for each in highs)
    return settle(multiply(*above, *below))


def positive_form(e: Expr, formed: Formed) -> Form:
    """[u > 0], of an integer [u - 1 ≥ 0]."""
    u = formed(e.args[0])
    return at_least_zero(subtract(u, ONE)) if _is_integer(e.args[0]) else positive(u)


def zero_at_form(e: Expr, formed: Formed) -> Form:
    """[u = 0]."""
    return (zero_affine if _is_integer(e.args[0]) else zero_at)(formed(e.args[0]))


def floor_form(e: Expr, formed: Formed) -> Form:
    """⌊u⌋ of what is made of integers."""
    return integer_part(whole_form(e.args[0], formed))


def remainder_form(e: Expr, formed: Formed) -> Form:
    """u - v·⌊u/v⌋."""
    u, v = (whole_form(part, formed) for part in e.args)
    return subtract(u, multiply(v, integer_part(multiply(u, power(v, Fraction(-1))))))
