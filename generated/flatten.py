# backproof generate Flatten
# content: 059512cf8d09cf5824ed423fc7690e2a
"""Flatten: y[n, k] = x[n, k]

Made by `backproof generate Flatten` from the definition in derivations/layers/flatten.py: change
the formula there and generate again. Source of the formula: no document: between a convolution and
a linear layer.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e308 in float64 and
±1e38 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike
from ._shaped import Shaped, Shapes


class Flatten(Shaped):
    """y[n, k] = x[n, k]

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    K… stands for one axis or more with K entries in all, the last fastest.
    """

    _notation = Shapes({"x": ("N", "K…"), "delta": ("N", "K")}, public={"x": "input"})

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, K…)
            The formula's x.

        Returns
        -------
        array of shape (N, K)
        """
        fit = self._fit("forward", x=input)
        (x,) = fit.arrays
        y, _ = forward(x)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, K…)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to y.
        """
        self._fit("backward_update_gradient", x=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, K…)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, K…)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta = fit.arrays
        saved = saved_values(x)
        dx = backward(saved, delta)
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, K…)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, K…)
        """
        return self.backward_delta(input, delta)


def forward(x):
    """y[n, k], and what the backward needs of it."""
    y = np.copy(x)  # y[n, k] = x[n, k]
    return y, ()


def saved_values(x):
    """What the backward needs, without the output."""
    return ()


def backward(saved, delta):
    """∂L/∂x[n, k] for delta = ∂L/∂y[n, k]."""
    dx = np.copy(delta)  # dx[n, k] = δ[n, k]
    return dx
