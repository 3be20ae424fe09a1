"""Layers and letters for false claims and true ones, and what a case is."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, Integer, Max, Rational, log

from derivations.layer import Equal, Layer, Statement
from derivations.layers import document_2_fully_connected as fc
from derivations.layers import document_2_last_layer as last
from derivations.notation import axes, labels, max_, size_of, sum_, tensors

n, m, i, q, j = axes("n:N m:N i:d q:d j:d'")
k, h, p = axes("k:K h:K p:K")
N, D, D_OUT, K = map(size_of, (n, i, j, k))
a, b, c, u, v, w, x, y, z, W, A, B = tensors("a b c u v w x y z W A B")
yhat, loss, logp = tensors("ŷ loss logp")
t = labels("t")
f, g, slope_f, slope_g = map(Function, ("f", "g", "f'", "g'"))
HALF = Rational(1, 2)

PRODUCT = Layer("Product", inputs=(x[k], w[k]), forward={z[k]: x[k] * w[k]})
PROBE = Layer("Probe", inputs=(A[k, h], u[k], v[k], w[k]), forward={z[k]: u[k] + v[k]})
POOL = Layer("Pool", inputs=(B[n, k],), forward={z[n]: max_(B[n, k], k)})
CHAIN = Layer("Chain", inputs=(x[k],), forward={a[k]: f(x[k]), b[k]: g(a[k]), z[k]: a[k] * b[k]})
NESTED = Layer(
    "Nested",
    inputs=(x[k],),
    forward={a[k]: x[k] * sum_(x[h], h), b[k]: a[k] * sum_(a[h] * x[k], h), z[k]: sum_(b[h] * a[k], h)},
)
RELU = Layer("ReLU", inputs=(x[k],), forward={z[k]: Max(x[k], 0)})
LOGARITHM = Layer("Logarithm", inputs=(x[k],), forward={z[k]: log(x[k])})
TERM = tensors("term_0")
TERM_AS_TARGET = Layer("TermAsTarget", inputs=(x[k],), target=TERM[k], forward={z[k]: (x[k] - TERM[k]) ** 2})
LAST, FC = last.DOCUMENT_2_LAST_LAYER, fc.DOCUMENT_2_FULLY_CONNECTED
UNITS = size_of(last.i)

Case = tuple[Layer, Statement, dict[str, Any]]


def equal(layer: Layer, left: Expr, right: Expr | int, **more: Any) -> Case:
    """An equation about a layer."""
    return layer, Equal(left, Integer(right) if isinstance(right, int) else right), more
