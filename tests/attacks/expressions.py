"""Random formulas of the language, of the shapes that layers have, and the tools to change a part of one.

Everything is built unevaluated, so that SymPy does none of the work that is put to the test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from sympy import (
    Expr,
    Function,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Sum,
    evaluate,
)

from derivations.layer import Hyperparameter, Layer
from derivations.normal_form import Meaning
from derivations.notation import (
    argmax_over,
    axes,
    delta,
    labels,
    maximum_over,
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
