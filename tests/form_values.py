"""The value of a form at a point, by loops over the table of atoms: nothing is simplified on the way."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

from derivations.form import INDICATORS


class NoValue(Exception):
    """A division by 0, or a maximum over nothing."""


def length(size, known):
    """How many positions an axis has."""
    return int(size) if size.isdigit() else known[size]


def form_value(form, known, read):
    """The value of a form; ``known`` maps names of sizes and indices to numbers, ``read`` gives entries of tensors."""
    return sum((c * monomial_value(m, known, read) for m, c in form), Fraction(0))


def monomial_value(monomial, known, read):
    """The product, an indicator that is 0 before anything that may have no value."""
    value = Fraction(1)
    for atom, exponent in sorted(monomial, key=lambda pair: pair[0][0] not in INDICATORS):
        factor = atom_value(atom, known, read)
        if factor == 0 and exponent < 0:
            raise NoValue
        if factor == 0:
            return Fraction(0)
        value *= Fraction(factor) ** exponent
    return value


def index_value(index, known, read):
    """The position that an index stands for."""
    if index[0] == "int":
        return index[1]
    if index[0] == "var":
        return known[index[1]]
    values = over(index[1], index[2], known, read)
    return values.index(max(values))


def over(bound, body, known, read):
    """The values of a form at every position of an index."""
    name, size = bound
    values = [form_value(body, {**known, name: at}, read) for at in range(length(size, known))]
    if not values:
        raise NoValue
    return values


def atom_value(atom, known, read):
    """The value of an atom."""
    kind = atom[0]
    if kind in ("var", "int", "arg"):
        return index_value(atom, known, read)
    if kind == "sym":
        return known[atom[1]]
    if kind == "ten":
        return read(atom[1], tuple(index_value(i, known, read) for i in atom[2]))
    if kind == "eq":
        return int(index_value(atom[1], known, read) == index_value(atom[2], known, read))
    if kind == "max":
        return max(over(atom[1], atom[2], known, read))
    if kind == "sum":
        names = [name for name, _ in atom[1]]
        places = product(*(range(length(size, known)) for _, size in atom[1]))
        return sum(monomial_value(atom[2], {**known, **dict(zip(names, at, strict=True))}, read) for at in places)
    value = form_value(atom[1], known, read)
    return {"aff": int(value == 0), "geq": int(value >= 0), "flr": math.floor(value), "pow": value}[kind]
