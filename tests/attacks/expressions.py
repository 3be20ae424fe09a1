"""Random formulas of the language, of the shapes that layers have, and the tools to change a part of one.

Everything is built unevaluated, so that SymPy does none of the work that is put to the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from sympy import (
    Abs,
    Add,
    Expr,
    Function,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Mul,
    Pow,
    Rational,
    Sum,
    evaluate,
    exp,
    log,
    tanh,
)

from derivations.layer import Hyperparameter, Layer
from derivations.normal_form import Meaning
from derivations.notation import (
    argmax_over,
    axes,
    delta,
    labels,
    max_,
    maximum_over,
    positive,
    scalars,
    size_of,
    size_symbol,
    sum_,
    tensors,
)
from derivations.substitution import bound_indices

N, K = size_symbol("N"), size_symbol("K")
n, m, i, j = axes("n:N m:N i:K j:K")
A, B, C, u, v, r, y, z = tensors("A B C u v r y z")
t = labels("t")
s = scalars("s")
f = Function("f")

PROBE = Layer(
    "Probe",
    inputs=(A[i, j], B[n, i], C[n, i], u[i], v[i], r[n]),
    target=y[n, i],
    target_as_label={y[n, i]: delta(i, t[n])},
    hyperparameters=(Hyperparameter(s, default=1.0, conditions=(s > 0,)),),
    forward={z[n, i]: B[n, i] + u[i]},
)
"""A layer with a few tensors over two axes; the formulas under attack need no more."""

MEANING = Meaning(
    axes={"A": ("K", "K"), "B": ("N", "K"), "C": ("N", "K"), "u": ("K",), "v": ("K",), "r": ("N",)},
    labels={"t": "K"},
    signs={"s": "+"},
)

FREE = (n, i)
"""The free indices of a random formula; `m` and `j` occur free only where a rewrite asks for another index."""

Scope = tuple[Idx, ...]
Path = tuple[int, ...]


def minus(e: Expr) -> Expr:
    """-e, unevaluated."""
    return Mul(Integer(-1), e)


def inverse(e: Expr) -> Expr:
    """1/e, unevaluated."""
    return Pow(e, Integer(-1))


def axis(index: Idx) -> Expr:
    """The size of an index, worked out even where formulas are built unevaluated."""
    with evaluate(True):
        return size_of(index)


def at(scope: Scope, size: Expr) -> list[Idx]:
    """The indices of a scope that run over an axis."""
    return [index for index in scope if axis(index) == size]


def pick(random: Random, indices: Sequence[Idx]) -> Idx:
    """One of the indices; the innermost one more often, so that sums are over something."""
    return indices[-1] if random.random() < 0.5 else random.choice(indices)


def fresh(random: Random, size: Expr, scope: Scope) -> Idx:
    """An index over an axis with a name that the scope does not have."""
    taken = {str(index.label) for index in scope}
    return index_over(random.choice([a for a in "abcdeghklpqw" if a not in taken]), size)


def index_over(name: str, size: Expr) -> Idx:
    """An index with plain bounds, even where formulas are built unevaluated."""
    with evaluate(True):
        return Idx(name, size)


def total(term: Expr, *indices: Idx) -> Expr:
    """Σ of a term, as it was typed, with plain bounds."""
    with evaluate(True):
        return sum_(term, *indices)


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


# Parts of a formula ---------------------------------------------------------------------------------


def parts(e: Expr, scope: Scope = FREE, path: Path = ()) -> Iterator[tuple[Path, Expr, Scope]]:
    """Every part that is a number, with the indices that are known where it stands."""
    yield path, e, scope
    if isinstance(e, (Indexed, Idx, KroneckerDelta, argmax_over)):
        return
    bound = bound_indices(e)
    for position, part in enumerate(e.args[:1] if bound else e.args):
        if isinstance(e, Pow) and position == 1:
            continue
        yield from parts(part, (*scope, *bound), (*path, position))


def put(e: Expr, path: Path, new: Expr) -> Expr:
    """A formula with one part replaced, all else as it was typed."""
    if not path:
        return new
    args = list(e.args)
    args[path[0]] = put(args[path[0]], path[1:], new)
    return remade(e, args)


def remade(e: Expr, args: Sequence[Expr]) -> Expr:
    """The same head over other parts."""
    if isinstance(e, Sum):
        return total(args[0], *bound_indices(e))
    if isinstance(e, maximum_over):
        return maximum_over(args[0], e.args[1])
    with evaluate(False):
        return e.func(*args)


def renamed(e: Expr, index: Idx, new: Expr) -> Expr:
    """A formula with a free index replaced; bound ones get out of the way."""
    if e == index:
        return new
    bound = bound_indices(e)
    if index in bound or not e.has(index):
        return e
    body = e.args[0]
    for own in bound:
        if new.has(own):
            apart = index_over(f"{own.label}{own.label}", axis(own))
            return renamed(remade_over(e, renamed(body, own, apart), own, apart), index, new)
    args = [renamed(body, index, new)] if bound else [renamed(a, index, new) for a in e.args]
    return remade(e, args)


def remade_over(e: Expr, body: Expr, old: Idx, new: Idx) -> Expr:
    """A sum or maximum over another index."""
    indices = [new if index == old else index for index in bound_indices(e)]
    return total(body, *indices) if isinstance(e, Sum) else maximum_over(body, indices[0])
