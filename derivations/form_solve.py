"""Where [u = 0] holds: an atom of u put in terms of the others, and put so into a form."""

from __future__ import annotations

from fractions import Fraction

from derivations.form import Atom, Form, add, atom_form, monomial_form, multiply, scale, touches
from derivations.form_functions import exponential, logarithm, positive, power, zero_at
from derivations.form_integers import POSITIONS, at_least_zero, integer_part, zero_affine

INTEGER = ("aff", "geq", "flr")


def solve_for_atom(form: Form) -> tuple[Atom, Form] | None:
    """An atom that stands alone, to the first power, in one term of a form; and its value where the form is 0."""
    for monomial, coefficient in form:
        if len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0][0] in ("ten", "sym"):
            atom = monomial[0][0]
            rest = tuple((m, c) for m, c in form if m != monomial)
            if not touches(rest, atom):
                return atom, scale(rest, -1 / coefficient)
    return None


def replace_atom(form: Form, atom: Atom, value: Form) -> Form:
    """Put a form in place of an atom at the top of monomials and inside exp, log, powers and functions.

    Integers are compared only with integers: a size that [N = s + 1/2] gives in terms of a real s stays there.
    """
    if not touches(form, atom):
        return form
    return add(*(scale(multiply(*(_replace(a, e, atom, value) for a, e in m)), c) for m, c in form))


def _replace(atom: Atom, exponent: Fraction, old: Atom, value: Form) -> Form:
    if atom == old:
        return power(value, exponent)
    if not touches(atom, old) or (atom[0] in INTEGER and old[0] not in POSITIONS):
        return atom_form(atom, exponent)
    if atom[0] == "exp":
        return power(exponential(replace_atom(monomial_form(atom[1]), old, value)), exponent)
    rules = {
        "log": logarithm,
        "pow": lambda u: u,
        "pos": positive,
        "zer": zero_at,
        "aff": zero_affine,
        "geq": at_least_zero,
        "flr": integer_part,
    }
    if atom[0] in rules:
        return power(rules[atom[0]](replace_atom(atom[1], old, value)), exponent)
    return atom_form(atom, exponent)
