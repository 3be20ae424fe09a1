"""Statements about small layers: false ones, each of another kind, and true ones. No verdict is made here."""

from __future__ import annotations

from sympy import Abs, Expr, Function, Integer, Max, Rational, exp, sqrt, tanh

from derivations.layer import (
    Equal,
    Layer,
    Matrices,
    Matrix,
    Product,
    Shape,
    Statement,
)
from derivations.layers.bce_loss import BCE
from derivations.layers.bce_with_logits_loss import BCE_WITH_LOGITS
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.rbf import RBF
from derivations.notation import (
    argmax_,
    axes,
    d,
    delta,
    is_zero_at,
    jacobian,
    labels,
    max_,
    positive,
    scalars,
    size_of,
    sum_,
    tensors,
)

n, m, i, h, j, q = axes("n:N m:N i:d h:d j:d' q:d'")
x, W, b, z, y, yhat, loss, a, c, dist, p, u = tensors("x W b z y ŷ loss a c q p u")
k, f, g, big_j = axes("k:K f:K g:K j:J")
t = labels("t")
s = scalars("s")
N, D, D_OUT, K = size_of(n), size_of(i), size_of(j), size_of(k)
fun = Function("f")
SOFTMAX = exp(yhat[n, k]) / sum_(exp(yhat[n, f]), f)

SQUARE = Layer("Square", inputs=(x[n, i],), forward={z[n, i]: x[n, i] ** 2})
RELU = Layer("ReLU", inputs=(x[n, i],), forward={z[n, i]: Max(x[n, i], 0)})
TANH = Layer("TanH", inputs=(x[n, i],), forward={z[n, i]: tanh(x[n, i])})
SOFT = Layer("Softmax", inputs=(x[n, k],), forward={p[n, k]: exp(x[n, k]) / sum_(exp(x[n, f]), f)})
LARGEST = Layer("Largest", inputs=(x[n, k],), forward={z[n]: max_(x[n, k], k)})
APPLY = Layer("Apply", inputs=(x[n, i],), forward={z[n, i]: fun(x[n, i])})
MEAN = Layer("Mean", inputs=(x[n, k],), forward={z[n]: sum_(x[n, k], k) / K})


def row(entry: Expr) -> Matrix:
    """N × d, entry at (n, i)."""
    return Matrix((n,), (i,), entry)


