# backproof generate GlobalAvgPool2d
# content: c1a2d07e3efbbdfafed8c874f237159f
"""GlobalAvgPool2d: y[n, c] = (Σ_h Σ_w x[n, c, h, w])/(H·W)

Made by `backproof generate GlobalAvgPool2d` from the definition in
derivations/layers/global_average_pooling.py: change the formula there and generate again. Source of
the formula: no document: average pooling over the whole image.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e299 in float64 and
±1e29 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, fresh
from ._support import Module


class GlobalAvgPool2d(Module):
    """y[n, c] = (Σ_h Σ_w x[n, c, h, w])/(H·W)

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation({"x": ("N", "C", "H", "W"), "delta": ("N", "C")})

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            The formula's x.

        Returns
        -------
        array of shape (N, C)
        """
        (x,) = self._arrays("forward", x=input)
        y, _ = forward(x)
        return fresh(y, x)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C)
            The gradient of the final loss with respect to y.
        """
        self._arrays("backward_update_gradient", x=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, H, W)
        """
        x, delta = self._arrays("backward_delta", x=input, delta=delta)
        saved = saved_values(x)
        dx = backward(saved, delta)
        return fresh(dx, x, delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, H, W)
        """
        return self.backward_delta(input, delta)


def forward(x):
    """y[n, c], and what the backward needs of it."""
    _, _, H, W = x.shape
    y = x.sum(axis=(2, 3)) / (H * W)  # y[n, c] = (Σ_h Σ_w x[n, c, h, w])/(H·W)
    return y, (x,)


def saved_values(x):
    """What the backward needs, without the output."""
    return (x,)


def backward(saved, delta):
    """∂L/∂x[n, c, h, w] for delta = ∂L/∂y[n, c]."""
    (x,) = saved
    N, C, H, W = x.shape
    dx = np.zeros((N, C, H, W), dtype=delta.dtype)  # dx[n, c, h, w] = 0
    dx += (delta / (H * W))[:, :, None, None]  # + δ[n, c]/(H·W)
    return dx
