"""The forward formulas in plain loops, over any number type that `exp` and `log` below know.

They share nothing with the emitted code: no array arithmetic, no safe form, no order of summation. Where a
document's own spelling cannot be evaluated everywhere (log 0 for a confident prediction), that spelling
stands beside the oracle as its definition, and the two are held against each other on balls.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.regime.numbers import exp, log, sharp

Array = Any


def _table(*shape: int) -> Array:
    return np.empty(shape, dtype=object)


def linear(x: Array, W: Array, b: Array = None) -> Array:
    """z[n, j] = Σ_i x[n, i] W[j, i] + b[j]"""
    z = _table(len(x), len(W))
    for n, j in np.ndindex(z.shape):
        z[n, j] = 0 if b is None else b[j]
        for i in range(x.shape[1]):
            z[n, j] = z[n, j] + x[n, i] * W[j, i]
    return z


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


def cross_entropy(y: Array, yhat: Array) -> Array:
    """loss[n] = Σ_k y[n, k] (log Σ_f exp ŷ[n, f] − ŷ[n, k])"""
    loss = _table(len(y))
    for n in range(len(y)):
        total = 0
        for f in range(yhat.shape[1]):
            total = total + exp(yhat[n, f])
        loss[n] = 0
        for k in range(yhat.shape[1]):
            loss[n] = loss[n] + y[n, k] * (log(total) - yhat[n, k])
    return loss


def cross_entropy_of_labels(t: Array, yhat: Array) -> Array:
    """loss[n] = log Σ_f exp ŷ[n, f] − ŷ[n, t[n]]"""
    loss = _table(len(t))
    for n in range(len(t)):
        total = 0
        for f in range(yhat.shape[1]):
            total = total + exp(yhat[n, f])
        loss[n] = log(total) - yhat[n, t[n]]
    return loss


def softmax_then_cross_entropy(y: Array, yhat: Array) -> Array:
    """loss[n] = −Σ_k y[n, k] log p[n, k], p the softmax of ŷ: the definition, for moderate ŷ."""
    loss = _table(len(y))
    for n in range(len(y)):
        total = 0
        for f in range(yhat.shape[1]):
            total = total + exp(yhat[n, f])
        loss[n] = 0
        for k in range(yhat.shape[1]):
            loss[n] = loss[n] - y[n, k] * log(exp(yhat[n, k]) / total)
    return loss


def bce_with_logits(y: Array, a: Array) -> Array:
    """loss[n, i] = log(1 + exp a[n, i]) − y[n, i] a[n, i]"""
    loss = _table(*a.shape)
    for n, i in np.ndindex(a.shape):
        loss[n, i] = log(1 + exp(a[n, i])) - y[n, i] * a[n, i]
    return loss


def sigmoid_then_bce(y: Array, a: Array) -> Array:
    """loss[n, i] = −(y log p + (1 − y) log(1 − p)), p = 1/(1 + exp −a): the definition, for moderate a."""
    loss = _table(*a.shape)
    for n, i in np.ndindex(a.shape):
        p = 1 / (1 + exp(-a[n, i]))
        loss[n, i] = -(y[n, i] * log(p) + (1 - y[n, i]) * log(1 - p))
    return loss