FALSE: dict[str, tuple[Layer, Statement]] = {
    # linear maps: transposed, wrong index, lost sum, sign, factor
    "delta: sign": (LINEAR, Equal(d(x)[n, i], -sum_(d(z)[n, j] * W[j, i], j))),
    "delta: no sum": (LINEAR, Equal(d(x)[n, i], d(z)[n, j] * W[j, i])),
    "delta: factor": (LINEAR, Equal(d(x)[n, i], 2 * sum_(d(z)[n, j] * W[j, i], j))),
    "delta: off by 1e-6": (LINEAR, Equal(d(x)[n, i], (1 + Rational(1, 10**6)) * sum_(d(z)[n, j] * W[j, i], j))),
    "delta: other example": (LINEAR, Equal(d(x)[n, i], sum_(d(z)[m, j] * W[j, i], j))),
    "delta: summed over examples": (LINEAR, Equal(d(x)[n, i], sum_(d(z)[m, j] * W[j, i], j, m))),
    "weights: no sum over examples": (LINEAR, Equal(d(W)[j, i], d(z)[n, j] * x[n, i])),
    "weights: mean": (LINEAR, Equal(d(W)[j, i], sum_(d(z)[n, j] * x[n, i], n) / N)),
    "weights: wrong output": (LINEAR, Equal(d(W)[j, i], sum_(d(z)[n, q] * x[n, i], n))),
    "weights: two sums": (LINEAR, Equal(d(W)[j, i], sum_(d(z)[n, j] * x[m, i], n, m))),
    "bias: no sum": (LINEAR, Equal(d(b)[j], d(z)[n, j])),
    "bias: read twice": (LINEAR, Equal(z[n, j], sum_(x[n, i] * W[j, i], i) + 2 * b[j])),
    "forward: no bias, but named": (LINEAR, Equal(z[n, j] - b[j], sum_(x[n, i] * W[j, i], i) + b[j])),
    "forward: bias summed": (LINEAR, Equal(z[n, j], sum_(x[n, i] * W[j, i] + b[j], i))),
    "jacobian: no delta": (LINEAR, Equal(jacobian(z[n, j], W[q, i]), x[n, i])),
    "jacobian: other example": (LINEAR, Equal(jacobian(z[n, j], x[m, i]), W[j, i])),
    "jacobian: sum captured": (LINEAR, Equal(jacobian(z[n, j], x[m, i]), delta(n, m) * sum_(W[j, i], j))),
    "jacobian: diagonal only": (LINEAR, Equal(jacobian(z[n, j], W[q, i]), delta(j, q) * x[n, h])),
    "gradient is zero": (LINEAR, Equal(d(x)[n, i], Integer(0))),
    "given delta is one": (LINEAR, Equal(d(z)[n, j], Integer(1))),
    # matrices, products, shapes
    "columns counted the other way": (
        LINEAR,
        Matrices(Matrix((q,), (j, i), jacobian(z[n, q], W[j, i])), Matrix((q,), (i, j), jacobian(z[n, q], W[j, i]))),
    ),
    "transposed": (LINEAR, Matrices(Matrix((j,), (i,), W[j, i]), Matrix((i,), (j,), W[j, i]))),
    "square, transposed": (SQUARE, Matrices(Matrix((n,), (m,), u[n, m]), Matrix((m,), (n,), u[n, m]))),
    "product does not exist": (
        LINEAR,
        Product(Matrix((n,), (j,), d(z)[n, j]), Matrix((i,), (j,), W[j, i]), row(d(x)[n, i])),
    ),
    "product of square ones, wrong side": (
        SQUARE,
        Product(Matrix((n,), (m,), u[n, m]), Matrix((n,), (m,), u[n, m]), Matrix((n,), (m,), u[n, m] ** 2)),
    ),
    "product counted the other way": (
        LINEAR,
        Product(
            Matrix((n,), (i, j), x[n, i] * d(z)[n, j]),
            Matrix((j, i), (m,), x[m, i] * d(z)[m, j]),
            Matrix((n,), (m,), sum_(x[n, i] * x[m, i], i) * sum_(d(z)[n, j] * d(z)[m, j], j)),
        ),
    ),
    "result transposed": (
        LINEAR,
        Product(Matrix((j,), (n,), d(z)[n, j]), row(x[n, i]), Matrix((i,), (j,), d(W)[j, i])),
    ),
    "shape swapped": (LINEAR, Shape(row(x[n, i]), (D, N))),
    "shape of a column": (LINEAR, Shape(Matrix((j,), (i,), W[j, i]), (D * D_OUT, Integer(1)))),
    # squares, ratios, functions
    "power rule": (SQUARE, Equal(d(x)[n, i], x[n, i] * d(z)[n, i])),
    "root of a square": (SQUARE, Equal(sqrt(z[n, i]), x[n, i])),
    "modulus": (SQUARE, Equal(Abs(x[n, i]), x[n, i])),
    "square of a sum": (SQUARE, Equal(sum_(x[n, i], i) ** 2, sum_(x[n, i] ** 2, i))),
    "sum of a product": (SQUARE, Equal(sum_(x[n, i] * x[m, i], i), sum_(x[n, i], i) * sum_(x[m, i], i))),
    "tanh: 1 - tanh": (TANH, Equal(d(x)[n, i], d(z)[n, i] * (1 - tanh(x[n, i])))),
    "tanh: at its output": (TANH, Equal(d(x)[n, i], d(z)[n, i] * (1 - tanh(z[n, i]) ** 2))),
    "any f is linear": (APPLY, Equal(fun(x[n, i] + x[m, i]), fun(x[n, i]) + fun(x[m, i]))),
    "f for f'": (APPLY, Equal(d(x)[n, i], d(z)[n, i] * fun(x[n, i]))),
    "mean: 1/N for 1/K": (MEAN, Equal(d(x)[n, k], d(z)[n] / N)),
    # softmax and cross-entropy
    "softmax: diagonal only": (SOFT, Equal(d(x)[n, k], d(p)[n, k] * p[n, k] * (1 - p[n, k]))),
    "softmax: its jacobian's sign": (SOFT, Equal(jacobian(p[n, k], x[n, f]), p[n, k] * (p[n, f] - delta(k, f)))),
    "softmax: e^k": (SOFT, Equal(p[n, k], exp(x[n, k]) / sum_(exp(f), f))),
    "cross-entropy: mean": (CROSS_ENTROPY, Equal(d(yhat)[n, k], (SOFTMAX - y[n, k]) / N)),
    "cross-entropy: sign": (CROSS_ENTROPY, Equal(d(yhat)[n, k], y[n, k] - SOFTMAX)),
    "cross-entropy: everywhere as at the class": (CROSS_ENTROPY, Equal(d(yhat)[n, k] - d(yhat)[n, t[n]], SOFTMAX)),
    "cross-entropy: -1 at every class": (
        CROSS_ENTROPY,
        Equal(d(yhat)[n, k] + delta(k, t[n]) - delta(k, t[n]), -1 + SOFTMAX),
    ),
    "cross-entropy: label of another example": (CROSS_ENTROPY, Equal(loss[n], loss[n] + yhat[n, t[n]] - yhat[n, t[m]])),
    "assumption for one class only": (CROSS_ENTROPY, Equal(y[n, k] * K, Integer(1))),
    "bce: sign": (BCE, Equal(d(yhat)[n, i], y[n, i] / yhat[n, i] + (1 - y[n, i]) / (1 - yhat[n, i]))),
    "bce with logits: ŷ - y the other way": (BCE_WITH_LOGITS, Equal(d(a)[n, i], y[n, i] - yhat[n, i])),
    "rbf: squared scale": (RBF, Equal(d(dist)[n, big_j], -d(z)[n, big_j] * z[n, big_j] / (2 * s))),
    # kinks and ties, where only single points tell
    "relu: one at the kink": (RELU, Equal(d(x)[n, i], d(z)[n, i] * (1 - positive(-x[n, i])))),
    "relu: half at the kink": (
        RELU,
        Equal(d(x)[n, i], d(z)[n, i] * (positive(x[n, i]) + is_zero_at(x[n, i]) / 2)),
    ),
    "maximum: every place that ties": (LARGEST, Equal(d(x)[n, k], d(z)[n] * is_zero_at(x[n, k] - z[n]))),
    "maximum: some fixed place": (LARGEST, Equal(z[n], x[n, k])),
    # true at the smallest sizes only
    "true for one class": (SOFT, Equal(p[n, k], Integer(1))),
    "true for d = 1": (LINEAR, Equal(z[n, j] - b[j], W[j, i] * x[n, i])),
    "true for d ≤ 2": (SQUARE, Equal(D * (D - 1) * (D - 2), Integer(0))),
    "false on an empty axis only": (SQUARE, Equal(delta(D, 0), Integer(0))),
}


