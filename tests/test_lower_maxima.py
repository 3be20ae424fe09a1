"""Which maxima become one operation on windows, by the shape of their formulas; and which do not."""

from __future__ import annotations

import pytest
from sympy import Symbol

from codegen.lower import lower
from codegen.positions import LoweringError
from codegen.program import text
from derivations.notation import argmax_, axes, delta, max_, sum_, tensors

n, c, h, i, p, q, k, t = axes("n:N c:C h:H i:H p:P q:Q k:R t:T")
x, u, v = tensors("x u v")
s, e = (Symbol(name, integer=True) for name in "se")


def lowered(formula, *order):
    return text(lower(formula, order))


def test_a_maximum_along_one_axis():
    assert lowered(max_(x[n, c, s * p + e * k - 1], k), n, c, p) == "max_windows(x, (2, -1, (s, e), (P, R)))"


def test_a_maximum_along_two_axes():
    formula = max_(max_(x[n, 2 * p + k, q + t], t), k)
    assert lowered(formula, n, p, q) == "max_windows(x, (1, 0, (2, 1), (P, R)), (2, 0, (1, 1), (Q, T)))"


def test_axes_are_put_in_order():
    assert lowered(max_(x[n, p + k], k), p, n) == "max_windows(x, (1, 0, (1, 1), (P, R))).T"


def place(image):
    return s * p + e * argmax_(image, k)


IMAGE = x[n, s * p + e * k]


def test_what_goes_to_the_largest():
    formula = sum_(delta(h, place(IMAGE)) * u[n, p] * v[p], p)
    assert lowered(formula, n, h) == "spread_to_maxima(u * v, x, (1, 0, (s, e), (P, R)))"


def test_what_is_given_is_put_in_the_order_of_the_image():
    formula = sum_(delta(h, place(IMAGE)) * u[p, n], p)
    assert lowered(formula, n, h) == "spread_to_maxima(u.T, x, (1, 0, (s, e), (P, R)))"
    assert lowered(formula, h, n) == "spread_to_maxima(u.T, x, (1, 0, (s, e), (P, R))).T"


@pytest.mark.parametrize(
    "formula, order",
    [
        (max_(2 * x[n, p + k], k), (n, p)),
        (max_(x[n, p + k + t], k), (n, p, t)),
        (max_(max_(x[n, p + k + t], k), t), (n, p)),
        (sum_(delta(h, 1 + place(IMAGE)) * u[n, p], p), (n, h)),
        (sum_(delta(h, s * p + argmax_(IMAGE, k)) * u[n, p], p), (n, h)),
        (sum_(delta(h, place(2 * IMAGE)) * u[n, p], p), (n, h)),
        (sum_(delta(h, place(IMAGE)) * u[n, p] * v[c], p), (n, c, h)),
        (sum_(delta(h, place(x[c, s * p + e * k])) * u[n, p] * v[c], p, c), (n, h)),
        (sum_(delta(h, place(IMAGE)) * v[p], p), (n, h)),
    ],
)
def test_others_are_not_taken_for_it(formula, order):
    try:
        assert "maxima" not in (found := lowered(formula, *order)) and "max_windows" not in found
    except LoweringError:
        return
