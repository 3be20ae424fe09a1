# backproof generate Softmax
# content: b68576172af0481e865b7f2d813c15af
"""Softmax: p[n, k] = exp(a[n, k])/(Σ_f exp(a[n, f]))

Made by `backproof generate Softmax` from the definition in derivations/layers/softmax.py: change
the formula there and generate again. Source of the formula: document 1, "Soft-max".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e307 in float64 and
±1e34 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, fresh
from ._support import Module


class Softmax(Module):
    """p[n, k] = exp(a[n, k])/(Σ_f exp(a[n, f]))

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation({"a": ("N", "K"), "delta": ("N", "K")}, least={"K": 1})

    def forward(self, input: ArrayLike) -> Array:
        """Compute p.

        Parameters
        ----------
        input : array_like of shape (N, K)
            The formula's a.

        Returns
        -------
        array of shape (N, K)
        """
        (a,) = self._arrays("forward", a=input)
        p, _ = forward(a)
        return fresh(p, a)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, K)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to p.
        """
        self._arrays("backward_update_gradient", a=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, K)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to p.

        Returns
        -------
        array of shape (N, K)
        """
        a, delta = self._arrays("backward_delta", a=input, delta=delta)
        _, saved = forward(a)
        da = backward(saved, delta)
        return fresh(da, a, delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, K)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to p.

        Returns
        -------
        array of shape (N, K)
        """
        return self.backward_delta(input, delta)


def forward(a):
    """p[n, k], and what the backward needs of it."""
    m = a.max(axis=1)  # m[n] = max_k a[n, k]
    u = a - m[:, None]  # u[n, k] = a[n, k] - m[n]
    e = np.exp(u, out=u)  # e[n, k] = exp(u[n, k])
    sum_exp = e.sum(axis=1)  # sum_exp[n] = Σ_k e[n, k]
    p = e / sum_exp[:, None]  # p[n, k] = e[n, k]/sum_exp[n]
    return p, (p,)


def backward(saved, delta):
    """∂L/∂a[n, k] for delta = ∂L/∂p[n, k]."""
    (p,) = saved
    # da[n, k] = p[n, k]·(δ[n, k] - Σ_k p[n, k]·δ[n, k])
    da = (delta - (p * delta).sum(axis=1)[:, None]) * p
    return da