TRUE: dict[str, tuple[Layer, Statement]] = {
    "bias": (LINEAR, Equal(d(b)[j], sum_(d(z)[n, j], n))),
    "jacobian of the weights": (LINEAR, Equal(jacobian(z[n, j], W[q, i]), delta(j, q) * x[n, i])),
    "jacobian across examples": (LINEAR, Equal(jacobian(z[n, j], x[m, i]), delta(n, m) * W[j, i])),
    "relu, 0 at the kink": (RELU, Equal(d(x)[n, i], d(z)[n, i] * positive(x[n, i]))),
    "maximum, the first that ties": (LARGEST, Equal(d(x)[n, k], d(z)[n] * delta(k, argmax_(x[n, f], f)))),
    "softmax": (
        SOFT,
        Equal(d(x)[n, k], p[n, k] * (d(p)[n, k] - sum_(d(p)[n, f] * p[n, f], f))),
    ),
    "softmax, its jacobian": (SOFT, Equal(jacobian(p[n, k], x[n, f]), p[n, k] * (delta(k, f) - p[n, f]))),
    "an unspecified function": (APPLY, Equal(d(x)[n, i], d(z)[n, i] * Function("f'")(x[n, i]))),
    "logits": (BCE_WITH_LOGITS, Equal(d(a)[n, i], yhat[n, i] - y[n, i])),
    "the loss's own gradient": (CROSS_ENTROPY, Equal(d(loss)[n], Integer(1))),
    "a condition": (RBF, Equal(sqrt(s**2), s)),
    "product": (
        LINEAR,
        Product(row(x[n, i]), Matrix((i,), (j,), W[j, i]), Matrix((n,), (j,), z[n, j] - b[j])),
    ),
    "names of rows and columns do not matter": (
        SQUARE,
        Matrices(Matrix((n,), (m,), u[n, m]), Matrix((m,), (n,), u[m, n])),
    ),
}
