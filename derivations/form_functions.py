"""exp, log, powers and indicators of forms. Anything that holds an indicator splits by cases."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm

from sympy import factorint

from derivations.form import (
    INDICATORS,
    ONE,
    UNIT,
    ZERO,
    Atom,
    Form,
    Monomial,
    NotShown,
    add,
    atom_form,
    constant,
    freeze,
    from_powers,
    indicators_of,
    monomial_form,
    multiply,
    power_form,
    scale,
    subtract,
    times_powers,
)

MOST_DIGITS = 10_000
"""The highest power of a number that is worked out."""


def split_by_cases(form: Form, function: Callable[[Form], Form]) -> Form | None:
    """b·f(form where b) + (1 − b)·f(form where not b) for an indicator b in the form; None without one."""
    found = indicators_of(form)
    if not found:
        return None
    case = found[0]
    held = add(*(monomial_form(tuple(p for p in m if p[0] != case), c) for m, c in form))
    failed = tuple((m, c) for m, c in form if all(a != case for a, _ in m))
    b = atom_form(case)
    return add(multiply(b, function(held)), multiply(subtract(ONE, b), function(failed)))


def is_positive_atom(atom: Atom) -> bool:
    """Whether an atom is > 0 wherever it is defined. A Σ never is: its axis may be empty."""
    return (
        atom[0] in ("exp", "num")
        or (atom[0] == "sym" and atom[2] == "+")
        or (atom[0] == "pow" and is_positive(atom[1]))
    )


def _is_even(exponent: Fraction) -> bool:
    return exponent.denominator == 1 and exponent.numerator % 2 == 0


def is_nonnegative_atom(atom: Atom) -> bool:
    """Whether an atom is ≥ 0 wherever it is defined."""
    return (
        is_positive_atom(atom)
        or atom[0] in INDICATORS
        or (atom[0] == "sym" and atom[2] == "0")
        or (atom[0] == "pow" and is_nonnegative(atom[1]))
        or (atom[0] == "sum" and all(is_nonnegative_atom(a) or _is_even(e) for a, e in atom[2]))
    )


def is_nonnegative(form: Form) -> bool:
    """Whether every term is ≥ 0 for a reason that can be read off."""
    return all(c > 0 and all(is_nonnegative_atom(a) or _is_even(e) for a, e in m) for m, c in form)


def is_positive(form: Form) -> bool:
    """Whether a form is a sum of terms ≥ 0 of which one is surely > 0."""
    return is_nonnegative(form) and any(all(is_positive_atom(a) for a, _ in m) for m, _ in form)


def _content(form: Form) -> Fraction:
    """The positive rational that leaves coprime integer coefficients."""
    numerators = [c.numerator for _, c in form]
    denominators = [c.denominator for _, c in form]
    return Fraction(gcd(*numerators), lcm(*denominators))


def _common_monomial(form: Form, allowed: Callable[[Atom], bool]) -> Monomial:
    """The product of powers that every term has, among the atoms allowed."""
    atoms = {a for m, _ in form for a, _ in m if allowed(a)}
    common: list[tuple[Atom, Fraction]] = []
    for atom in sorted(atoms):
        exponents = [dict(m).get(atom, Fraction(0)) for m, _ in form]
        least = min(exponents)
        if least and atom[0] not in INDICATORS:
            common.append((atom, least))
    return tuple(common)


def _divide(form: Form, monomial: Monomial) -> Form:
    return times_powers(form, {a: -e for a, e in monomial})


def factor_out(form: Form, allowed: Callable[[Atom], bool]) -> tuple[Fraction, Monomial, Form]:
    """(content, monomial, rest) with form = content · monomial · rest and rest primitive.

    Content is positive; common denominators go into the monomial. Only atoms that are allowed leave.
    """
    monomial: dict[Atom, Fraction] = {}
    rest = form
    for _ in range(8):
        common = _common_monomial(rest, allowed)
        if not common:
            break
        for atom, exponent in common:
            monomial[atom] = monomial.get(atom, Fraction(0)) + exponent
        rest = _divide(rest, common)
    content = _content(rest) if rest else Fraction(1)
    pairs = tuple(sorted((a, e) for a, e in monomial.items() if e))
    return content, pairs, scale(rest, 1 / content)


def _is_factor(atom: Atom) -> bool:
    return atom[0] not in INDICATORS


def power(base: Form, exponent: Fraction) -> Form:
    """base ** exponent for a rational exponent."""
    if exponent.denominator == 1 and exponent >= 0:
        return _monomial_power(*base[0], exponent) if len(base) == 1 else power_form(base, int(exponent))
    if not base:
        if exponent < 0:
            raise NotShown("division by zero")
        return ZERO
    split = split_by_cases(base, lambda case: power(case, exponent))
    if split is not None:
        return split
    if len(base) == 1:
        ((monomial, coefficient),) = base
        return _monomial_power(monomial, coefficient, exponent)
    whole = exponent.denominator == 1
    content, monomial, rest = factor_out(base, _is_factor if whole else is_nonnegative_atom)
    if not rest:
        return power(rest, exponent)
    if len(rest) == 1 and not (monomial == UNIT and content == 1 and rest == base):
        return power(multiply(monomial_form(monomial, content), rest), exponent)
    sign = Fraction(1)
    if whole and rest[0][1] < 0:
        sign, rest = Fraction(-1) ** int(exponent), scale(rest, -1)
    outside = _monomial_power(monomial, content, exponent)
    return scale(multiply(outside, from_powers({("pow", rest): exponent})), sign)


def _monomial_power(monomial: Monomial, coefficient: Fraction, exponent: Fraction) -> Form:
    if exponent.denominator == 1:
        whole = {a: e * exponent for a, e in monomial}
        return scale(from_powers(whole), _number_to(coefficient, int(exponent)))
    powers: dict[Atom, Fraction] = {}
    evens: list[Form] = []
    odd: list[tuple[Atom, Fraction]] = []
    for atom, e in monomial:
        if is_nonnegative_atom(atom):
            powers[atom] = e * exponent
        elif _is_even(e):
            evens.append(_absolute_power(atom, e * exponent))
        else:
            odd.append((atom, e))
    if odd:
        powers[("pow", monomial_form(tuple(odd), 1 if coefficient > 0 else -1))] = exponent
    elif coefficient < 0:
        raise NotShown("a fractional power of a negative number")
    return multiply(*evens, from_powers(powers), number_power(abs(coefficient), exponent))


def _number_to(value: Fraction, exponent: int) -> Fraction:
    if abs(value) != 1 and abs(exponent) > MOST_DIGITS:
        raise NotShown(f"{value} under the exponent {exponent} is too long a number")
    return value**exponent


def _absolute_power(atom: Atom, exponent: Fraction) -> Form:
    """|atom| ** exponent."""
    if _is_even(exponent):
        return atom_form(atom, exponent)
    if exponent.denominator == 1:
        sign = subtract(scale(positive(atom_form(atom)), 2), ONE)
        return multiply(atom_form(atom, exponent), sign)
    return atom_form(("pow", atom_form(atom, 2)), exponent / 2)


def number_power(value: Fraction, exponent: Fraction) -> Form:
    """A positive rational under a rational exponent, by its primes."""
    powers: dict[Atom, Fraction] = {}
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, times in factorint(number).items():
            if prime != 1:
                powers[("num", int(prime))] = exponent * times * sign
    return from_powers(powers)


def exponential(form: Form) -> Form:
    """e ** form: one atom a monomial; e^{log u} is u."""
    split = split_by_cases(form, exponential)
    if split is not None:
        return split
    factors: list[Form] = []
    for monomial, coefficient in form:
        if len(monomial) == 1 and monomial[0][0][0] == "log" and monomial[0][1] == 1:
            factors.append(power(monomial[0][0][1], coefficient))
        else:
            factors.append(from_powers({("exp", monomial): coefficient}))
    return multiply(*factors)


def logarithm(form: Form) -> Form:
    """log of a form: factors that are surely > 0 leave it."""
    if not form:
        raise NotShown("log 0")
    split = split_by_cases(form, logarithm)
    if split is not None:
        return split
    content, monomial, rest = factor_out(form, is_nonnegative_atom)
    if not rest:
        raise NotShown("log 0")
    terms = [_log_number(content), *(_log_power(a, e) for a, e in monomial)]
    if rest != ONE:
        terms.append(atom_form(("log", rest)))
    return add(*terms)


def _log_power(atom: Atom, exponent: Fraction) -> Form:
    if atom[0] == "exp":
        return monomial_form(atom[1], exponent)
    if atom[0] == "num":
        return scale(_log_number(Fraction(atom[1])), exponent)
    if atom[0] == "pow":
        return scale(logarithm(atom[1]), exponent)
    return scale(atom_form(("log", atom_form(atom))), exponent)


def _log_number(value: Fraction) -> Form:
    terms = []
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, times in factorint(number).items():
            if prime != 1:
                terms.append(scale(atom_form(("log", constant(int(prime)))), times * sign))
    return add(*terms)


def positive(form: Form) -> Form:
    """[form > 0]."""
    split = split_by_cases(form, positive)
    if split is not None:
        return split
    primitive, sign = _sign_normal(form)
    if not primitive:
        return ZERO
    if is_positive(primitive):
        return ONE if sign > 0 else ZERO
    above = atom_form(("pos", primitive))
    if sign > 0:
        return above
    return subtract(subtract(ONE, above), zero_at(primitive))


def zero_at(form: Form) -> Form:
    """[form = 0] over the reals."""
    split = split_by_cases(form, zero_at)
    if split is not None:
        return split
    primitive, _ = _sign_normal(form)
    if not primitive:
        return ONE
    if is_positive(primitive):
        return ZERO
    return atom_form(("zer", primitive))


def _sign_normal(form: Form) -> tuple[Form, int]:
    """A positive multiple of ±form with a positive leading coefficient, and that sign."""
    if not form:
        return ZERO, 1
    _, _, rest = factor_out(form, is_positive_atom)
    if not rest:
        return ZERO, 1
    sign = 1 if rest[0][1] > 0 else -1
    if is_nonnegative(scale(rest, -1)):
        sign = -1
    elif is_nonnegative(rest):
        sign = 1
    return freeze(dict(scale(rest, sign))), sign
