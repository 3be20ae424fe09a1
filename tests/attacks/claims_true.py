"""True claims: accepted, or at least not refuted."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Function, Integer, Max, Min, Rational, exp, log, sign, sqrt

from derivations.layer import All, Assumption, At, Defines, Equal, Matrices, Matrix, Product, Shape
from derivations.layers import document_2_last_layer as last
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.mse_loss import MSE
from derivations.layers.nll_loss import NLL
from derivations.layers.softmax import SOFTMAX
from derivations.layers.tanh import TANH
from derivations.notation import argmax_, d, delta, derivative, is_zero_at, jacobian, max_, positive, sum_, tensors
from tests.attacks.claim_cases import (
    CHAIN,
    D_OUT,
    LAST,
    LOGARITHM,
    NESTED,
    POOL,
    PROBE,
    PRODUCT,
    RELU,
    UNITS,
    A,
    B,
    Case,
    D,
    K,
    N,
    W,
    a,
    b,
    c,
    equal,
    f,
    g,
    h,
    i,
    j,
    k,
    logp,
    loss,
    m,
    n,
    p,
    q,
    slope_f,
    slope_g,
    t,
    u,
    v,
    w,
    x,
    y,
    yhat,
    z,
)


def true_claims() -> Iterator[Case]:
    """All of these are accepted."""
    e = a[n, i]
    two = At({K: 2})
    yield equal(PRODUCT, sum_(z[k], k), 20, at=At({K: 3}, {x[k]: k + 1, w[k]: k + 2}))
    yield equal(PRODUCT, z[1], 6, at=At({K: 3}, {x[k]: k + 1, w[k]: k + 2}))
    yield equal(PRODUCT, sum_(x[k], k), K, at=At({}, {x[k]: Integer(1)}))
    yield equal(PRODUCT, z[k], w[k], at=At({K: 2}, {x[k]: Integer(1)}))
    yield equal(PRODUCT, d(w)[k], d(z)[k], at=At({K: 2}, {x[k]: Integer(1)}))
    yield equal(PRODUCT, d(x)[k], 0, at=At({}, {w[k]: Integer(0)}))
    yield equal(PRODUCT, jacobian(z[k], w[h]), delta(k, h) * 3, at=At({K: 4}, {x[k]: Integer(3)}))
    yield equal(NLL, loss[n], -yhat[n, 2], at=At({K: 3}, {y[n, k]: delta(k, 2)}))
    yield equal(NLL, loss[n], 0, at=At({K: 3}, {y[n, k]: delta(k, 3)}))
    yield equal(NLL, jacobian(loss[n], yhat[n, k]), -delta(k, 2), at=At({K: 3}, {y[n, k]: delta(k, 2)}))
    yield equal(MSE, loss[n], 1, at=At({D: 2}, {yhat[n, i]: i + 1, y[n, i]: Integer(1)}))
    yield equal(MSE, jacobian(loss[n], yhat[n, 1]), 2, at=At({D: 2}, {yhat[n, i]: i + 1, y[n, i]: Integer(1)}))
    yield equal(TANH, z[n, i], Rational(1, 3), at=At({}, {a[n, i]: log(2) / 2}))
    yield equal(TANH, jacobian(z[n, i], e), 1, at=At({}, {a[n, i]: Integer(0)}))
    yield equal(RELU, jacobian(z[k], x[k]), 0, at=At({}, {x[k]: Integer(0)}))
    yield equal(PRODUCT, sum_(z[k], k), z[0] + z[1], at=two, general=Equal(sum_(z[k], k), sum_(z[h], h)))
    yield equal(PRODUCT, x[k], x[0], at=At({K: 1}), general=Equal(x[k], x[k]))
    yield equal(PRODUCT, sum_(delta(k, h), k), 1, at=two)
    yield equal(PRODUCT, z[k], x[k] * w[k], at=At({K: 1}))
    square = At({D: 2, D_OUT: 2})
    batch, weights = Matrix((n,), (j,), d(z)[n, j]), Matrix((j,), (i,), W[j, i])
    yield LINEAR, Product(batch, weights, Matrix((n,), (i,), d(x)[n, i])), {"at": square}
    yield LINEAR, Shape(Matrix((j,), (i,), d(W)[j, i]), (D_OUT, D)), {"at": square}
    yield LINEAR, Matrices(Matrix((j,), (i,), d(W)[j, i]), Matrix((j,), (q,), d(W)[j, q])), {"at": square}
    yield equal(LAST, sum_(last.by_a(last.i), last.i), 0, at=At({UNITS: 3}))
    yield equal(
        LAST,
        jacobian(last.out[0], last.a[1]),
        -last.out[0] * last.out[1],
        at=At({UNITS: 3}),
        general=Equal(
            jacobian(last.out[last.i], last.a[last.j]), last.out[last.i] * (delta(last.i, last.j) - last.out[last.j])
        ),
    )
    yield equal(
        LAST, last.by_a(last.i), 0, at=At({UNITS: 1}), general=Equal(sum_(last.by_a(last.i), last.i), Integer(0))
    )
    yield equal(TANH, derivative(exp(e) * e, e), exp(e) * (1 + e))
    yield equal(TANH, derivative(1 / e, e), -1 / e**2)
    yield equal(TANH, derivative(log(2 * e), e), 1 / e)
    yield equal(TANH, derivative(sqrt(e), e), 1 / (2 * sqrt(e)))
    yield equal(TANH, derivative(Abs(e), e), sign(e))
    yield equal(TANH, derivative(Max(e, 0), e), positive(e))
    yield equal(TANH, derivative(e, a[m, q]), delta(n, m) * delta(i, q))
    yield equal(TANH, derivative(a[n, 0] ** 2, e), 2 * a[n, 0] * delta(i, 0))
    yield equal(TANH, derivative(sum_(a[n, i] ** 2, i), e), 2 * e)
    yield equal(TANH, derivative(sum_(a[n, q], q) ** 2, e), 2 * sum_(a[n, q], q))
    yield equal(TANH, sum_(derivative(sum_(a[n, i] ** 2, i), a[n, i]), i), 2 * sum_(a[n, i], i))
    yield equal(TANH, derivative(e**2 * e**3, e), 5 * e**4)
    yield equal(TANH, derivative(max_(a[n, q], q), e), delta(i, argmax_(a[n, q], q)))
    yield equal(MSE, derivative(sum_((yhat[n, q] - y[n, q]) ** 2, q), yhat[n, i]), 2 * (yhat[n, i] - y[n, i]))
    yield equal(CROSS_ENTROPY, derivative(yhat[n, t[n]], yhat[n, k]), delta(k, t[n]))
    yield equal(
        CROSS_ENTROPY, derivative(logp[n, k], yhat[n, h]), delta(k, h) - exp(yhat[n, h]) / sum_(exp(yhat[n, p]), p)
    )
    yield equal(CHAIN, derivative(f(g(x[k])), x[k]), slope_f(g(x[k])) * slope_g(x[k]))
    yield equal(CHAIN, derivative(slope_f(x[k]), x[k]), Function("f''")(x[k]))
    yield equal(CHAIN, derivative(a[k] * x[k], x[k]), a[k] + x[k] * slope_f(x[k]))
    yield equal(CHAIN, derivative(a[k] * b[k], a[k]), b[k] + a[k] * slope_g(a[k]))
    yield equal(PRODUCT, derivative(x[0] * x[1], x[0]), x[1], at=two, general=Equal(x[k], x[k]))
    yield equal(CHAIN, d(x)[k], d(z)[k] * slope_f(x[k]) * (b[k] + a[k] * slope_g(a[k])))
    yield equal(NESTED, jacobian(a[k], x[h]), delta(k, h) * sum_(x[p], p) + x[k])
    yield equal(NESTED, sum_(x[k] * sum_(x[k], k), k), sum_(x[k], k) ** 2)
    yield equal(NESTED, sum_(jacobian(a[k], x[h]), h), sum_(x[h], h) + K * x[k])
    yield equal(NESTED, d(b)[k], sum_(d(z)[h] * a[h], h))
    yield PRODUCT, All((Equal(z[k], x[k] * w[k]), Defines(z[h], w[h] * x[h]))), {}
    given = {last.a[last.i]: last.u[last.i] - last.b[last.i]}
    yield equal(LAST, jacobian(last.E[last.e], last.b[last.i]), -last.by_a(last.i), declares=given)
    total = Assumption(sum_(y[n, k], k), 1, example={y[n, k]: delta(k, t[n])})
    yield equal(NLL, sum_(y[n, k], n, k), N, requires=(total,))
    r, s, o = u[k], v[k], w[k]
    yield equal(PROBE, is_zero_at(r - s) * r**2, is_zero_at(r - s) * s * r)
    yield equal(PROBE, is_zero_at(r + s) * (r**2 - s**2), 0)
    yield equal(PROBE, is_zero_at(r**2 - 1) * r**3, is_zero_at(r**2 - 1) * r)
    yield equal(PROBE, is_zero_at(r - s) * is_zero_at(s - o) * (r - o), 0)
    yield equal(PROBE, is_zero_at(r * s) * r**2 * s, 0)
    yield equal(PROBE, is_zero_at(r) / (s + r), is_zero_at(r) / s)
    yield equal(PROBE, is_zero_at(r) / (s - r), is_zero_at(r) / (s + r))
    yield equal(PROBE, is_zero_at(r - s) / (r + s), is_zero_at(r - s) / (2 * r))
    yield equal(PROBE, is_zero_at(r) * exp(r), is_zero_at(r))
    yield equal(PROBE, is_zero_at(sum_(u[h], h)) * sum_(u[h] * v[k], h), 0)
    yield equal(PROBE, sum_(is_zero_at(u[h]) * u[h] * v[h], h), 0)
    yield equal(PROBE, positive(r) * r / Abs(r), positive(r))
    yield equal(PROBE, Max(r, s) * is_zero_at(r - s), is_zero_at(r - s) * r)
    yield equal(PROBE, Min(r, s) + Max(r, s), r + s)
    yield equal(PROBE, is_zero_at(u[k] - u[h]) * (u[k] - u[h]) * A[k, h], 0)
    yield equal(POOL, z[n] * is_zero_at(B[n, k] - z[n]), B[n, k] * is_zero_at(B[n, k] - z[n]))
    yield equal(POOL, delta(0, argmax_(B[n, h], h)), 1, at=At({K: 2}, {B[n, k]: Integer(7)}))
    yield equal(NLL, d(yhat)[n, k], -delta(k, t[n]))
    yield equal(NLL, delta(t[n], t[m]) * yhat[n, t[n]], delta(t[n], t[m]) * yhat[n, t[m]])
    yield equal(SOFTMAX, tensors("p")[n, k] * sum_(tensors("p")[n, h], h), tensors("p")[n, k])
    yield equal(NLL, d(yhat)[n, 2], -1, at=At({K: 4}, {y[n, k]: delta(k, 2)}))
    yield equal(MSE, d(yhat)[n, i], 2, at=At({}, {y[n, i]: Integer(0), yhat[n, i]: Integer(1)}))
    yield equal(MSE, d(yhat)[n, i], 2 * d(loss)[n], at=At({}, {y[n, i]: Integer(0), yhat[n, i]: Integer(1)}))
    given = {last.o[last.i]: c[last.i]}
    yield equal(LAST, d(last.out)[last.i], last.out[last.i] - c[last.i], declares=given)
    yield equal(LAST, d(last.out)[last.i], (last.out[last.i] - c[last.i]) * d(last.E)[0], declares=given)
    yield equal(MSE, derivative(loss[n], yhat[n, i]), 2 * (yhat[n, i] - y[n, i]))
    yield equal(MSE, derivative(sum_(loss[m], m), yhat[n, i]), 2 * (yhat[n, i] - y[n, i]))
    yield equal(TANH, derivative(z[n, i] ** 2, a[n, i]), 2 * z[n, i] * (1 - z[n, i] ** 2))
    yield equal(NLL, sum_(delta(k, t[n]), k), 1)
    yield equal(PRODUCT, z[k], w[k] ** 2, at=At({K: 3}, {x[k]: w[k]}))
    yield equal(LOGARITHM, d(x)[k], d(z)[k] / x[k])
    yield equal(CROSS_ENTROPY, y[n, 0], Rational(1, 4), at=At({K: 4}, {y[n, k]: Rational(1, 4)}))
    yield equal(CROSS_ENTROPY, loss[n], -logp[n, 2], at=At({K: 4}, {y[n, k]: delta(k, 2)}))


def true_yet_open() -> Iterator[Case]:
    """True too, which the normal form does not show; none is refuted."""
    r, s, o = u[k], v[k], w[k]
    two = At({K: 2})
    yield equal(PRODUCT, z[k], x[k] * w[k], at=At({K: 0}))
    yield equal(PRODUCT, max_(x[k], k), Max(x[0], x[1]), at=two, general=Equal(max_(x[k], k), max_(x[h], h)))
    yield equal(CHAIN, f(Max(x[k], 0)), positive(x[k]) * f(x[k]) + (1 - positive(x[k])) * f(Integer(0)))
    yield equal(PROBE, is_zero_at(r - s) / (r - s), 0)
    yield equal(PROBE, positive(r - s) * positive(s - o) * positive(r - o), positive(r - s) * positive(s - o))
    yield equal(PROBE, exp(log(r)), Abs(r))
    yield equal(PROBE, sqrt(r) ** 2, Abs(r))
    yield equal(PROBE, r / Abs(r) * log(r), log(r))
    yield equal(POOL, max_(2 * B[n, h], h), 2 * z[n])
    yield equal(POOL, delta(1, argmax_(B[n, h], h)), 1, at=At({K: 2}, {B[n, k]: k + 0}))
    yield equal(PROBE, derivative(2 * log(u[k]), u[k]), 2 / Abs(u[k]))
    yield equal(PROBE, derivative(exp(log(u[k])), u[k]), sign(u[k]))
    yield equal(LOGARITHM, jacobian(z[k], x[k]), 1 / Abs(x[k]))
