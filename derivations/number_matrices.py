"""Matrices of numbers as formulas: each number where it stands, Σ value·[row = …]·[column = …]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from sympy import Add, Expr, Idx, Integer, KroneckerDelta, Mul, Rational, S

from derivations.notation import delta, size_of

Row = Sequence[int]


def numbers(matrix: Sequence[Row], row: Expr, column: Expr) -> Expr:
    """An entry of a matrix of integers, by the indices of its row and its column."""
    each = ((value, i, k) for i, line in enumerate(matrix) for k, value in enumerate(line) if value)
    return Add(S.Zero, *(value * delta(row, Integer(i)) * delta(column, Integer(k)) for value, i, k in each))


@dataclass(frozen=True)
class NumberMatrix:
    """A matrix of integers over one divisor, and the indices of its rows and columns, by name."""

    indices: tuple[Idx, Idx]
    rows: tuple[tuple[int, ...], ...]
    divisor: int

    @property
    def entry(self) -> Expr:
        """An entry as a formula, without the divisor."""
        return numbers(self.rows, *self.indices)


def number_matrix(e: Expr) -> NumberMatrix | None:
    """A formula as a matrix of numbers; None where it is none.

    It is a sum of two terms or more, each of them a number times two deltas that fix the same two indices, on
    axes of so many entries.
    """
    if not isinstance(e, Add):
        return None
    found: dict[tuple[int, int], Rational] = {}
    whole: tuple[Idx, ...] = ()
    for term in e.args:
        entry = _placed(term)
        if entry is None:
            return None
        value, at = entry
        indices = tuple(sorted(at, key=str))
        if whole and indices != whole:
            return None
        whole = indices
        first, second = (at[i] for i in indices)
        found[first, second] = found.get((first, second), S.Zero) + value
    row, column = whole
    divisor = lcm(*(value.q for value in found.values()))
    rows = tuple(
        tuple(int(found.get((i, k), S.Zero) * divisor) for k in range(int(size_of(column))))
        for i in range(int(size_of(row)))
    )
    return NumberMatrix((row, column), rows, divisor)


def _placed(term: Expr) -> tuple[Rational, dict[Idx, int]] | None:
    """value·[a = 2]·[i = 3] as the value and the place of each of the two indices."""
    value, rest = term.as_coeff_Mul()
    at: dict[Idx, int] = {}
    factors = Mul.make_args(rest)
    for one in factors:
        if not isinstance(one, KroneckerDelta):
            return None
        index = next((i for i in one.args if isinstance(i, Idx)), None)
        place = next((i for i in one.args if isinstance(i, Integer)), None)
        if index is None or place is None or not size_of(index).is_Integer or not 0 <= place < size_of(index):
            return None
        at[index] = int(place)
    return (value, at) if value.is_Rational and len(factors) == len(at) == 2 else None
