"""Tables of monomials: the data of the normal form, and its sums and products.

A *form* is a sorted tuple of pairs (monomial, rational), a *monomial* a sorted tuple of pairs
(atom, rational exponent), an *atom* a plain tuple whose first entry says its kind. Plain tuples compare,
hash and sort by content, so equal forms are equal values and nothing depends on the order of building.

=========  ==========================  ============================================================
kind       rest of the atom            meaning
=========  ==========================  ============================================================
sym        name, sign                  size or scalar; sign is "+" (> 0), "0" (>= 0) or ""
num        prime                       a prime under a fractional exponent, such as the 2 of sqrt(2)
ten        name, indices               an entry of a tensor
eq         index, index                [index = index], both on one axis
aff, geq   form                        [integer form = 0], [integer form ≥ 0]
flr        form                        integer part of a form of integers
exp        monomial                    e to the monomial; its coefficient is the exponent
log        form                        logarithm
pow        form                        a polynomial under a negative or fractional exponent
sum        ((name, size), …), mono     sum over one connected monomial
pos, zer   form                        [form > 0], [form = 0]
max        (name, size), form          maximum over an index
fun        name, form                  unspecified or opaque function
var        name, size                  an index used as a number; also an index of a tensor
lab        name, size, indices         an integer label: an index
arg        (name, size), form          first position of a maximum: an index
int        value                       a fixed position: an index
=========  ==========================  ============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

Atom = tuple[Any, ...]
Index = tuple[Any, ...]
Monomial = tuple[tuple[Atom, Fraction], ...]
Form = tuple[tuple[Monomial, Fraction], ...]

UNIT: Monomial = ()
ZERO: Form = ()
ONE: Form = ((UNIT, Fraction(1)),)
INDICATORS = frozenset({"eq", "aff", "geq", "pos", "zer"})
INDICES = frozenset({"var", "lab", "arg", "int"})
MOST_FACTORS = 64
"""The highest power of a sum that is multiplied out."""


class NotShown(Exception):
    """The normal form cannot represent something; nothing is proven, nothing is refuted."""


class Undefined(NotShown):
    """Something has no value, whatever the values of the tensors."""


def constant(value: Fraction | int) -> Form:
    """The form of a rational number."""
    return ((UNIT, Fraction(value)),) if value else ZERO


def atom_form(atom: Atom, exponent: Fraction | int = 1) -> Form:
    """The form of one atom under an exponent."""
    return ((((atom, Fraction(exponent)),), Fraction(1)),)


def monomial_form(monomial: Monomial, coefficient: Fraction | int = 1) -> Form:
    """The form of one monomial with a coefficient."""
    return ((monomial, Fraction(coefficient)),)


def freeze(table: Mapping[Monomial, Fraction]) -> Form:
    """A table as a form: zeros dropped, sorted."""
    return tuple(sorted((m, c) for m, c in table.items() if c))


def add(*forms: Form) -> Form:
    """The sum of forms."""
    table: dict[Monomial, Fraction] = {}
    for form in forms:
        for monomial, coefficient in form:
            table[monomial] = table.get(monomial, Fraction(0)) + coefficient
    return freeze(table)


def scale(form: Form, factor: Fraction | int) -> Form:
    """A form times a rational."""
    return tuple((m, c * factor) for m, c in form) if factor else ZERO


def subtract(left: Form, right: Form) -> Form:
    """left - right."""
    return add(left, scale(right, -1))


def multiply(*forms: Form) -> Form:
    """The product of forms, expanded."""
    product = ONE
    for form in forms:
        product = _multiply(product, form)
    return product


def _multiply(left: Form, right: Form) -> Form:
    if left == ONE:
        return right
    if right == ONE:
        return left
    table: dict[Monomial, Fraction] = {}
    for m1, c1 in left:
        for m2, c2 in right:
            for m, c in _join(m1, m2):
                table[m] = table.get(m, Fraction(0)) + c * c1 * c2
    return freeze(table)


@lru_cache(maxsize=200_000)
def _join(left: Monomial, right: Monomial) -> Form:
    if not left or not right:
        return monomial_form(left or right)
    powers: dict[Atom, Fraction] = dict(left)
    for atom, exponent in right:
        powers[atom] = powers.get(atom, Fraction(0)) + exponent
    return from_powers(powers)


def from_powers(powers: Mapping[Atom, Fraction]) -> Form:
    """The form of a product of powers, with the rules that concern one atom at a time.

    Indicators are idempotent, a polynomial under a positive integer exponent is multiplied out, a prime
    keeps only the fractional part of its exponent.
    """
    kept: list[tuple[Atom, Fraction]] = []
    coefficient = Fraction(1)
    factors: list[Form] = []
    for atom, exponent in powers.items():
        if not exponent:
            continue
        kind = atom[0]
        if kind in INDICATORS:
            if exponent < 0:
                raise NotShown("division by an indicator")
            kept.append((atom, Fraction(1)))
        elif kind == "num":
            whole = exponent.__floor__()
            coefficient *= Fraction(atom[1]) ** whole
            if exponent != whole:
                kept.append((atom, exponent - whole))
        elif kind == "pow" and exponent >= 1:
            whole = exponent.__floor__()
            factors.append(power_form(atom[1], whole))
            if exponent != whole:
                kept.append((atom, exponent - whole))
        else:
            kept.append((atom, exponent))
    kept.sort()
    form = monomial_form(tuple(kept), coefficient)
    return multiply(form, *factors) if factors else form


def times_powers(form: Form, factors: Mapping[Atom, Fraction]) -> Form:
    """A form times powers of atoms, exponents joined first: u·P^{-1} times P is u, not u·P·P^{-1}."""
    terms = []
    for monomial, coefficient in form:
        powers = dict(monomial)
        for atom, exponent in factors.items():
            powers[atom] = powers.get(atom, Fraction(0)) + exponent
        terms.append(scale(from_powers(powers), coefficient))
    return add(*terms)


def power_form(form: Form, exponent: int) -> Form:
    """A form under a non-negative integer exponent, expanded."""
    if exponent > MOST_FACTORS:
        raise NotShown(f"a sum under the exponent {exponent} is too long to multiply out")
    return multiply(*([form] * exponent))


@lru_cache(maxsize=200_000)
def free_variables(thing: Any) -> frozenset[Index]:
    """All index variables in an atom, monomial or form, canonical bound ones left out."""
    if not isinstance(thing, tuple) or not thing:
        return frozenset()
    if thing[0] == "var" and len(thing) == 3:
        return frozenset() if thing[1].startswith("%") else frozenset((thing,))
    return frozenset().union(*(free_variables(part) for part in thing if isinstance(part, tuple)))


@lru_cache(maxsize=200_000)
def touches(thing: Any, index: Index) -> bool:
    """Whether a form, or any part of one, holds an index or an atom."""
    if thing == index:
        return True
    return isinstance(thing, tuple) and any(touches(part, index) for part in thing if isinstance(part, tuple))


def first_fresh(form: Form) -> int:
    """The first number r such that no temporary name ~r, ~r+1, … occurs free in a form."""
    used = [int(name[1:]) for _, name, _ in free_variables(form) if name.startswith("~")]
    return max(used, default=0) + 1


@lru_cache(maxsize=200_000)
def height(thing: Any) -> int:
    """How deeply bound indices nest inside an atom, monomial or form."""
    if not isinstance(thing, tuple) or not thing:
        return 0
    inner = max((height(part) for part in thing if isinstance(part, tuple)), default=0)
    return inner + 1 if thing[0] in ("sum", "max", "arg") and len(thing) == 3 else inner


def indicators_of(form: Form) -> tuple[Atom, ...]:
    """The indicators among the factors of a form's monomials, sorted."""
    return tuple(sorted({a for m, _ in form for a, _ in m if a[0] in INDICATORS}))
