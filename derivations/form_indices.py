"""Indices as data: what they run over, when two are equal, an index as a number."""

from __future__ import annotations

from derivations.form import ONE, ZERO, Form, Index, atom_form, constant, subtract
from derivations.form_integers import index_size, size_form, zero_affine

__all__ = ["Bound", "equal_indices", "index_number", "index_size", "size_form", "variable", "zero_affine"]

Bound = tuple[str, str]
"""An index that is summed over: its name and its size."""


def variable(bound: Bound) -> Index:
    """The index variable of a bound pair."""
    return ("var", *bound)


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
