# backproof generate LogSoftmax
# content: 2e3075804ecf68937b3d90ed0faa89aa
"""LogSoftmax: logp[n, k] = a[n, k] - log(Σ_f exp(a[n, f]))

Made by `backproof generate LogSoftmax` from the definition in derivations/layers/log_softmax.py:
change the formula there and generate again. Source of the formula: document 1, "Combinaison de
Softmax et coût cross-entropique".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e299 in float64 and
±1e27 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, fresh
from ._support import Module


class LogSoftmax(Module):
    """logp[n, k] = a[n, k] - log(Σ_f exp(a[n, f]))

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation({"a": ("N", "K"), "delta": ("N", "K")}, least={"K": 1})

    def forward(self, input: ArrayLike) -> Array:
        """Compute logp.

        Parameters
        ----------
        input : array_like of shape (N, K)
            The formula's a.

        Returns
        -------
        array of shape (N, K)
        """
        (a,) = self._arrays("forward", a=input)
        logp, _ = forward(a)
        return fresh(logp, a)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, K)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to logp.
        """
        self._arrays("backward_update_gradient", a=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, K)
            What `forward` was given.
        delta : array_like of shape (N, K)
            The gradient of the final loss with respect to logp.

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
            The gradient of the final loss with respect to logp.

        Returns
        -------
        array of shape (N, K)
        """
        return self.backward_delta(input, delta)


def forward(a):
    """logp[n, k], and what the backward needs of it."""
    m = a.max(axis=1)  # m[n] = max_k a[n, k]
    u = a - m[:, None]  # u[n, k] = a[n, k] - m[n]
    e = np.exp(u)  # e[n, k] = exp(u[n, k])
    sum_exp = e.sum(axis=1)  # sum_exp[n] = Σ_k e[n, k]
    logp = u - np.log(sum_exp)[:, None]  # logp[n, k] = u[n, k] - log(sum_exp[n])
    return logp, (e, sum_exp)


def backward(saved, delta):
    """∂L/∂a[n, k] for delta = ∂L/∂logp[n, k]."""
    e, sum_exp = saved
    # da[n, k] = δ[n, k] - e[n, k]·(Σ_k δ[n, k])/sum_exp[n]
    da = delta - e * delta.sum(axis=1)[:, None] / sum_exp[:, None]
    return da
