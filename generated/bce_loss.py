# backproof generate BCELoss
# content: a8cd39088a4e3a36f3aa3a8029e46103
"""BCELoss: loss[n, i] = -(1 - y[n, i])·log(1 - ŷ[n, i]) - y[n, i]·log(ŷ[n, i])

Made by `backproof generate BCELoss` from the definition in derivations/layers/bce_loss.py: change
the formula there and generate again. Source of the formula: document 1, "Coût Cross-entropique
binaire".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e4 in float64 and
±1e4 in float32, those of ŷ no nearer to 0 than 1e-284 and 1e-23, no exp, log, division or sum
leaves its range. A sum or mean of all values, by reduction, is not part of this.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Domain, Notation, Values, fresh
from ._support import Loss


class BCELoss(Loss):
    """loss[n, i] = -(1 - y[n, i])·log(1 - ŷ[n, i]) - y[n, i]·log(ŷ[n, i])

    Parameters
    ----------
    reduction : {"none", "mean", "sum"}, default "none"
        Whether `forward` returns all values of loss, their mean or their sum.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed. So is an entry of yhat that does not
    lie strictly between 0 and 1.
    """

    _notation = Notation(
        {"y": ("N", "d"), "yhat": ("N", "d")},
        domains={
            "yhat": Domain(
                0,
                1,
                is_open=True,
                words="strictly between 0 and 1",
                remedy="clip it, or give the logits to BCEWithLogitsLoss",
            ),
        },
    )

    def forward(self, y: ArrayLike, yhat: ArrayLike) -> Values:
        """Compute loss.

        Parameters
        ----------
        y : array_like of shape (N, d)
            The target.
        yhat : array_like of shape (N, d)
            The prediction. Its entries lie strictly between 0 and 1.

        Returns
        -------
        array of shape (N, d), a number for a mean or a sum
            An empty batch has the sum 0 and no mean: that is a ValueError.
        """
        y, yhat = self._arrays("forward", y=y, yhat=yhat)
        loss, _ = forward(y, yhat)
        return self._reduced(fresh(loss, y, yhat))

    def backward(self, y: ArrayLike, yhat: ArrayLike) -> Array:
        """Compute the gradient with respect to yhat: of the mean of the values, else of their sum.

        Parameters
        ----------
        y : array_like of shape (N, d)
            The target.
        yhat : array_like of shape (N, d)
            The prediction. Its entries lie strictly between 0 and 1.

        Returns
        -------
        array of shape (N, d)
        """
        y, yhat = self._arrays("backward", y=y, yhat=yhat)
        delta = self._delta(yhat.shape, yhat.dtype)
        saved = saved_values(y, yhat)
        dyhat = backward(saved, delta)
        return fresh(dyhat, y, yhat, delta)


def forward(y, yhat):
    """loss[n, i], and what the backward needs of it."""
    # loss[n, i] = -(1 - y[n, i])·log1p(-ŷ[n, i]) - y[n, i]·log(ŷ[n, i])
    loss = -((1 - y) * np.log1p(-yhat)) - y * np.log(yhat)
    return loss, (y, yhat)


def saved_values(y, yhat):
    """What the backward needs, without the output."""
    return (y, yhat)


def backward(saved, delta):
    """∂L/∂ŷ[n, i] for delta = ∂L/∂loss[n, i]."""
    y, yhat = saved
    # dŷ[n, i] = δ[n, i]·(ŷ[n, i] - y[n, i])/(ŷ[n, i]·(1 - ŷ[n, i]))
    dyhat = (yhat - y) * delta / ((1 - yhat) * yhat)
    return dyhat
