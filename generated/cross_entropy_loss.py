# backproof generate CrossEntropyLoss
# content: bead1d128137e748e014e3c1a347b6cf
"""CrossEntropyLoss: loss[n] = -Σ_k logp[n, k]·y[n, k]
    where logp[n, k] = ŷ[n, k] - log(Σ_f exp(ŷ[n, f]))

Made by `backproof generate CrossEntropyLoss` from the definition in
derivations/layers/cross_entropy_loss.py: change the formula there and generate again. Source of the
formula: document 1, "Combinaison de Softmax et coût cross-entropique".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e149 in float64 and
±1e14 in float32 no exp, log, division or sum leaves its range. A sum or mean of all values, by
reduction, is not part of this.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Arrays, Notation, Values, as_array, fresh, require_zero
from ._support import Loss


class CrossEntropyLoss(Loss):
    """loss[n] = -Σ_k logp[n, k]·y[n, k]

    where logp[n, k] = ŷ[n, k] - log(Σ_f exp(ŷ[n, f]))

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
        least={"K": 1},
        labels={"t": "K"},
        instead={"t": "y"},
    )

    def forward(self, y: ArrayLike, yhat: ArrayLike) -> Values:
        """Compute loss.

        Parameters
        ----------
        y : array_like of shape (N, K), or integers of shape (N,)
            The target, one-hot or as labels from 0 to K - 1.
            It satisfies Σ_k y[n, k] = 1.
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
            It satisfies Σ_k y[n, k] = 1.
        yhat : array_like of shape (N, K)
            The prediction.

        Returns
        -------
        array of shape (N, K)
        """
        y, yhat = self._checked("backward", y, yhat)
        delta = self._delta(yhat.shape[:1], yhat.dtype)
        if y.ndim == 1:
            _, saved = forward_labels(y, yhat)
            dyhat = backward_labels(saved, delta)
        else:
            _, saved = forward(y, yhat)
            dyhat = backward(saved, delta)
        return fresh(dyhat, y, yhat, delta)

    def _checked(self, method: str, y: ArrayLike, yhat: ArrayLike) -> Arrays:
        """The arrays of the formula; y may be the labels t in its place."""
        y = as_array(f"CrossEntropyLoss.{method}: y", y)
        if y.ndim == 1:
            return self._arrays(method, t=y, yhat=yhat)
        y, yhat = self._arrays(method, y=y, yhat=yhat)
        require_zero(f"CrossEntropyLoss.{method}: y", "Σ_k y[n, k] = 1", assumption_1, y, ("n",))
        return y, yhat


def forward(y, yhat):
    """loss[n], and what the backward needs of it."""
    m = yhat.max(axis=1)  # m[n] = max_k ŷ[n, k]
    u = yhat - m[:, None]  # u[n, k] = ŷ[n, k] - m[n]
    e = np.exp(u)  # e[n, k] = exp(u[n, k])
    sum_exp = e.sum(axis=1)  # sum_exp[n] = Σ_k e[n, k]
    # loss[n] = -Σ_k y[n, k]·(u[n, k] - log(sum_exp[n]))
    loss = -((u - np.log(sum_exp)[:, None]) * y).sum(axis=1)
    return loss, (y, e, sum_exp)


def backward(saved, delta):
    """∂L/∂ŷ[n, k] for delta = ∂L/∂loss[n]."""
    y, e, sum_exp = saved
    dyhat = (e / sum_exp[:, None] - y) * delta[:, None]  # dŷ[n, k] = δ[n]·(e[n, k]/sum_exp[n] - y[n, k])
    return dyhat


def forward_labels(t, yhat):
    """loss[n], and what the backward needs of it, the target given as labels t[n]."""
    m = yhat.max(axis=1)  # m[n] = max_k ŷ[n, k]
    u = yhat - m[:, None]  # u[n, k] = ŷ[n, k] - m[n]
    e = np.exp(u)  # e[n, k] = exp(u[n, k])
    sum_exp = e.sum(axis=1)  # sum_exp[n] = Σ_k e[n, k]
    loss = np.log(sum_exp) - u[np.arange(len(t)), t]  # loss[n] = log(sum_exp[n]) - u[n, t[n]]
    return loss, (t, e, sum_exp)


def backward_labels(saved, delta):
    """∂L/∂ŷ[n, k] for delta = ∂L/∂loss[n], the target given as labels t[n]."""
    t, e, sum_exp = saved
    dyhat = e / sum_exp[:, None]  # dŷ[n, k] = e[n, k]/sum_exp[n]
    dyhat[np.arange(len(t)), t] -= 1  # - [k = t[n]]
    dyhat *= delta[:, None]  # · δ[n]
    return dyhat


def assumption_1(y):
    """How far the target is from Σ_k y[n, k] = 1."""
    return y.sum(axis=1) - 1  # Σ_k y[n, k] - 1
