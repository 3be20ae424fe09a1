"""What a statement asks for: sizes that agree, and one equality of entries.

Matrices are compared position by position. Where both count rows and columns over the same sizes in the
same order, positions agree where indices do; where they do not, the entry at position p of the one meets
the entry at position p of the other, which the equality then spells with a delta.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sympy import Expr, Idx, Indexed, Integer, Mul

from derivations.layer import All, Blank, Defines, Equal, Matrices, Matrix, Product, Shape, Statement
from derivations.notation import delta, size_of, sum_
from derivations.substitution import free_indices, fresh_index, substitute


@dataclass(frozen=True)
class SameSize:
    """Two counts are equal for all sizes; ``left_is`` and ``right_is`` say what is counted."""

    left: Expr
    right: Expr
    left_is: str
    right_is: str


@dataclass(frozen=True)
class SameEntry:
    """left = right for all free indices.

    Where positions are matched by a delta, ``position`` has the formulas of row and column, and
    ``counted`` the indices that these take the place of. ``matrices`` are what the entries belong to, if
    two are compared; ``part`` is the number of the equality, from 1, where there are several. ``exists`` is
    the entry that the equality says to exist.
    """

    left: Expr
    right: Expr
    position: tuple[Expr, Expr] | None = None
    counted: tuple[Idx, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    part: int = 0
    exists: Indexed | None = None

    @property
    def in_order(self) -> bool:
        """Whether positions agree where indices do."""
        return self.position is None


Obligation = SameSize | SameEntry


def obligations(statement: Statement) -> tuple[Obligation, ...]:
    """What has to hold for a statement to be true, sizes first.

    Raises
    ------
    ValueError
        If a matrix counts rows or columns by one index twice.
    """
    if isinstance(statement, All):
        each = [(r, o) for r, part in enumerate(statement.parts, 1) for o in obligations(part)]
        return tuple(replace(o, part=r) if isinstance(o, SameEntry) else o for r, o in each)
    if isinstance(statement, Equal):
        return (SameEntry(statement.left, statement.right),)
    if isinstance(statement, Defines):
        return (SameEntry(statement.entry, statement.right),)
    if isinstance(statement, Blank):
        return (SameEntry(statement.entry, statement.derived),)
    if isinstance(statement, Shape):
        rows, columns = shape_of(statement.matrix)
        return (
            SameSize(rows, statement.shape[0], "rows", "rows as stated"),
            SameSize(columns, statement.shape[1], "columns", "columns as stated"),
        )
    if isinstance(statement, Matrices):
        return _matrices(statement)
    return _product(statement)


def formulas(statement: Statement) -> tuple[Expr, ...]:
    """Every formula in a statement."""
    if isinstance(statement, All):
        return tuple(formula for part in statement.parts for formula in formulas(part))
    if isinstance(statement, (Equal, Matrices)):
        sides: tuple[Expr | Matrix, ...] = (statement.left, statement.right)
    elif isinstance(statement, Product):
        sides = (statement.left, statement.right, statement.result)
    elif isinstance(statement, Shape):
        sides = (statement.matrix,)
    else:
        sides = (statement.entry, statement.right if isinstance(statement, Defines) else statement.derived)
    return tuple(side.entry if isinstance(side, Matrix) else side for side in sides)


def mapped(statement: Any, change: Callable[[Expr], Expr]) -> Any:
    """The statement with every formula, index and size in it changed."""
    if isinstance(statement, Expr):
        return change(statement)
    if isinstance(statement, tuple):
        return tuple(mapped(part, change) for part in statement)
    return replace(statement, **{f.name: mapped(getattr(statement, f.name), change) for f in fields(statement)})


def shape_of(matrix: Matrix) -> tuple[Expr, Expr]:
    """How many rows and columns a matrix has."""
    return Mul(*map(size_of, matrix.rows)), Mul(*map(size_of, matrix.columns))


def _matrices(statement: Matrices) -> tuple[Obligation, ...]:
    left, right = statement.left, statement.right
    names = _Names((left, right))
    rows, columns = names.own(left.rows), names.own(left.columns)
    first = substitute(left.entry, dict(zip((*left.rows, *left.columns), (*rows, *columns), strict=True)))
    second, meets = names.meet(right, rows, columns)
    entry = names.entry(Mul(*meets, first), Mul(*meets, second), rows, columns)
    return (*_same_shape(left, right), replace(entry, matrices=(left, right)))


def _product(statement: Product) -> tuple[Obligation, ...]:
    left, right, result = statement.left, statement.right, statement.result
    names = _Names((left, right, result))
    rows, inner, columns = names.own(left.rows), names.own(left.columns), names.own(right.columns)
    first = substitute(left.entry, dict(zip((*left.rows, *left.columns), (*rows, *inner), strict=True)))
    second, meets = names.meet(right, inner, columns)
    total = sum_(Mul(*meets, first, second), *inner, *names.made)
    third, deltas = names.meet(result, rows, columns)
    outer = Matrix(left.rows, right.columns, Integer(0))
    return (
        SameSize(shape_of(left)[1], shape_of(right)[0], "columns of the left factor", "rows of the right factor"),
        *_same_shape(outer, result),
        names.entry(Mul(*deltas, total), Mul(*deltas, third), rows, columns),
    )


def _same_shape(left: Matrix, right: Matrix) -> tuple[SameSize, SameSize]:
    (p, q), (r, s) = shape_of(left), shape_of(right)
    return SameSize(p, r, "rows on the left", "rows on the right"), SameSize(
        q, s, "columns on the left", "columns on the right"
    )


class _Names:
    """Index names for rows and columns that no index of another matrix captures."""

    def __init__(self, matrices: Sequence[Matrix]) -> None:
        self.taken: set[str] = set()
        self.made: list[Idx] = []
        for matrix in matrices:
            counted = (*matrix.rows, *matrix.columns)
            if len({str(i.label) for i in counted}) != len(counted):
                raise ValueError(f"a matrix counts by {counted}; each index may count once")
            self.taken |= {str(i.label) for i in free_indices(matrix.entry) if i not in counted}

    def own(self, indices: Sequence[Idx]) -> tuple[Idx, ...]:
        """These indices, renamed where another use has the name."""
        found = []
        for index in indices:
            found.append(fresh_index(index, self.taken))
            self.taken.add(str(found[-1].label))
        return tuple(found)

    def meet(self, matrix: Matrix, rows: Sequence[Idx], columns: Sequence[Idx]) -> tuple[Expr, list[Expr]]:
        """A matrix's entry at given rows and columns, and the deltas that match positions, if it takes any."""
        renaming: dict[Expr, Expr] = {}
        deltas: list[Expr] = []
        for wanted, counted in ((rows, matrix.rows), (columns, matrix.columns)):
            if [size_of(i) for i in wanted] == [size_of(i) for i in counted]:
                renaming |= dict(zip(counted, wanted, strict=True))
            else:
                fresh = self.own(counted)
                self.made += fresh
                renaming |= dict(zip(counted, fresh, strict=True))
                deltas.append(delta(_position(wanted), _position(fresh)))
        return substitute(matrix.entry, renaming), deltas

    def entry(self, left: Expr, right: Expr, rows: Sequence[Idx], columns: Sequence[Idx]) -> SameEntry:
        """The equality of entries, with where they stand if any position had to be matched."""
        if not self.made:
            return SameEntry(left, right)
        return SameEntry(left, right, (_position(rows), _position(columns)), (*rows, *columns, *self.made))


def _position(indices: Sequence[Idx]) -> Expr:
    """Where an entry stands, counted from 0 with the last index fastest."""
    position: Expr = Integer(0)
    for index in indices:
        position = position * size_of(index) + index
    return position
