"""Sums with a matrix of numbers, such as Σ_i B[a, i]·x[n, 4j + i], as a product with that matrix."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Idx, Indexed, Integer, Mul, Sum

from codegen.contract import contraction, is_windowed
from codegen.operands import dtype_of
from codegen.positions import Lowered, elementwise
from codegen.program import NUMBERS, Node
from derivations.notation import size_of, sum_
from derivations.number_matrices import NumberMatrix, number_matrix
from derivations.substitution import bound_indices, factors_of

Lower = Callable[[Expr, tuple[Idx, ...]], Lowered]


def lower_with_numbers(e: Sum, order: tuple[Idx, ...], lower: Lower) -> Lowered | None:
    """Σ_i B[a, i]·u[i, …] for one matrix of numbers and an array; None where it is no such sum.

    The matrix acts on one axis of the array, and the others stay where they are in memory; but windows, which
    are copied anyway, are brought into the order that is asked for.
    """
    matrices = [m for f in factors_of(e.function) if (m := number_matrix(f)) is not None]
    bound = bound_indices(e)
    if len(matrices) != 1 or not e.function.atoms(Indexed):
        return None
    (matrix,) = matrices
    summed = tuple(i for i in matrix.indices if i in bound)
    others = tuple(i for i in bound if i not in summed)
    rest = [f for f in factors_of(e.function) if number_matrix(f) is None]
    inside = sum_(Mul(*rest), *others) if others else Mul(*rest)
    value = lower(inside, (*order, *(i for i in summed if i not in order)))
    kept = [i for i in matrix.indices if i not in summed]
    if len(summed) != 1 or summed[0] not in value.indices or kept[0] in value.indices:
        return None
    whole = sum_(matrix.entry * inside, *summed)
    as_it_lies = tuple(kept[0] if i == summed[0] else i for i in value.indices)
    target = tuple(i for i in order if i in as_it_lies) if is_windowed(value.node) else as_it_lies
    product = contraction(_array(matrix, inside), value, summed, target, whole)
    if matrix.divisor == 1:
        return product
    divisor = Lowered(Node("number", (), (), matrix.divisor, Integer(matrix.divisor)), ())
    return elementwise("divide", (product, divisor), order, whole / matrix.divisor)


def _array(matrix: NumberMatrix, like: Expr) -> Lowered:
    """The matrix as an array of the dtype of what it is multiplied with."""
    shape = tuple(size_of(i) for i in matrix.indices)
    return Lowered(Node(NUMBERS, (dtype_of(like),), shape, matrix.rows, matrix.entry), matrix.indices)
