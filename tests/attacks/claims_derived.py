"""False claims about derivatives of formulas, open functions, and steps that read steps."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Function, Max, cos, exp, log, sin, sqrt, tanh

from derivations.layer import At
from derivations.layers import document_2_fully_connected as fc
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.mse_loss import MSE
from derivations.layers.tanh import TANH
from derivations.notation import d, delta, derivative, is_zero_at, jacobian, max_, positive, size_of, sum_
from tests.attacks.claim_cases import (
    CHAIN,
    FC,
    LOGARITHM,
    NESTED,
    PROBE,
    PRODUCT,
    TERM,
    TERM_AS_TARGET,
    A,
    Case,
    D,
    K,
    a,
    b,
    equal,
    f,
    g,
    h,
    i,
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


def false_primes() -> Iterator[Case]:
    """Derivatives of formulas."""
    e = a[n, i]
    yield equal(TANH, derivative(exp(e) * e, e), exp(e))
    yield equal(TANH, derivative(exp(-e), e), exp(-e))
    yield equal(TANH, derivative(exp(-e), e), -exp(e))
    yield equal(TANH, derivative(exp(e**2), e), exp(e**2))
    yield equal(TANH, derivative(1 / e, e), 1 / e**2)
    yield equal(TANH, derivative(log(e), e), 1)
    yield equal(TANH, derivative(log(2 * e), e), 1 / (2 * e))
    yield equal(TANH, derivative(sqrt(e), e), 1 / sqrt(e))
    yield equal(TANH, derivative(tanh(e), e), 1 - tanh(e))
    yield equal(TANH, derivative(sin(e), e), -cos(e))
    yield equal(TANH, derivative(Abs(e), e), 1)
    yield equal(TANH, derivative(Abs(e), e), 2 * positive(e) - 1)
    yield equal(TANH, derivative(Max(e, 0), e), positive(e) + is_zero_at(e))
    yield equal(TANH, derivative(Max(e, 0), e), 1 - positive(-e))
    yield equal(TANH, derivative(e * positive(e), e), positive(e) + e)
    yield equal(TANH, derivative(is_zero_at(e), e), 1)
    yield equal(TANH, derivative(e, a[m, i]), 1)
    yield equal(TANH, derivative(e, a[m, i]), 0)
    yield equal(TANH, derivative(e, a[n, q]), 1)
    yield equal(TANH, derivative(a[n, q], e), 0)
    yield equal(TANH, derivative(a[n, 0] * e, e), a[n, 0])
    yield equal(TANH, derivative(a[n, 0] ** 2, e), 2 * a[n, 0])
    yield equal(TANH, derivative(sum_(a[n, i] ** 2, i), e), 0)
    yield equal(TANH, derivative(sum_(a[n, q] ** 2, q), e), 2 * sum_(a[n, q], q))
    yield equal(TANH, derivative(sum_(a[n, q], q), e), size_of(q))
    yield equal(TANH, derivative(sum_(a[m, q] * a[n, i], m, q), e), sum_(a[m, q], m, q))
    yield equal(TANH, derivative(sum_(a[n, q], q) ** 2, e), 2 * e)
    yield equal(TANH, sum_(derivative(a[n, i] ** 2, a[n, i]), i), sum_(a[n, i], i))
    yield equal(TANH, sum_(derivative(sum_(a[n, i] ** 2, i), a[n, i]), i), 2 * D * sum_(a[n, i], i))
    yield equal(TANH, derivative(e**2, e) * derivative(e**3, e), derivative(e**5, e))
    yield equal(TANH, derivative(e**2 * e**3, e), derivative(e**2, e) * derivative(e**3, e))
    yield equal(TANH, derivative(exp(e) / e, e), exp(e))
    yield equal(TANH, derivative(e, e), jacobian(z[n, i], a[n, i]))
    yield equal(TANH, derivative(max_(a[n, q], q), e), is_zero_at(e - max_(a[n, q], q)))
    yield equal(TANH, derivative(max_(a[n, q], q), e), 1)
    yield equal(MSE, derivative((yhat[n, i] - y[n, i]) ** 2, yhat[n, i]), -2 * (yhat[n, i] - y[n, i]))
    yield equal(MSE, derivative(sum_((yhat[n, q] - y[n, q]) ** 2, q), yhat[n, i]), 2 * sum_(yhat[n, q] - y[n, q], q))
    yield equal(MSE, derivative(yhat[n, i] * y[n, i], yhat[n, i]), yhat[n, i])
    yield equal(CROSS_ENTROPY, derivative(yhat[n, t[n]], yhat[n, k]), 1)
    yield equal(CROSS_ENTROPY, derivative(yhat[n, t[n]], yhat[m, k]), delta(k, t[n]))
    yield equal(CROSS_ENTROPY, derivative(logp[n, k], yhat[n, k]), 1)
    yield equal(CROSS_ENTROPY, derivative(-logp[n, k], logp[n, h]), -1)
    yield equal(CHAIN, derivative(f(x[k]), x[k]), slope_g(x[k]))
    yield equal(CHAIN, derivative(f(2 * x[k]), x[k]), slope_f(2 * x[k]))
    yield equal(CHAIN, derivative(f(x[k]) * g(x[k]), x[k]), slope_f(x[k]) * slope_g(x[k]))
    yield equal(CHAIN, derivative(f(g(x[k])), x[k]), slope_f(x[k]) * slope_g(x[k]))
    yield equal(CHAIN, derivative(f(x[h]), x[k]), slope_f(x[k]))
    yield equal(CHAIN, derivative(slope_f(x[k]), x[k]), slope_f(x[k]))
    yield equal(CHAIN, derivative(a[k] * x[k], x[k]), a[k])
    yield equal(CHAIN, derivative(a[k] * b[k], a[k]), b[k])
    yield equal(CHAIN, derivative(b[k], x[k]), slope_g(a[k]))
    yield equal(PRODUCT, derivative(x[0] * x[1], x[0]), x[0], at=At({K: 2}))
    yield equal(PRODUCT, derivative(x[k] ** 2, x[k]), 2 * x[0], at=At({K: 2}))
    yield equal(PRODUCT, derivative(x[k] ** 2, x[k]), 2, at=At({K: 2}, {x[k]: k + 0}))
    # The step made of a derivative would have a name that the claim, or the target, has too.
    yield equal(TANH, derivative(exp(e), e), TERM[n, i])
    yield equal(TERM_AS_TARGET, derivative(exp(x[k]), x[k]), TERM[k])
    # The output is read, and differentiated.
    yield equal(MSE, derivative(loss[n], yhat[n, i]), 0)
    yield equal(TANH, derivative(z[n, i] ** 2, e), 0)
    yield equal(TANH, derivative(z[n, i] ** 2, e), 2 * z[n, i])
    # False where both sides have a value.
    yield equal(LOGARITHM, jacobian(z[k], x[k]), -1 / Abs(x[k]))
    yield equal(LOGARITHM, d(x)[k], 2 * d(z)[k] / x[k])
    yield equal(TANH, derivative(2 * log(e), e), 1 / Abs(e))
    # False beside the tie.
    yield equal(TANH, derivative(Max(e, 2 * e), e), 2)
    yield equal(TANH, derivative(Max(e, 2 * e), e), 1 - positive(e))


def false_functions() -> Iterator[Case]:
    """Functions that are left open, and their slopes."""
    yield equal(CHAIN, d(x)[k], d(z)[k] * slope_f(x[k]) * (b[k] + a[k] * slope_g(x[k])))
    yield equal(CHAIN, d(x)[k], d(z)[k] * slope_f(x[k]) * b[k])
    yield equal(CHAIN, d(a)[k], d(z)[k] * b[k])
    yield equal(CHAIN, d(a)[k], d(z)[k] * (b[k] + slope_g(a[k])))
    yield equal(CHAIN, d(b)[k], d(z)[k] * slope_g(a[k]))
    yield equal(CHAIN, jacobian(b[k], x[h]), slope_g(a[k]) * slope_f(x[k]))
    yield equal(CHAIN, slope_f(x[k]) * x[k], 2 * f(x[k]))
    yield equal(CHAIN, slope_g(x[k]), 2 * x[k] + 1)
    yield equal(CHAIN, f(x[k]), x[k] ** 2)
    yield equal(CHAIN, Function("f''")(x[k]), 2)
    yield equal(CHAIN, Function("f'''")(x[k]), 0)
    yield equal(CHAIN, f(x[k]) - g(x[k]), -x[k])
    yield equal(CHAIN, f(Abs(x[k])), f(x[k]))
    yield equal(CHAIN, f(Max(x[k], 0)), positive(x[k]) * f(x[k]))
    yield equal(CHAIN, f(x[k]) * is_zero_at(x[k]), 0)
    yield equal(CHAIN, slope_f(x[k]) * is_zero_at(x[k]), 0)
    yield equal(CHAIN, f(x[k]) * is_zero_at(x[k] - 1), f(x[k]))
    yield equal(CHAIN, f(x[k]) * is_zero_at(f(x[k]) - 1), f(x[k]))
    yield equal(FC, d(fc.a)[fc.i], slope_f(fc.a[fc.i]) * sum_(d(fc.out)[fc.j] * fc.w[fc.i, fc.j], fc.j))
    yield equal(FC, d(fc.c)[fc.j], d(fc.out)[fc.j] * slope_g(fc.out[fc.j]))
    yield equal(FC, d(fc.c)[fc.j], d(fc.out)[fc.j] * slope_f(fc.c[fc.j]))
    yield equal(FC, d(fc.w)[fc.i, fc.j], d(fc.c)[fc.j] * fc.a[fc.i], at=fc.SIZES)
    yield equal(FC, d(fc.w)[0, 1], d(fc.c)[0] * fc.inner[1], at=fc.SIZES)
    yield equal(FC, d(fc.bias)[fc.j], d(fc.out)[fc.j])
    yield equal(FC, d(fc.a)[0], fc.through(0), at=fc.SIZES)


def false_chains() -> Iterator[Case]:
    """Steps that read steps, sums that share the names of their indices."""
    whole = sum_(x[h], h)
    yield equal(NESTED, a[k], sum_(x[h] * x[h], h))
    yield equal(NESTED, sum_(a[k], k), sum_(x[k] ** 2, k))
    yield equal(NESTED, b[k], a[k] * x[k] * whole)
    yield equal(NESTED, jacobian(a[k], x[k]), whole)
    yield equal(NESTED, jacobian(a[k], x[h]), delta(k, h) * whole)
    yield equal(NESTED, jacobian(a[k], x[h]), x[k])
    yield equal(NESTED, jacobian(z[k], b[h]), delta(k, h) * a[k])
    yield equal(NESTED, jacobian(z[k], a[h]), sum_(b[h], h))
    yield equal(NESTED, sum_(jacobian(a[k], x[h]), h), whole + x[k])
    yield equal(NESTED, sum_(jacobian(a[h], x[h]), h), whole + x[k])
    yield equal(NESTED, sum_(sum_(x[k] * x[k], k) * x[k], k), sum_(x[k] ** 3, k))
    yield equal(NESTED, sum_(x[k] * sum_(x[k], k), k), sum_(x[k] * x[k], k))
    yield equal(NESTED, sum_(x[k] * sum_(x[h], h), k), sum_(x[k] * x[k], k))
    yield equal(NESTED, sum_(x[k] * max_(x[k], k), k), sum_(x[k] ** 2, k))
    yield equal(NESTED, sum_(x[k] * sum_(x[k], k), k), sum_(x[k] ** 2, k), at=At({K: 2}))
    yield equal(NESTED, d(b)[k], d(z)[k] * a[k])
    yield equal(NESTED, d(b)[k], sum_(d(z)[h] * a[k], h))
    yield equal(NESTED, derivative(a[k] * whole, x[k]), (whole + x[k]) * whole)
    inner, first = sum_(u[k] * v[h], k), sum_(u[h] * v[k], h)
    yield equal(PROBE, inner, first)
    yield equal(PROBE, sum_(inner * w[h], h), sum_(u[h] * v[h] * w[h], h))
    yield equal(PROBE, A[k, h], A[h, k])
    yield equal(PROBE, sum_(A[k, h] * u[h], h), sum_(A[h, k] * u[h], h))
    yield equal(PROBE, sum_(A[k, h] * A[h, p], h), sum_(A[k, h] * A[p, h], h))
