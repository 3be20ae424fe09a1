# backproof generate BCEWithLogitsLoss
# content: 27347c6a2ae9fdb98ab782f25de7dca4
"""BCEWithLogitsLoss: loss[n, i] = -(1 - y[n, i])·log(1 - ŷ[n, i]) - y[n, i]·log(ŷ[n, i])
    where ŷ[n, i] = 1/(1 + exp(-a[n, i]))

Made by `backproof generate BCEWithLogitsLoss` from the definition in
derivations/layers/bce_with_logits_loss.py: change the formula there and generate again. Source of
the formula: document 1, "Sigmoide" and "Coût Cross-entropique binaire".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e154 in float64 and
±1e19 in float32 no exp, log, division or sum leaves its range. A sum or mean of all values, by
reduction, is not part of this.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, Values, fresh
from ._support import Loss


class BCEWithLogitsLoss(Loss):
    """loss[n, i] = -(1 - y[n, i])·log(1 - ŷ[n, i]) - y[n, i]·log(ŷ[n, i])

    where ŷ[n, i] = 1/(1 + exp(-a[n, i]))

    Parameters
    ----------
    reduction : {"none", "mean", "sum"}, default "none"
        Whether `forward` returns all values of loss, their mean or their sum.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation({"y": ("N", "d"), "a": ("N", "d")})

    def forward(self, y: ArrayLike, yhat: ArrayLike) -> Values:
        """Compute loss.

        Parameters
        ----------
        y : array_like of shape (N, d)
            The target.
        yhat : array_like of shape (N, d)
            The prediction, the formula's a.

        Returns
        -------
        array of shape (N, d), a number for a mean or a sum
            An empty batch has the sum 0 and no mean: that is a ValueError.
        """
        y, a = self._arrays("forward", y=y, a=yhat)
        loss, _ = forward(y, a)
        return self._reduced(fresh(loss, y, a))

    def backward(self, y: ArrayLike, yhat: ArrayLike) -> Array:
        """Compute the gradient with respect to yhat: of the mean of the values, else of their sum.

        Parameters
        ----------
        y : array_like of shape (N, d)
            The target.
        yhat : array_like of shape (N, d)
            The prediction, the formula's a.

        Returns
        -------
        array of shape (N, d)
        """
        y, a = self._arrays("backward", y=y, a=yhat)
        delta = self._delta(a.shape, a.dtype)
        saved = saved_values(y, a)
        da = backward(saved, delta)
        return fresh(da, y, a, delta)


def forward(y, a):
    """loss[n, i], and what the backward needs of it."""
    t = np.exp(-np.abs(a))  # t[n, i] = exp(-|a[n, i]|)
    # loss[n, i] = log1p(t[n, i]) + max(a[n, i], 0) - a[n, i]·y[n, i]
    loss = np.maximum(a, 0) - a * y + np.log1p(t)
    return loss, (y, a, t)


def saved_values(y, a):
    """What the backward needs, without the output."""
    t = np.exp(-np.abs(a))  # t[n, i] = exp(-|a[n, i]|)
    return (y, a, t)


def backward(saved, delta):
    """∂L/∂a[n, i] for delta = ∂L/∂loss[n, i]."""
    y, a, t = saved
    # da[n, i] = δ[n, i]·(exp(min(a[n, i], 0))/(1 + t[n, i]) - y[n, i])
    da = (np.exp(np.minimum(a, 0)) / (1 + t) - y) * delta
    return da
