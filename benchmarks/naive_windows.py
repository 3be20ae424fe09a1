"""Layers with windows as courses write them: a loop over the places of the window, one tensordot a place."""

from __future__ import annotations

import numpy as np

CHANNELS_AND_TAPS = (1, 2, 3)


def places(result: np.ndarray, kernel: int, stride: int):
    """Each place of the output with the part of the image under the window there."""
    for p in range(result.shape[2]):
        for q in range(result.shape[3]):
            rows, columns = (slice(stride * at, stride * at + kernel) for at in (p, q))
            yield (..., p, q), (..., rows, columns)


def convolution(x, K, b, delta, stride, padding):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y, dx, dK = np.empty_like(delta), np.zeros_like(x), np.zeros_like(K)
    for place, window in places(delta, K.shape[2], stride):
        y[place] = np.tensordot(x[window], K, (CHANNELS_AND_TAPS, CHANNELS_AND_TAPS)) + b
        dx[window] += np.tensordot(delta[place], K, (1, 0))
        dK += np.tensordot(delta[place], x[window], (0, 0))
    inside = slice(padding, -padding)
    return y, dx[:, :, inside, inside], dK, delta.sum(axis=(0, 2, 3))


def average_pooling(x, delta, kernel, stride):
    y, dx = np.empty_like(delta), np.zeros_like(x)
    for place, window in places(delta, kernel, stride):
        y[place] = x[window].mean(axis=(2, 3))
        dx[window] += delta[place][..., None, None] / kernel**2
    return y, dx


def max_pooling(x, delta, kernel, stride):
    y, dx = np.empty_like(delta), np.zeros_like(x)
    for place, window in places(delta, kernel, stride):
        y[place] = x[window].max(axis=(2, 3))
        dx[window] += delta[place][..., None, None] * (x[window] == y[place][..., None, None])
    return y, dx
