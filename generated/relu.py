# backproof generate ReLU
# content: f0d7359dc7b8f940bcb419531b8f0233
"""ReLU: z[n, i] = max(a[n, i], 0)

Made by `backproof generate ReLU` from the definition in derivations/layers/relu.py: change the
formula there and generate again. Source of the formula: no document: the course's third activation.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e308 in float64 and
±1e38 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, fresh
from ._support import Module


class ReLU(Module):
    """z[n, i] = max(a[n, i], 0)

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    d… stands for one axis or more with d entries in all, the last fastest.
    """

    _notation = Notation({"a": ("N", "d…"), "delta": ("N", "d…")})

    def forward(self, input: ArrayLike) -> Array:
        """Compute z.

        Parameters
        ----------
        input : array_like of shape (N, d…)
            The formula's a.

        Returns
        -------
        array of shape (N, d…)
        """
        (a,) = self._arrays("forward", a=input)
        z, _ = forward(a)
        return fresh(z, a)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, d…)
            What `forward` was given.
        delta : array_like of shape (N, d…)
            The gradient of the final loss with respect to z.
        """
        self._arrays("backward_update_gradient", a=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, d…)
            What `forward` was given.
        delta : array_like of shape (N, d…)
            The gradient of the final loss with respect to z.

        Returns
        -------
        array of shape (N, d…)
        """
        a, delta = self._arrays("backward_delta", a=input, delta=delta)
        saved = saved_values(a)
        da = backward(saved, delta)
        return fresh(da, a, delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, d…)
            What `forward` was given.
        delta : array_like of shape (N, d…)
            The gradient of the final loss with respect to z.

        Returns
        -------
        array of shape (N, d…)
        """
        return self.backward_delta(input, delta)


def forward(a):
    """z[n, i], and what the backward needs of it."""
    z = np.maximum(a, 0)  # z[n, i] = max(a[n, i], 0)
    return z, (a,)


def saved_values(a):
    """What the backward needs, without the output."""
    return (a,)


def backward(saved, delta):
    """∂L/∂a[n, i] for delta = ∂L/∂z[n, i]."""
    (a,) = saved
    da = delta * (a > 0)  # da[n, i] = [a[n, i] > 0]·δ[n, i]
    return da
