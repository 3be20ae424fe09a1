"""False claims about Jacobians and gradients of layers."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Function, exp, log

from derivations.layers.bce_with_logits_loss import BCE_WITH_LOGITS
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.rbf import RBF
from derivations.notation import argmax_, as_written, d, delta, is_zero_at, jacobian, sum_, tensors
from tests.attacks.false_claim import (
    CHAIN,
    GATE,
    POOL,
    SQUARE,
    A,
    B,
    FalseClaim,
    N,
    claims,
    h,
    i,
    indices,
    j,
    k,
    m,
    n,
    t,
    w,
    x,
    z,
)

y, yhat, loss = tensors("y ŷ loss")


def false_gradients() -> tuple[FalseClaim, ...]:
    """All of this file."""
    with as_written():
        return (
            *claims("jacobians", _jacobians(), SQUARE),
            *claims("gradients", _of_linear(), LINEAR),
            *claims("gradients", _of_rbf(), RBF),
            *claims("gradients", _of_cross_entropy(), CROSS_ENTROPY),
            *claims("gradients", _of_bce(), BCE_WITH_LOGITS),
            *claims("gradients", _of_pool(), POOL),
            *claims("gradients", _of_chain(), CHAIN),
            *claims("gradients", _of_gate(), GATE),
        )


def _jacobians() -> Iterator[tuple[Expr, Expr | int]]:
    """z[j] = Σ_i A[j, i]·x[i], with i and j on one axis."""
    yield jacobian(z[j], x[i]), A[i, j]
    yield jacobian(z[j], x[i]), jacobian(z[i], x[j])
    yield jacobian(z[j], x[i]), A[j, i] * x[i]
    yield jacobian(z[j], x[j]), A[j, i]
    yield jacobian(z[j], A[k, i]), x[i]
    yield jacobian(z[j], A[k, i]), delta(i, k) * x[j]
    yield jacobian(z[j], A[j, i]), delta(i, j) * x[i]
    yield sum_(jacobian(z[j], x[i]), j), sum_(A[j, i], i)
    yield d(x)[i], sum_(d(z)[j] * A[i, j], j)
    yield d(x)[i], sum_(d(z)[i] * A[j, i], j)
    yield d(A)[j, i], d(z)[i] * x[j]
    yield d(A)[j, i], d(A)[i, j]
    yield jacobian(z[j], z[i]), 1


def _of_linear() -> Iterator[tuple[Expr, Expr | int]]:
    n, i, j, m, h = indices("n:N i:d j:d' m:N h:d'")
    x, W, b, z = tensors("x W b z")
    yield jacobian(z[m, j], x[n, i]), W[j, i]
    yield jacobian(z[n, j], W[h, i]), x[n, i]
    yield jacobian(z[n, j], b[h]), 1
    yield d(x)[n, i], -sum_(d(z)[n, j] * W[j, i], j)
    yield d(x)[n, i], sum_(d(z)[n, j] * W[j, i], j) / N
    yield d(W)[j, i], d(z)[n, j] * x[n, i]
    yield d(W)[j, i], sum_(d(z)[n, j], n) * sum_(x[n, i], n)
    yield d(b)[j], d(z)[n, j]
    yield d(b)[j], sum_(d(z)[n, h], n, h)


def _of_rbf() -> Iterator[tuple[Expr, Expr | int]]:
    n, i, j = indices("n:N i:d j:J")
    x, c, z = tensors("x c z")
    s = RBF.hyperparameters[0].symbol
    pull = sum_(d(z)[n, j] * z[n, j] * (c[j, i] - x[n, i]), j)
    yield d(x)[n, i], pull
    yield d(x)[n, i], -pull / s**2
    yield d(x)[n, i], pull / (2 * s**2)
    yield d(x)[n, i], pull / s
    yield d(c)[j, i], sum_(d(z)[n, j] * z[n, j] * (c[j, i] - x[n, i]), n) / s**2
    yield z[n, j], exp(-sum_((x[n, i] - c[j, i]) ** 2, i) / s**2)


def _of_cross_entropy() -> Iterator[tuple[Expr, Expr | int]]:
    softmax = exp(yhat[n, k]) / sum_(exp(yhat[n, h]), h)
    yield d(yhat)[n, k], softmax
    yield d(yhat)[n, k], y[n, k] - softmax
    yield d(yhat)[n, k], exp(yhat[n, k]) / sum_(exp(yhat[m, k]), m) - y[n, k]
    yield d(yhat)[n, k], softmax - delta(k, t[m])
    yield loss[n], -sum_(y[n, k] * log(yhat[n, k]), k)


def _of_bce() -> Iterator[tuple[Expr, Expr | int]]:
    n, i = indices("n:N i:d")
    a, p, y = tensors("a ŷ y")
    yield d(a)[n, i], p[n, i] * (1 - p[n, i])
    yield d(a)[n, i], y[n, i] - p[n, i]
    yield d(p)[n, i], p[n, i] - y[n, i]
    yield d(a)[n, i], (p[n, i] - y[n, i]) * p[n, i] * (1 - p[n, i])


def _of_pool() -> Iterator[tuple[Expr, Expr | int]]:
    """At a tie only the first of the largest gets the gradient."""
    z = tensors("z")
    yield d(B)[n, k], d(z)[n] * is_zero_at(B[n, k] - z[n])
    yield d(B)[n, k], d(z)[n] * delta(k, argmax_(-B[n, h], h))
    yield d(B)[n, k], d(z)[n]
    yield sum_(d(B)[n, k], n), sum_(d(z)[n], n)


def _of_chain() -> Iterator[tuple[Expr, Expr | int]]:
    f, g = Function("f"), Function("g")
    inner, outer = Function("f'"), Function("g'")
    yield d(x)[i], d(z)[i] * g(f(x[i])) * f(x[i])
    yield d(x)[i], d(z)[i] * outer(x[i]) * inner(x[i])
    yield d(x)[i], d(z)[i] * outer(f(x[i])) * inner(f(x[i]))
    yield d(x)[i], d(z)[i] * inner(g(x[i])) * outer(x[i])
    yield d(x)[i], d(z)[j] * outer(f(x[i])) * inner(x[i])


def _of_gate() -> Iterator[tuple[Expr, Expr | int]]:
    yield d(x)[i], d(w)[i]
    yield d(x)[i], d(z)[i] * w[i] * exp(-x[i] * w[i])
    yield d(x)[i] * w[i], d(w)[i] * x[i]
    yield jacobian(z[i], x[j]), jacobian(z[i], w[j])


