"""A claim's statement as one line of plain Unicode, for terminals and reports."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from derivations.layer import All, Defines, Equal, Matrices, Matrix, Product, Shape, Statement
from derivations.text import equation, formula


def statement_text(statement: Statement) -> str:
    """The statement; a matrix by its entry, with what counts its rows and its columns behind it."""
    if isinstance(statement, All):
        return ", ".join(map(statement_text, statement.parts))
    if isinstance(statement, Equal):
        return equation(statement.left, statement.right)
    if isinstance(statement, Matrices):
        return f"{_matrix(statement.left)} = {_matrix(statement.right)}"
    if isinstance(statement, Product):
        return f"{_matrix(statement.left)} times {_matrix(statement.right)} = {_matrix(statement.result)}"
    if isinstance(statement, Shape):
        return shape_text(statement.matrix, statement.shape)
    if isinstance(statement, Defines):
        return f"{formula(statement.entry)} := {formula(statement.right)}"
    return f"{formula(statement.entry)} = …"


def shape_text(matrix: Matrix, shape: Sequence[Expr]) -> str:
    """``A has the shape p × q``."""
    return f"{_matrix(matrix)} has the shape {' × '.join(map(formula, shape))}"


def _matrix(matrix: Matrix) -> str:
    counted = (", ".join(map(formula, indices)) for indices in (matrix.rows, matrix.columns))
    return f"⟨{formula(matrix.entry)}⟩({'; '.join(counted)})"
