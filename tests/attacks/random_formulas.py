"""Random formulas of the shapes that layers have: sums of products, exps, logs, softmaxes, deltas, kinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from sympy import Abs, Add, Expr, Idx, Integer, Max, Mul, Pow, Rational, evaluate, exp, log, tanh

from derivations.notation import delta, max_, positive
from tests.attacks.expressions import (
    FREE,
    A,
    B,
    C,
    K,
    N,
    Scope,
    at,
    f,
    fresh,
    inverse,
    minus,
    r,
    renamed,
    s,
    t,
    total,
    u,
    v,
)


def pick(random: Random, indices: Sequence[Idx]) -> Idx:
    """One of the indices; the innermost one more often, so that sums are over something."""
    return indices[-1] if random.random() < 0.5 else random.choice(indices)


def random_formula(random: Random, depth: int = 4) -> Expr:
    """A formula over the free indices n and i, unevaluated."""
    with evaluate(False):
        return _formula(random, FREE, depth)


def _leaf(random: Random, scope: Scope) -> Expr:
    rows, columns = at(scope, N), at(scope, K)
    row, column, other = pick(random, rows), pick(random, columns), random.choice(columns)
    choices: list[Expr] = [u[column], v[column], B[row, column], C[row, column], A[column, other], r[row]]
    choices += [Integer(random.randint(1, 3)), s, B[row, t[row]]]
    return random.choice(choices)


def _formula(random: Random, scope: Scope, depth: int) -> Expr:
    if depth == 0:
        return _leaf(random, scope)
    return random.choice(_SHAPES)(random, scope, depth - 1)


def _product(random: Random, scope: Scope, depth: int) -> Expr:
    return Mul(_formula(random, scope, depth - 1 if depth else 0), _formula(random, scope, depth))


def _sum_of_terms(random: Random, scope: Scope, depth: int) -> Expr:
    sign = random.choice([Integer(1), Integer(-1), Rational(1, 2), Integer(3)])
    return Add(_formula(random, scope, depth), Mul(sign, _formula(random, scope, depth - 1 if depth else 0)))


def _sum(random: Random, scope: Scope, depth: int) -> Expr:
    index = fresh(random, random.choice([N, K, K]), scope)
    return total(_formula(random, (*scope, index), depth), index)


def _of_two(combine: Callable[[Expr, Expr], Expr]) -> Callable[[Random, Scope, int], Expr]:
    def shape(random: Random, scope: Scope, depth: int) -> Expr:
        small = min(depth, 1)
        return combine(_formula(random, scope, small), _formula(random, scope, small))

    return shape


def _of_one(function: Callable[[Expr], Expr]) -> Callable[[Random, Scope, int], Expr]:
    return lambda random, scope, depth: function(_formula(random, scope, min(depth, 2)))


def _softmax(random: Random, scope: Scope, depth: int) -> Expr:
    index, row = pick(random, at(scope, K)), pick(random, at(scope, N))
    other = fresh(random, K, scope)
    body: Expr = random.choice([B[row, index], A[index, random.choice(at(scope, K))], C[row, index]])
    return Mul(exp(body), inverse(total(exp(renamed(body, index, other)), other)))


def _delta(random: Random, scope: Scope, depth: int) -> Expr:
    columns = [*at(scope, K), *(t[row] for row in at(scope, N))]
    return Mul(delta(pick(random, at(scope, K)), random.choice(columns)), _formula(random, scope, depth))


def _maximum(random: Random, scope: Scope, depth: int) -> Expr:
    index, row = fresh(random, K, scope), random.choice(at(scope, N))
    return max_(Add(B[row, index], u[random.choice(at(scope, K))]), index)


def positive_part(e: Expr) -> Expr:
    """1 + e², which is never 0."""
    return Add(Integer(1), Pow(e, Integer(2)))


_SHAPES: Sequence[Callable[[Random, Scope, int], Expr]] = (
    _product,
    _product,
    _sum_of_terms,
    _sum_of_terms,
    _sum,
    _sum,
    _softmax,
    _delta,
    _maximum,
    _of_one(lambda e: exp(minus(e))),
    _of_one(lambda e: inverse(Add(Integer(1), exp(minus(e))))),
    _of_one(lambda e: log(Add(Integer(1), exp(e)))),
    _of_one(lambda e: inverse(positive_part(e))),
    _of_one(lambda e: Pow(positive_part(e), Rational(1, 2))),
    _of_one(lambda e: Pow(e, Integer(2))),
    _of_one(lambda e: f(e)),
    _of_one(lambda e: tanh(e)),
    _of_one(lambda e: Abs(e)),
    _of_two(lambda a, b: Max(a, b)),
    _of_two(lambda a, b: Mul(positive(a), b)),
)


def simple_formula(random: Random, scope: Scope) -> Expr:
    """Something to add and take away again, to multiply and divide by, to compare with 0."""
    row, column = random.choice(at(scope, N)), random.choice(at(scope, K))
    return random.choice([B[row, column], u[column], v[column], r[row], Mul(u[column], r[row])])
