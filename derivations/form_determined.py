"""Sums whose own index an equality ties to indices outside: what it says is put into the other comparisons.

Σ_q [q = i - 1] [h = k + q] u(q)·v(h, k) is Σ_q [q = i - 1] u(q) times Σ_{h,k} [h = k + i - 1] v(h, k), so two sums that
share no index any more; and [i ≥ 1] beside Σ_q [q = i - 1] u(q) says nothing. It is done last, at the top: deeper in,
where i is bound itself, either way of writing it would be as good, and a normal form wants one.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.form import ZERO, Atom, Form, Monomial, add, atom_form, monomial_form, multiply, scale, touches
from derivations.form_indices import Bound, variable
from derivations.form_integers import solutions
from derivations.form_solve import INTEGER, replace_atom
from derivations.form_sums import settle, sum_over


def determined(form: Form) -> Form:
    """The form with every index of its sums that is determined outside put into the sum's other comparisons."""
    opened = add(*(scale(multiply(*map(_power, m)), c) for m, c in form))
    return add(*(scale(_without_implied(m), c) for m, c in opened))


def _power(pair: tuple[Atom, Fraction]) -> Form:
    atom, exponent = pair
    if atom[0] != "sum" or exponent != 1:
        return atom_form(atom, exponent)
    return sum_over(atom[1], _put(atom[1], atom[2]))


def _put(bounds: tuple[Bound, ...], body: Monomial) -> Form:
    """The summand, with the first determined index that other comparisons hold put into these."""
    for bound in bounds:
        index = variable(bound)
        for delta, value in solutions(index, body):
            held = tuple(p for p in body if p[0][0] in INTEGER and p[0] != delta and touches(p[0], index))
            if held and not any(touches(value, variable(b)) for b in bounds):
                rest = monomial_form(tuple(p for p in body if p not in held))
                return settle(multiply(rest, replace_atom(monomial_form(held), index, value)))
    return monomial_form(body)


def _without_implied(monomial: Monomial) -> Form:
    """A monomial without the inequalities that one of its sums implies; 0 where a sum excludes one."""
    sums = [atom[2] for atom, exponent in monomial if atom[0] == "sum" and exponent == 1]
    for bound in (a for a, _ in monomial if a[0] == "geq"):
        for body in sums:
            together = settle(multiply(monomial_form(body), atom_form(bound)))
            if not together:
                return ZERO
            if together == monomial_form(body):
                return _without_implied(tuple(p for p in monomial if p[0] != bound))
    return monomial_form(monomial)
