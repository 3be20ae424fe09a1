# backproof generate MSELoss
# content: cb191ac6536ffaf5457be063fa7ff13c
"""MSELoss: loss[n] = Σ_i (ŷ[n, i] - y[n, i])²

Made by `backproof generate MSELoss` from the definition in derivations/layers/mse_loss.py: change
the formula there and generate again. Source of the formula: document 1, "MSELoss".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e149 in float64 and
±1e14 in float32 no exp, log, division or sum leaves its range. A sum or mean of all values, by
reduction, is not part of this.
"""

from ._arrays import Array, ArrayLike, Notation, Values, fresh
from ._support import Loss


class MSELoss(Loss):
    """loss[n] = Σ_i (ŷ[n, i] - y[n, i])²

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

    _notation = Notation({"y": ("N", "d"), "yhat": ("N", "d")})

    def forward(self, y: ArrayLike, yhat: ArrayLike) -> Values:
        """Compute loss.

        Parameters
        ----------
        y : array_like of shape (N, d)
            The target.
        yhat : array_like of shape (N, d)
            The prediction.

        Returns
        -------
        array of shape (N,), a number for a mean or a sum
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
            The prediction.

        Returns
        -------
        array of shape (N, d)
        """
        y, yhat = self._arrays("backward", y=y, yhat=yhat)
        delta = self._delta(yhat.shape[:1], yhat.dtype)
        saved = saved_values(y, yhat)
        dyhat = backward(saved, delta)
        return fresh(dyhat, y, yhat, delta)


def forward(y, yhat):
    """loss[n], and what the backward needs of it."""
    diff = yhat - y  # diff[n, i] = ŷ[n, i] - y[n, i]
    loss = (diff * diff).sum(axis=1)  # loss[n] = Σ_i diff[n, i]²
    return loss, (diff,)


def saved_values(y, yhat):
    """What the backward needs, without the output."""
    diff = yhat - y  # diff[n, i] = ŷ[n, i] - y[n, i]
    return (diff,)


def backward(saved, delta):
    """∂L/∂ŷ[n, i] for delta = ∂L/∂loss[n]."""
    (diff,) = saved
    dyhat = 2 * (diff * delta[:, None])  # dŷ[n, i] = 2·diff[n, i]·δ[n]
    return dyhat
