"""Integer forms: what positions, sizes and integer hyperparameters make; their bounds, deltas and integer parts.

An index lies on its axis, from 0 to its size less 1, so an axis with an index has a position. All bounds rest on
that, on sizes ≥ 0 and on the signs of hyperparameters.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

from derivations.form import (
    ONE,
    ZERO,
    Atom,
    Form,
    Index,
    Monomial,
    NotShown,
    add,
    atom_form,
    constant,
    monomial_form,
    multiply,
    scale,
    subtract,
    touches,
)

POSITIONS = ("var", "lab", "arg")
WHOLE = (*POSITIONS, "sym", "flr")
"""Atoms whose values are integers, in a form that is made of integers."""
MOST_REMAINDERS = 12


@lru_cache(maxsize=10_000)
def size_form(size: str) -> Form:
    """A size as a form: a number, a symbol that is ≥ 0, or a sum of products of these, such as ``K + 2*P - 1``."""
    terms = size.replace(" - ", " + -").split(" + ")
    return add(*(multiply(*map(_size_factor, term.removeprefix("-").split("*")), _sign(term)) for term in terms))


def _sign(term: str) -> Form:
    return constant(-1 if term.startswith("-") else 1)


def _size_factor(text: str) -> Form:
    if text.isdigit():
        return constant(int(text))
    if not text or any(letter in text for letter in " ()/+-,"):
        raise NotShown(f"a size that holds {text} is no sum of products")
    return atom_form(("sym", text, "0"))


def index_size(index: Index) -> str | None:
    """The size of the axis that an index runs over; None for a fixed position."""
    if index[0] in ("var", "lab"):
        return str(index[2])
    return str(index[1][1]) if index[0] == "arg" else None


# Bounds ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=50_000)
def least(form: Form) -> Fraction | None:
    """A number that an affine form of positions is never below; None where none is seen."""
    taken: set[str] = set()
    for _ in range(len(form)):
        position = next((a for m, _ in form for a, _ in m if a[0] in POSITIONS), None)
        if position is None:
            break
        held = tuple((tuple(p for p in m if p != (position, Fraction(1))), c) for m, c in form if touches(m, position))
        factor, rest = add(*(monomial_form(*t) for t in held)), tuple(t for t in form if not touches(t[0], position))
        size = index_size(position)
        if touches(factor, position) or size is None:
            return None
        taken.add(size)
        if all(c < 0 for _, c in factor):
            last = subtract(size_form(size), ONE)
            rest = add(rest, multiply(factor, last))
        elif not all(c > 0 for _, c in factor):
            return None
        if not all(map(_is_at_least_0, factor)):
            return None
        form = rest
    return _least_of_sizes(form, taken)


def _is_at_least_0(term: tuple[Monomial, Fraction]) -> bool:
    """Whether a product of sizes, hyperparameters and positions, its number left out, is ≥ 0."""
    return all(e > 0 and (a[0] in POSITIONS or (a[0] == "sym" and a[2] in ("0", "+"))) for a, e in term[0])


def _least_of_sizes(form: Form, taken: set[str]) -> Fraction | None:
    """The constant of a form in what sizes have beyond 1, if nothing is taken away from it."""
    beyond: list[Form] = []
    for monomial, coefficient in form:
        factors = [constant(coefficient)]
        for atom, exponent in monomial:
            if atom[0] != "sym" or exponent.denominator != 1 or exponent < 0 or atom[2] not in ("0", "+"):
                return None
            counted = atom_form(("sym", atom[1], "0"))
            one = atom[2] == "+" or atom[1] in taken
            factors += [add(ONE, counted) if one else counted] * int(exponent)
        beyond.append(multiply(*factors))
    total = dict(add(*beyond))
    return total.pop((), Fraction(0)) if all(c >= 0 for m, c in total.items() if m) else None


def is_never_below(form: Form, bound: int) -> bool:
    """Whether a form is surely ≥ a number."""
    found = least(form)
    return found is not None and found >= bound


def is_on_axis(form: Form, size: str) -> bool:
    """Whether a form is surely a position of an axis."""
    return is_never_below(form, 0) and is_never_below(subtract(subtract(size_form(size), ONE), form), 0)


# Equalities, inequalities, integer parts ------------------------------------------------------------


def zero_affine(form: Form) -> Form:
    """[form = 0] for an integer form: decided where it is constant or out of bounds, then in lowest terms."""
    if not form:
        return ONE
    form = _without_positive_factors(_whole(form))
    number = dict(form).get((), Fraction(0))
    divisor = gcd(*(c.numerator for m, c in form if m))
    if not divisor or number % divisor or is_never_below(form, 1) or is_never_below(scale(form, -1), 1):
        return ZERO
    form = scale(form, Fraction(1, divisor))
    part = _integer_part_in(form)
    if part is not None:
        atom, sign, rest = part
        divided, by = _over(atom[1])
        if by <= MOST_REMAINDERS:
            value = add(divided, scale(rest, sign * by))
            return add(*(zero_affine(subtract(value, constant(r))) for r in range(by)))
    pair = _two_on_one_axis(form)
    return atom_form(("eq", *pair) if pair else ("aff", scale(form, 1 if form[0][1] > 0 else -1)))


def _two_on_one_axis(form: Form) -> list[Index]:
    """The two positions of one axis whose difference a form is; none if it is anything else."""
    if sorted(c for _, c in form) != [-1, 1] or any(len(m) != 1 or m[0][1] != 1 for m, _ in form):
        return []
    pair = sorted(m[0][0] for m, _ in form)
    plain = all(a[0] in POSITIONS for a in pair)
    return pair if plain and index_size(pair[0]) == index_size(pair[1]) else []


def at_least_zero(form: Form) -> Form:
    """[form ≥ 0] for an integer form; [-u ≥ 0] is 1 - [u - 1 ≥ 0]."""
    form = _whole(form)
    if is_never_below(form, 0):
        return ONE
    if is_never_below(scale(form, -1), 1):
        return ZERO
    number = dict(form).get((), Fraction(0))
    divisor = gcd(*(c.numerator for m, c in form if m))
    varying = tuple((m, c / divisor) for m, c in form if m)
    form = add(varying, constant((number / divisor).__floor__()))
    part = _integer_part_in(form)
    if part is not None:
        atom, sign, rest = part
        divided, by = _over(atom[1])
        room = scale(rest, by)
        return at_least_zero(add(divided, room) if sign > 0 else add(room, constant(by - 1), scale(divided, -1)))
    # Of u and -u - 1 one has a number ≥ 0: which of the two is kept does not hang on the names of indices.
    if dict(form).get((), Fraction(0)) < 0:
        return subtract(ONE, at_least_zero(subtract(scale(form, -1), ONE)))
    return atom_form(("geq", form))


def integer_part(form: Form) -> Form:
    """⌊form⌋, of a form whose atoms are integers: what is whole leaves it."""
    whole = add(*(monomial_form(m, c.__floor__()) for m, c in form if _is_whole(m)))
    rest = subtract(form, whole)
    if all(_is_whole(m) for m, _ in rest):
        divided, by = _over(rest)
        if is_never_below(divided, 0) and is_never_below(subtract(constant(by - 1), divided), 0):
            return whole
    return add(whole, atom_form(("flr", rest)))


def _whole(form: Form) -> Form:
    """The form times the least positive integer that makes it one of integers.

    Raises
    ------
    NotShown
        If no integer does: N/K is a fraction, and lowest terms and roundings would take it for an integer.
    """
    if not all(_is_whole(m) for m, _ in form):
        raise NotShown("a quotient of sizes, or a root, stands where integers are compared")
    return scale(form, lcm(*(c.denominator for _, c in form)))


def _is_whole(monomial: Monomial) -> bool:
    return all(a[0] in WHOLE and e > 0 and e.denominator == 1 for a, e in monomial)


def _over(form: Form) -> tuple[Form, int]:
    """A form as an integer form over a positive integer."""
    by = lcm(*(c.denominator for _, c in form))
    return scale(form, by), by


def _integer_part_in(form: Form) -> tuple[Atom, int, Form] | None:
    """A term ± ⌊u⌋ of a form with u over integers, its sign, and the other terms; None without such a term."""
    for monomial, coefficient in form:
        if len(monomial) == 1 and monomial[0][0][0] == "flr" and monomial[0][1] == 1 and abs(coefficient) == 1:
            atom = monomial[0][0]
            rest = tuple(t for t in form if t[0] != monomial)
            if not touches(rest, atom) and all(_is_whole(m) for m, _ in atom[1]):
                return atom, int(coefficient), rest
    return None


def _without_positive_factors(form: Form) -> Form:
    """The form without hyperparameters ≥ 1 that every term has."""
    shared = set.intersection(*({a for a, e in m if a[0] == "sym" and a[2] == "+" and e >= 1} for m, _ in form))
    for atom in sorted(shared):
        form = add(*(multiply(monomial_form(m, c), atom_form(atom, -1)) for m, c in form))
    return form


# What holds together --------------------------------------------------------------------------------


def reduced(monomial: Monomial) -> Form | None:
    """The monomial without an inequality that other factors imply; 0 if two exclude each other; None if unchanged."""
    equal = [a[1] for a, _ in monomial if a[0] == "aff"]
    least_0 = [a for a, _ in monomial if a[0] == "geq"]
    if any(_excludes(one, other) for r, one in enumerate(equal) for other in equal[r + 1 :]):
        return ZERO
    for atom in least_0:
        differences = [d for one in equal for d in _without_an_index(atom[1], one)]
        others = [other[1] for other in least_0 if other != atom]
        if any(is_never_below(scale(d, -1), 1) for d in (*differences, *(add(atom[1], o) for o in others))):
            return ZERO
        if any(is_never_below(d, 0) for d in (*differences, *(subtract(atom[1], o) for o in others))):
            return monomial_form(tuple(p for p in monomial if p[0] != atom))
    return None


def _excludes(one: Form, other: Form) -> bool:
    """Whether two forms are surely not 0 together."""
    return any(is_never_below(scale(d, sign), 1) for d in _without_an_index(other, one) for sign in (1, -1) if d)


def _without_an_index(form: Form, zero: Form) -> list[Form]:
    """The form less multiples of one that is 0, each without an index that both hold."""
    own, given = dict(form), dict(zero)
    shared = [m for m in given if len(m) == 1 and m[0][0][0] in POSITIONS and m[0][1] == 1 and m in own]
    return [subtract(form, scale(zero, own[m] / given[m])) for m in shared]


def solutions(index: Index, monomial: Monomial) -> list[tuple[Atom, Form]]:
    """The equalities among a monomial's factors that say what an index is, each with what they say."""
    found = []
    alone = ((index, Fraction(1)),)
    for atom, _ in monomial:
        if atom[0] == "aff":
            factor = dict(atom[1]).get(alone, Fraction(0))
            rest = tuple(t for t in atom[1] if t[0] != alone)
            if abs(factor) == 1 and not touches(rest, index):
                found.append((atom, scale(rest, -factor)))
    return found
