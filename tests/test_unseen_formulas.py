"""Formulas that the project has never seen, given by their forward alone: derived, proven, emitted, read back, run."""

from __future__ import annotations

import pytest
from sympy import Max, Rational, atan, cosh, exp, log, sqrt, tanh

from derivations.layer import Hyperparameter, Layer
from derivations.notation import axes, max_, positive, scalars, size_of, sum_, tensors
from tests.unseen import check_built

n, i, j, k, m = axes("n:N i:d j:C k:K m:M")
f, q, i3, n2, m2 = axes("f:K q:d i3:e n2:N m2:M")
b_, h = axes("β:B h:H")
x, u, v, w, W, U, V, A, G, b = tensors("x u v w W U V A G b")
a, c, p, r, s, z, mean, variance = tensors("a c p r s z mean variance")
Q, K, y, yhat, loss = tensors("Q K y ŷ loss")
eps, T = scalars("eps T")
d = size_of(i)
EPS = (Hyperparameter(eps, 1e-3, conditions=(eps > 0,), safe=(1e-8, 1)),)
TEMPERATURE = (Hyperparameter(T, 2.0, conditions=(T > 0,), safe=(0.01, 100)),)
X, LOGITS, ENTRIES = (x[n, i],), (a[n, k],), (a[n, i],)
E = a[n, i]
NORMAL = {
    mean[n]: sum_(x[n, i], i) / d,
    variance[n]: sum_((x[n, i] - mean[n]) ** 2, i) / d,
}


def softmax(out, logits):
    return {out[n, k]: exp(logits[n, k]) / sum_(exp(logits[n, f]), f)}


NAMED = [
    Layer("SquareLinear", inputs=X, parameters=(W[j, i],), forward={z[n, j]: sum_(x[n, i] ** 2 * W[j, i], i)}),
    Layer("Softplus", inputs=ENTRIES, forward={z[n, i]: log(1 + exp(E))}),
    Layer(
        "Bilinear",
        inputs=(x[n, i], u[n, i3]),
        parameters=(A[j, i, i3],),
        forward={z[n, j]: sum_(x[n, i] * A[j, i, i3] * u[n, i3], i, i3)},
    ),
    Layer(
        "LayerNorm",
        inputs=X,
        hyperparameters=EPS,
        forward={**NORMAL, z[n, i]: (x[n, i] - mean[n]) / sqrt(variance[n] + eps)},
    ),
    Layer(
        "Attention",
        inputs=(Q[n, i], K[m, i], V[m, j]),
        forward={
            s[n, m]: sum_(Q[n, i] * K[m, i], i) / sqrt(d),
            A[n, m]: exp(s[n, m]) / sum_(exp(s[n, m2]), m2),
            z[n, j]: sum_(A[n, m] * V[m, j], m),
        },
    ),
    Layer("LogCosh", inputs=ENTRIES, forward={z[n, i]: log(cosh(E))}),
    Layer(
        "KLOfSoftmaxes",
        inputs=(a[n, k], c[n, k]),
        forward={**softmax(p, a), **softmax(r, c), z[n]: sum_(p[n, k] * (log(p[n, k]) - log(r[n, k])), k)},
    ),
    Layer(
        "GatedUnit",
        inputs=X,
        parameters=(W[j, i], V[j, i]),
        forward={z[n, j]: sum_(x[n, i] * W[j, i], i) / (1 + exp(-sum_(x[n, q] * V[j, q], q)))},
    ),
    Layer("MaximumOverAnAxis", inputs=X, forward={z[n]: max_(x[n, i], i)}),
    Layer("LogMeanExp", inputs=X, forward={z[n]: log(sum_(exp(x[n, i]), i) / d)}),
]
OTHERS = [
    Layer("SiLU", inputs=ENTRIES, forward={z[n, i]: E / (1 + exp(-E))}),
    Layer("Mish", inputs=ENTRIES, forward={z[n, i]: E * tanh(log(1 + exp(E)))}),
    Layer("ELU", inputs=ENTRIES, forward={z[n, i]: positive(E) * E + (1 - positive(E)) * (exp(E) - 1)}),
    Layer("Arctan", inputs=ENTRIES, forward={z[n, i]: atan(E)}),
    Layer("SoftmaxAtATemperature", inputs=LOGITS, hyperparameters=TEMPERATURE, forward={
        p[n, k]: exp(a[n, k] / T) / sum_(exp(a[n, f] / T), f),
    }),
    Layer("SoftmaxOverAll", inputs=LOGITS, forward={p[n, k]: exp(a[n, k]) / sum_(exp(a[n2, f]), n2, f)}),
    Layer("Entropy", inputs=LOGITS, forward={**softmax(p, a), z[n]: -sum_(p[n, k] * log(p[n, k]), k)}),
    Layer("BatchNorm", inputs=X, parameters=(G[i], b[i]), hyperparameters=EPS, forward={
        mean[i]: sum_(x[n, i], n) / size_of(n),
        variance[i]: sum_((x[n, i] - mean[i]) ** 2, n) / size_of(n),
        z[n, i]: G[i] * (x[n, i] - mean[i]) / sqrt(variance[i] + eps) + b[i],
    }),
    Layer("RMSNorm", inputs=X, parameters=(G[i],), hyperparameters=EPS, forward={
        z[n, i]: G[i] * x[n, i] / sqrt(sum_(x[n, q] ** 2, q) / d + eps),
    }),
    Layer("BatchedProduct", inputs=(A[b_, i, k], V[b_, k, j]), forward={
        z[b_, i, j]: sum_(A[b_, i, k] * V[b_, k, j], k),
    }),
    Layer("FactorizationMachine", inputs=X, parameters=(V[i, k],), forward={
        z[n]: Rational(1, 2) * (sum_(sum_(x[n, i] * V[i, k], i) ** 2, k) - sum_(x[n, q] ** 2 * V[q, f] ** 2, q, f)),
    }),
    Layer("Maxout", inputs=X, parameters=(W[j, k, i],), forward={
        s[n, j, k]: sum_(x[n, i] * W[j, k, i], i), z[n, j]: max_(s[n, j, k], k),
    }),
    Layer("AdditiveAttention", inputs=(Q[n, i], K[m, i3]), parameters=(W[h, i], U[h, i3], w[h]), forward={
        s[n, m]: sum_(w[h] * tanh(sum_(W[h, i] * Q[n, i], i) + sum_(U[h, i3] * K[m, i3], i3)), h),
    }),
    Layer("PoissonLoss", inputs=(a[n, k],), target=y[n, k], forward={
        loss[n]: sum_(exp(a[n, k]) - y[n, k] * a[n, k], k),
    }),
    Layer("SquaredHinge", inputs=(yhat[n, k],), target=y[n, k], forward={
        loss[n]: sum_(Max(0, 1 - y[n, k] * yhat[n, k]) ** 2, k),
    }),
]  # fmt: skip
BY_NAME = {one.name: one for one in (*NAMED, *OTHERS)}
ROUNDED = ("LogCosh",)
"""log 2 is rounded to float64, whatever the arrays are."""
PRODUCTS = ("np.dot(", "np.matmul(", "np.tensordot(")
WITH_PRODUCTS = (
    *("SquareLinear", "Bilinear", "Attention", "GatedUnit", "BatchedProduct", "FactorizationMachine", "Maxout"),
    "AdditiveAttention",
)


@pytest.mark.parametrize("name", BY_NAME)
def test_is_built_and_right(name):
    text = check_built(BY_NAME[name], rounded=name in ROUNDED)
    assert any(product in text for product in PRODUCTS) == (name in WITH_PRODUCTS)
