# backproof generate SoftmaxHalfMSELoss
# content: 6297737fe9fe60102777aceeb82bb579
"""SoftmaxHalfMSELoss: E[n] = (Σ_k (l[n, k] - o[n, k])²)/2
    where l[n, k] = exp(a[n, k])/(Σ_q exp(a[n, q]))

Made by `backproof generate SoftmaxHalfMSELoss` from the definition in
derivations/layers/softmax_half_mse_loss.py: change the formula there and generate again. Source of
the formula: document 2, "dernière couche avec softmax".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e149 in float64 and
±1e14 in float32 no exp, log, division or sum leaves its range. A sum or mean of all values, by
reduction, is not part of this.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, Values, fresh
from ._support import Loss


class SoftmaxHalfMSELoss(Loss):
    """E[n] = (Σ_k (l[n, k] - o[n, k])²)/2

    where l[n, k] = exp(a[n, k])/(Σ_q exp(a[n, q]))

    Parameters
    ----------
    reduction : {"none", "mean", "sum"}, default "none"
        Whether `forward` returns all values of E, their mean or their sum.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation({"o": ("N", "K"), "a": ("N", "K")}, least={"K": 1})

    def forward(self, y: ArrayLike, yhat: ArrayLike) -> Values:
        """Compute E.

        Parameters
        ----------
        y : array_like of shape (N, K)
            The target.
        yhat : array_like of shape (N, K)
            The prediction, the formula's a.

        Returns
        -------
        array of shape (N,), a number for a mean or a sum
            An empty batch has the sum 0 and no mean: that is a ValueError.
        """
        o, a = self._arrays("forward", o=y, a=yhat)
        E, _ = forward(o, a)
        return self._reduced(fresh(E, o, a))

    def backward(self, y: ArrayLike, yhat: ArrayLike) -> Array:
        """Compute the gradient with respect to yhat: of the mean of the values, else of their sum.

        Parameters
        ----------
        y : array_like of shape (N, K)
            The target.
        yhat : array_like of shape (N, K)
            The prediction, the formula's a.

        Returns
        -------
        array of shape (N, K)
        """
        o, a = self._arrays("backward", o=y, a=yhat)
        delta = self._delta(a.shape[:1], a.dtype)
        _, saved = forward(o, a)
        da = backward(saved, delta)
        return fresh(da, o, a, delta)


def forward(o, a):
    """E[n], and what the backward needs of it."""
    m = a.max(axis=1)  # m[n] = max_k a[n, k]
    u = a - m[:, None]  # u[n, k] = a[n, k] - m[n]
    e = np.exp(u, out=u)  # e[n, k] = exp(u[n, k])
    sum_exp = e.sum(axis=1)  # sum_exp[n] = Σ_k e[n, k]
    l_ = e / sum_exp[:, None]  # l[n, k] = e[n, k]/sum_exp[n]
    diff = l_ - o  # diff[n, k] = l[n, k] - o[n, k]
    E = (diff * diff).sum(axis=1) / 2  # E[n] = (Σ_k diff[n, k]²)/2
    return E, (l_, diff)


def backward(saved, delta):
    """∂L/∂a[n, k] for delta = ∂L/∂E[n]."""
    l_, diff = saved
    dl = diff * delta[:, None]  # dl[n, k] = diff[n, k]·δ[n]
    da = (dl - (l_ * dl).sum(axis=1)[:, None]) * l_  # da[n, k] = l[n, k]·(dl[n, k] - Σ_k dl[n, k]·l[n, k])
    return da
