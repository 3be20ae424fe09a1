"""True rewrites of formulas: identities of algebra, analysis and indices, each applied where it fits.

Each is true wherever both sides are defined, for all sizes ≥ 0. A chain of them says the same formula in
a way that nobody would write, and that a judge should still recognise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from sympy import (
    Abs,
    Add,
    Expr,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Sum,
    evaluate,
    exp,
    log,
    sqrt,
    tanh,
)

from derivations.notation import delta, is_zero_at, maximum_over, positive
from derivations.substitution import bound_indices
from tests.attacks.expressions import (
    FREE,
    Scope,
    at,
    axis,
    fresh,
    inverse,
    minus,
    parts,
    positive_part,
    put,
    remade_over,
    renamed,
    t,
    total,
)
from tests.attacks.expressions import K as COLUMNS
from tests.attacks.expressions import N as ROWS

Rewrite = Callable[[Random, Expr, Scope], Expr | None]
"""A part of a formula and the indices known there give an equal part; None where the identity does not fit."""

TWO, ONE = Integer(2), Integer(1)


def _simple(random: Random, scope: Scope) -> Expr:
    """Something to add and take away again, or to compare with."""
    from tests.attacks.expressions import A, B, r, u, v

    row, column = random.choice(at(scope, ROWS)), random.choice(at(scope, COLUMNS))
    return random.choice([B[row, column], u[column], v[column], r[row], A[column, column], Mul(u[column], r[row])])
