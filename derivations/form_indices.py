"""Indices as data: what they run over, when two are equal, an index as a number."""

from __future__ import annotations

from sympy import Idx

from derivations.form import ONE, ZERO, Form, Index, NotShown, atom_form, constant, subtract
from derivations.form_integers import index_size, size_form, zero_affine
from derivations.notation import size_of

__all__ = [
    "Bound",
    "bound_of",
    "equal_indices",
    "index_number",
    "index_size",
    "is_short",
    "lies_on",
    "size_form",
    "variable",
    "zero_affine",
]

MOST_UNROLLED = 12
RESERVED = ("~", "%", "#")
"""First letters of names that the forms use themselves."""

Bound = tuple[str, str]
"""An index that is summed over: its name and its size."""


def variable(bound: Bound) -> Index:
    """The index variable of a bound pair."""
    return ("var", *bound)


def bound_of(index: Idx) -> Bound:
    """The name and the size of an index.

    Raises
    ------
    NotShown
        If it does not count from 0, or has a name that the forms use themselves.
    """
    if index.lower != 0 or str(index.label).startswith(RESERVED):
        raise NotShown(f"the index {index} does not count from 0, or has a name that the forms use themselves")
    return (str(index.label), str(size_of(index)))


def is_short(bound: Bound) -> bool:
    """Whether a sum over an index is written out."""
    return bound[1].isdigit() and int(bound[1]) <= MOST_UNROLLED


def lies_on(index: Index, size: str | None, defined: bool) -> bool:
    """Whether an index surely lies on an axis; what lies outside reads 0, which only a definition can tell."""
    if size is None:
        return True
    if index[0] == "int":
        return not defined or (size.isdigit() and index[1] < int(size))
    return index_size(index) == size


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
