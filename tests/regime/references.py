"""The same layers by SciPy and scikit-learn: a third opinion on emitted code and oracles alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.linalg import blas
from scipy.special import entr, expit, huber, kl_div, log_expit, log_softmax, softmax, xlog1py, xlogy
from sklearn.metrics import mean_squared_error
from sklearn.metrics.pairwise import paired_distances, rbf_kernel


def linear(x: Any, W: Any, b: Any = 0.0) -> Any:
    """A matrix product by BLAS itself."""
    return blas.dgemm(1.0, x, W, trans_b=True) + b


def rbf(x: Any, c: Any, s: float) -> Any:
    """The Gaussian kernel of support vector machines."""
    return rbf_kernel(x, c, gamma=1 / (2 * s**2))


def cross_entropy(y: Any, yhat: Any) -> Any:
    """−Σ y log softmax."""
    return -np.sum(y * log_softmax(yhat, axis=1), axis=1)


def cross_entropy_gradient(y: Any, yhat: Any) -> Any:
    """softmax − y."""
    return softmax(yhat, axis=1) - y


def bce_with_logits(y: Any, a: Any) -> Any:
    """−(y log σ(a) + (1 − y) log σ(−a))."""
    return -(y * log_expit(a) + (1 - y) * log_expit(-a))


def bce_of_probabilities(y: Any, a: Any) -> Any:
    """−(y log p + (1 − y) log(1 − p)), p = σ(a), with 0 log 0 = 0."""
    p = expit(a)
    return -(xlogy(y, p) + xlogy(1 - y, 1 - p))


def bce(y: Any, yhat: Any) -> Any:
    """−(y log ŷ + (1 − y) log(1 − ŷ)), with 0 log 0 = 0."""
    return -(xlogy(y, yhat) + xlog1py(1 - y, -yhat))


def bce_by_divergence(y: Any, yhat: Any) -> Any:
    """The entropy of y plus the divergence of ŷ from it, over the two outcomes."""
    return entr(y) + entr(1 - y) + kl_div(y, yhat) + kl_div(1 - y, 1 - yhat)


def squared_distance(y: Any, yhat: Any) -> Any:
    """The square of the Euclidean distance of the rows."""
    return paired_distances(y, yhat) ** 2


def squared_error(y: Any, yhat: Any) -> Any:
    """The mean squared error of each row as of many outputs, times their number."""
    return mean_squared_error(y.T, yhat.T, multioutput="raw_values") * y.shape[1]


def half_squared_error(y: Any, yhat: Any) -> Any:
    """Huber's loss where it is a square."""
    return huber(np.inf, yhat - y).sum(axis=1)


def softmax_half_squared_error(o: Any, a: Any) -> Any:
    """The same of the softmax."""
    return half_squared_error(o, softmax(a, axis=1))


def tanh(a: Any) -> Any:
    """2σ(2a) − 1."""
    return 2 * expit(2 * a) - 1


def fully_connected_tanh(x: Any, W: Any, b: Any) -> Any:
    """The same of a matrix product by BLAS."""
    return tanh(linear(x, W, b))


def picked(rows: Any, t: Any) -> Any:
    """The entry of each row at its label."""
    return np.take_along_axis(rows, t[:, None], axis=1)[:, 0]


OUTPUTS: Mapping[str, tuple[Callable[..., Any], ...]] = MappingProxyType(
    {
        "linear": (linear,),
        "linear without bias": (linear,),
        "fully connected, tanh": (fully_connected_tanh,),
        "tanh": (tanh,),
        "sigmoid": (expit,),
        "softmax": (lambda a: softmax(a, axis=1),),
        "log softmax": (lambda a: log_softmax(a, axis=1),),
        "rbf": (rbf,),
        "mse": (squared_distance, squared_error),
        "half mse": (half_squared_error,),
        "softmax, half mse": (softmax_half_squared_error,),
        "nll of labels": (lambda t, yhat: -picked(yhat, t),),
        "cross entropy": (cross_entropy,),
        "cross entropy of labels": (lambda t, yhat: -picked(log_softmax(yhat, axis=1), t),),
        "bce": (bce, bce_by_divergence),
        "bce with logits": (bce_with_logits, bce_of_probabilities),
    }
)
"""By the name of a case: functions of its arguments that give its output."""

GRADIENTS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "sigmoid": lambda a: expit(a) * expit(-a),
        "tanh": lambda a: 4 * expit(2 * a) * expit(-2 * a),
        "log softmax": lambda a: 1 - a.shape[1] * softmax(a, axis=1),
        "cross entropy": cross_entropy_gradient,
        "bce with logits": lambda y, a: expit(a) - y,
    }
)
"""By the name of a case: the gradient of the sum of its output, where a library has it."""
