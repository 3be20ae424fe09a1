"""Functions that are read through others: hyperbolic ones through exp, extrema and signs through indicators."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derivations.form import ONE, Form, add, constant, multiply, scale, subtract
from derivations.form_functions import exponential, positive, power, zero_at
from derivations.form_sums import settle


def hyperbolic(name: str, u: Form) -> Form:
    """sinh, cosh, tanh or coth of a form."""
    rise, fall = exponential(u), exponential(scale(u, -1))
    above, below = {
        "sinh": (subtract(rise, fall), constant(2)),
        "cosh": (add(rise, fall), constant(2)),
        "tanh": (subtract(rise, fall), add(rise, fall)),
        "coth": (add(rise, fall), subtract(rise, fall)),
    }[name]
    return settle(multiply(above, power(below, Fraction(-1))))


def largest(forms: Sequence[Form]) -> Form:
    """The largest of some forms: max(u, v) = v + (u - v)·[u - v > 0]."""
    first = forms[0]
    for other in forms[1:]:
        gap = subtract(first, other)
        first = settle(add(other, multiply(gap, positive(gap))))
    return first


def smallest(forms: Sequence[Form]) -> Form:
    """The smallest of some forms."""
    return scale(largest([scale(f, -1) for f in forms]), -1)


def absolute(u: Form) -> Form:
    """|u| = u·(2[u > 0] - 1)."""
    return settle(multiply(u, subtract(scale(positive(u), 2), ONE)))


def sign_of(u: Form) -> Form:
    """1, 0 or -1."""
    return subtract(add(scale(positive(u), 2), zero_at(u)), ONE)
