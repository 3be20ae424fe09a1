"""The same layers as one writes them down at first: correct on small inputs, nothing saved, nothing centred."""

from __future__ import annotations

import numpy as np

from benchmarks.naive_windows import average_pooling, convolution, max_pooling


def linear(x, W, b, delta):
    z = x @ W.T + b
    return z, delta @ W, delta.T @ x, delta.sum(axis=0)


def rbf(x, c, s, delta):
    gap = x[:, None, :] - c[None, :, :]
    z = np.exp(-(gap**2).sum(axis=2) / (2 * s**2))
    g = (delta * z)[:, :, None] * gap / s**2
    return z, -g.sum(axis=1), g.sum(axis=0)


def cross_entropy(t, yhat, delta):
    p = np.exp(yhat - yhat.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    one_hot = np.eye(yhat.shape[1], dtype=yhat.dtype)[t]
    return -np.log((p * one_hot).sum(axis=1)), (p - one_hot) * delta[:, None]


def bce_with_logits(y, a, delta):
    p = 1 / (1 + np.exp(-a))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) * delta


def tanh(a, delta):
    z = (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))
    return z, (1 - z**2) * delta


def sigmoid(a, delta):
    z = 1 / (1 + np.exp(-a))
    return z, z * (1 - z) * delta


def way(function):
    """A function of inputs, delta and settings as work on a row."""
    return lambda row, inputs, delta: lambda: function(*inputs, delta=delta, **row.settings)


WAYS = {
    "naive": {
        function.__name__: way(function)
        for function in (
            linear,
            tanh,
            sigmoid,
            rbf,
            cross_entropy,
            bce_with_logits,
            convolution,
            average_pooling,
            max_pooling,
        )
    }
    | {"Winograd_convolution": way(convolution)}
}
