"""Indices as data: what they run over, when two are equal, an index as a number."""

from __future__ import annotations

from derivations.form import ONE, ZERO, Form, Index, atom_form, constant, scale, subtract

Bound = tuple[str, str]
"""An index that is summed over: its name and its size."""


def variable(bound: Bound) -> Index:
    """The index variable of a bound pair."""
    return ("var", *bound)


def size_form(size: str) -> Form:
    """A size as a form: a number, or a symbol that is ≥ 0."""
    return constant(int(size)) if size.isdigit() else atom_form(("sym", size, "0"))


def index_size(index: Index) -> str | None:
    """The size of the axis that an index runs over; None for a fixed position."""
    if index[0] in ("var", "lab"):
        return str(index[2])
    return str(index[1][1]) if index[0] == "arg" else None


def equal_indices(left: Index, right: Index) -> Form:
    """[left = right] for two plain indices."""
    if left == right:
        return ONE
    sizes = {index_size(left), index_size(right)} - {None}
    numbers = [i for i in (left, right) if i[0] == "int"]
    if len(numbers) == 2:
        return ZERO
    if len(sizes) == 1 and (not numbers or _is_position(numbers[0], sizes.pop())):
        return atom_form(("eq", *sorted((left, right))))
    return zero_affine(subtract(index_number(left), index_number(right)))


def _is_position(index: Index, size: str | None) -> bool:
    return size is not None and size.isdigit() and 0 <= index[1] < int(size)


def index_number(index: Index) -> Form:
    """An index as a number."""
    return constant(index[1]) if index[0] == "int" else atom_form(index)


def zero_affine(form: Form) -> Form:
    """[form = 0] for an integer form; decided where it is constant, its sign normalised."""
    if not form:
        return ONE
    if len(form) == 1 and form[0][0] == ():
        return ZERO
    return atom_form(("aff", scale(form, 1 if form[0][1] > 0 else -1)))
