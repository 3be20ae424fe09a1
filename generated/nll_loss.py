# backproof generate NLLLoss
# content: e4f3d1109febe13715f3cf99d4a27c91
"""NLLLoss: loss[n] = -Σ_k y[n, k]·ŷ[n, k]

Made by `backproof generate NLLLoss` from the definition in derivations/layers/nll_loss.py: change
the formula there and generate again. Source of the formula: document 1, "Coût Cross-Entropique".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e149 in float64 and
±1e14 in float32 no exp, log, division or sum leaves its range. A sum or mean of all values, by
reduction, is not part of this.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Arrays, Notation, Values, as_array, fresh
from ._support import Loss


class NLLLoss(Loss):
    """loss[n] = -Σ_k y[n, k]·ŷ[n, k]

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

    _notation = Notation(
        {"y": ("N", "K"), "yhat": ("N", "K"), "t": ("N",)},
        labels={"t": "K"},
        instead={"t": "y"},
    )

    def forward(self, y: ArrayLike, yhat: ArrayLike) -> Values:
        """Compute loss.

        Parameters
        ----------
        y : array_like of shape (N, K), or integers of shape (N,)
            The target, one-hot or as labels from 0 to K - 1.
        yhat : array_like of shape (N, K)
            The prediction.

        Returns
        -------
        array of shape (N,), a number for a mean or a sum
            An empty batch has the sum 0 and no mean: that is a ValueError.
        """
        y, yhat = self._checked("forward", y, yhat)
        if y.ndim == 1:
            loss, _ = forward_labels(y, yhat)
        else:
            loss, _ = forward(y, yhat)
        return self._reduced(fresh(loss, y, yhat))

    def backward(self, y: ArrayLike, yhat: ArrayLike) -> Array:
        """Compute the gradient with respect to yhat: of the mean of the values, else of their sum.

        Parameters
        ----------
        y : array_like of shape (N, K), or integers of shape (N,)
            The target, one-hot or as labels from 0 to K - 1.
        yhat : array_like of shape (N, K)
            The prediction.

        Returns
        -------
        array of shape (N, K)
        """
        y, yhat = self._checked("backward", y, yhat)
        delta = self._delta(yhat.shape[:1], yhat.dtype)
        if y.ndim == 1:
            saved = saved_values_labels(y, yhat)
            dyhat = backward_labels(saved, delta)
        else:
            saved = saved_values(y, yhat)
            dyhat = backward(saved, delta)
        return fresh(dyhat, y, yhat, delta)

    def _checked(self, method: str, y: ArrayLike, yhat: ArrayLike) -> Arrays:
        """The arrays of the formula; y may be the labels t in its place."""
        y = as_array(f"NLLLoss.{method}: y", y)
        if y.ndim == 1:
            return self._arrays(method, t=y, yhat=yhat)
        y, yhat = self._arrays(method, y=y, yhat=yhat)
        return y, yhat


def forward(y, yhat):
    """loss[n], and what the backward needs of it."""
    loss = -(y * yhat).sum(axis=1)  # loss[n] = -Σ_k y[n, k]·ŷ[n, k]
    return loss, (y,)


def saved_values(y, yhat):
    """What the backward needs, without the output."""
    return (y,)


def backward(saved, delta):
    """∂L/∂ŷ[n, k] for delta = ∂L/∂loss[n]."""
    (y,) = saved
    dyhat = -(y * delta[:, None])  # dŷ[n, k] = -y[n, k]·δ[n]
    return dyhat


def forward_labels(t, yhat):
    """loss[n], and what the backward needs of it, the target given as labels t[n]."""
    loss = -yhat[np.arange(len(t)), t]  # loss[n] = -ŷ[n, t[n]]
    return loss, (t, yhat)


def saved_values_labels(t, yhat):
    """What the backward needs, without the output, the target given as labels t[n]."""
    return (t, yhat)


def backward_labels(saved, delta):
    """∂L/∂ŷ[n, k] for delta = ∂L/∂loss[n], the target given as labels t[n]."""
    t, yhat = saved
    N, K = yhat.shape
    dyhat = np.zeros((N, K), dtype=delta.dtype)  # dŷ[n, k] = 0
    dyhat[np.arange(len(t)), t] -= delta  # - [k = t[n]]·δ[n]
    return dyhat
