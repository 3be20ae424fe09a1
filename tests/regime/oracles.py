"""The forward formulas in plain loops, over any number type that `exp` and `log` below know.

They share nothing with the emitted code: no array arithmetic, no safe form, no order of summation. Where a
document's own spelling cannot be evaluated everywhere (log 0 for a confident prediction), that spelling
stands beside the oracle as its definition, and the two are held against each other on balls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.regime.numbers import exp, log, sharp

Array = Any


def _table(*shape: int) -> Array:
    return np.empty(shape, dtype=object)


def _sum_of_exponentials(row: Array) -> Any:
    total = 0
    for entry in row:
        total = total + exp(entry)
    return total


def each(function: Callable[[Any], Any]) -> Callable[[Array], Array]:
    """z[n, i] = f(a[n, i]), for f of one number."""

    def entries(a: Array) -> Array:
        z = _table(*a.shape)
        for index in np.ndindex(a.shape):
            z[index] = function(a[index])
        return z

    return entries


def tanh_by_one_exponential(u: Any) -> Any:
    """1 − 2/(1 + e^2u)"""
    return 1 - 2 / (1 + exp(2 * u))


def tanh_by_exponentials(u: Any) -> Any:
    """(e^u − e^−u) / (e^u + e^−u): the definition, four times the work."""
    return (exp(u) - exp(-u)) / (exp(u) + exp(-u))


def sigmoid(u: Any) -> Any:
    """1/(1 + e^−u)"""
    return 1 / (1 + exp(-u))


def positive_part(u: Any) -> Any:
    """u where u > 0, else 0"""
    return u if u > 0 else 0


def linear(x: Array, W: Array, b: Array = None) -> Array:
    """z[n, j] = Σ_i x[n, i] W[j, i] + b[j]"""
    z = _table(len(x), len(W))
    for n, j in np.ndindex(z.shape):
        z[n, j] = 0 if b is None else b[j]
        for i in range(x.shape[1]):
            z[n, j] = z[n, j] + x[n, i] * W[j, i]
    return z


def fully_connected(function: Callable[[Any], Any]) -> Callable[..., Array]:
    """z[n, j] = f(Σ_i x[n, i] W[j, i] + b[j]), for f of one number."""
    return lambda x, W, b=None: each(function)(linear(x, W, b))


def softmax(a: Array) -> Array:
    """p[n, k] = exp a[n, k] / Σ_f exp a[n, f]"""
    p = _table(*a.shape)
    for n, k in np.ndindex(a.shape):
        p[n, k] = exp(a[n, k]) / _sum_of_exponentials(a[n])
    return p


def log_softmax(a: Array) -> Array:
    """logp[n, k] = a[n, k] − log Σ_f exp a[n, f]"""
    logp = _table(*a.shape)
    for n, k in np.ndindex(a.shape):
        logp[n, k] = a[n, k] - log(_sum_of_exponentials(a[n]))
    return logp


def log_of_softmax(a: Array) -> Array:
    """logp[n, k] = log p[n, k], p the softmax of a: the definition, for moderate a."""
    return each(log)(softmax(a))


def rbf(x: Array, c: Array, s: Any) -> Array:
    """z[n, j] = exp(−Σ_i (x[n, i] − c[j, i])² / 2s²)"""
    z = _table(len(x), len(c))
    for n, j in np.ndindex(z.shape):
        q = 0
        for i in range(x.shape[1]):
            q = q + (x[n, i] - c[j, i]) * (x[n, i] - c[j, i])
        z[n, j] = exp(-q / (2 * s * s))
    return z


def rbf_about_the_mean(x: Array, c: Array, s: Any) -> Array:
    """z[n, j] = exp(−q[n, j] / 2s²), q by a product about the mean of c"""
    z = squared_distances(x, c, mean_row(c))
    for n, j in np.ndindex(z.shape):
        z[n, j] = exp(-z[n, j] / (2 * s * s))
    return z


def squared_distances(x: Array, c: Array, m: Array) -> Array:
    """q[n, j] = Σ_i xm[n, i]² + Σ_i cm[j, i]² − 2 Σ_i xm[n, i] cm[j, i], xm = x − m and cm = c − m"""
    q = _table(len(x), len(c))
    for n, j in np.ndindex(q.shape):
        of_x, of_c, of_both = 0, 0, 0
        for i in range(x.shape[1]):
            xm, cm = x[n, i] - m[i], c[j, i] - m[i]
            of_x, of_c, of_both = of_x + xm * xm, of_c + cm * cm, of_both + xm * cm
        q[n, j] = of_x + of_c - 2 * of_both
    return q


def mean_row(c: Array) -> Array:
    """m[i] = Σ_j c[j, i] / J, sharp: q is the same whatever m is, so what m loses is lost of nothing else."""
    m = _table(c.shape[1])
    for i in range(c.shape[1]):
        m[i] = sharp(sum(c[1:, i], c[0, i]) / len(c))
    return m


def squared_error(y: Array, yhat: Array) -> Array:
    """loss[n] = Σ_i (ŷ[n, i] − y[n, i])²"""
    loss = _table(len(y))
    for n in range(len(y)):
        loss[n] = 0
        for i in range(y.shape[1]):
            loss[n] = loss[n] + (yhat[n, i] - y[n, i]) * (yhat[n, i] - y[n, i])
    return loss


def half_squared_error(y: Array, yhat: Array) -> Array:
    """loss[n] = Σ_i (ŷ[n, i] − y[n, i])² / 2"""
    return each(lambda total: total / 2)(squared_error(y, yhat))


def softmax_then_half_squared_error(o: Array, a: Array) -> Array:
    """E[n] = Σ_k (p[n, k] − o[n, k])² / 2, p the softmax of a"""
    return half_squared_error(o, softmax(a))


def negative_log_likelihood(y: Array, yhat: Array) -> Array:
    """loss[n] = −Σ_k y[n, k] ŷ[n, k]"""
    loss = _table(len(y))
    for n in range(len(y)):
        loss[n] = 0
        for k in range(y.shape[1]):
            loss[n] = loss[n] - y[n, k] * yhat[n, k]
    return loss


def negative_log_likelihood_of_labels(t: Array, yhat: Array) -> Array:
    """loss[n] = −ŷ[n, t[n]]"""
    loss = _table(len(t))
    for n in range(len(t)):
        loss[n] = -yhat[n, t[n]]
    return loss


def cross_entropy(y: Array, yhat: Array) -> Array:
    """loss[n] = Σ_k y[n, k] (log Σ_f exp ŷ[n, f] − ŷ[n, k])"""
    loss = _table(len(y))
    for n in range(len(y)):
        total = _sum_of_exponentials(yhat[n])
        loss[n] = 0
        for k in range(yhat.shape[1]):
            loss[n] = loss[n] + y[n, k] * (log(total) - yhat[n, k])
    return loss


def cross_entropy_of_labels(t: Array, yhat: Array) -> Array:
    """loss[n] = log Σ_f exp ŷ[n, f] − ŷ[n, t[n]]"""
    loss = _table(len(t))
    for n in range(len(t)):
        loss[n] = log(_sum_of_exponentials(yhat[n])) - yhat[n, t[n]]
    return loss


def softmax_then_cross_entropy(y: Array, yhat: Array) -> Array:
    """loss[n] = −Σ_k y[n, k] log p[n, k], p the softmax of ŷ: the definition, for moderate ŷ."""
    return negative_log_likelihood(y, each(log)(softmax(yhat)))


def bce(y: Array, yhat: Array) -> Array:
    """loss[n, i] = −(y log ŷ + (1 − y) log(1 − ŷ))"""
    loss = _table(*y.shape)
    for n, i in np.ndindex(y.shape):
        loss[n, i] = -(y[n, i] * log(yhat[n, i]) + (1 - y[n, i]) * log(1 - yhat[n, i]))
    return loss


def bce_with_logits(y: Array, a: Array) -> Array:
    """loss[n, i] = log(1 + exp a[n, i]) − y[n, i] a[n, i]"""
    loss = _table(*a.shape)
    for n, i in np.ndindex(a.shape):
        loss[n, i] = log(1 + exp(a[n, i])) - y[n, i] * a[n, i]
    return loss


def sigmoid_then_bce(y: Array, a: Array) -> Array:
    """loss[n, i] = −(y log p + (1 − y) log(1 − p)), p = σ(a): the definition, for moderate a."""
    return bce(y, each(sigmoid)(a))
