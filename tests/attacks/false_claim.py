"""What a false claim is, and the small layers and names that false claims speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sympy import Expr, Function, Idx, Integer, Mul, evaluate, exp

from derivations.layer import Equal, Hyperparameter, Layer, Statement
from derivations.notation import axes, delta, labels, max_, scalars, size_symbol, sum_, tensors

N, K = size_symbol("N"), size_symbol("K")
n, m, i, j, k, h, p, q = axes("n:N m:N i:K j:K k:K h:K p:K q:K")
A, B, C, D, u, v, r, w, x, y, a, z = tensors("A B C D u v r w x y a z")
t = labels("t")
s = scalars("s")
f, g = Function("f"), Function("g")

PROBE = Layer(
    "Probe",
    inputs=(A[i, j], D[i, j], B[n, i], C[n, i], u[i], v[i], w[i], r[n]),
    target=y[n, i],
    target_as_label={y[n, i]: delta(i, t[n])},
    hyperparameters=(Hyperparameter(s, default=1.0, conditions=(s > 0,)),),
    forward={z[n, i]: B[n, i] + u[i]},
)
"""Tensors over two axes, a label, a positive scalar; the forward does not matter."""

SQUARE = Layer("Square", inputs=(x[i], A[i, j]), forward={z[j]: sum_(A[j, i] * x[i], i)})
"""A linear map from an axis to itself: whatever is transposed fits."""

POOL = Layer("Pool", inputs=(B[n, k],), forward={z[n]: max_(B[n, k], k)})
"""The largest entry of each row."""

CHAIN = Layer("Chain", inputs=(x[i],), forward={a[i]: f(x[i]), z[i]: g(a[i])})
"""Unspecified functions, one in the other."""

GATE = Layer("Gate", inputs=(x[i], w[i]), forward={z[i]: x[i] * w[i] * exp(-x[i] * w[i])})
"""Two inputs that change places."""


@dataclass(frozen=True)
class FalseClaim:
    """A statement that is false, or true only because nothing in it is ever defined.

    ``vacuous`` marks the second sort: the normal form may find a residual of 0 there, the judge may not
    call it proven.
    """

    kind: str
    statement: Statement
    layer: Layer = PROBE
    vacuous: bool = False


def claims(kind: str, pairs: Iterable[tuple[Expr, Expr | int]], layer: Layer = PROBE) -> Iterator[FalseClaim]:
    """False equations of one kind. What builds them unevaluated must use them up before it stops doing so."""
    for left, right in pairs:
        yield FalseClaim(kind, Equal(left, Integer(right) if isinstance(right, int) else right), layer)


def indices(spec: str) -> tuple[Idx, ...]:
    """Indices as a document declares them, before it writes anything down."""
    with evaluate(True):
        return axes(spec)


def falling(size: Expr, count: int = 6) -> Expr:
    """size·(size - 1)·…: 0 at all sizes that are tried, so that only the proof can tell."""
    return Mul(*(size - lower for lower in range(count)))
