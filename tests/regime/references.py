"""The same layers by SciPy and scikit-learn: a third opinion on emitted code and oracles alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.linalg import blas
from scipy.special import expit, log_expit, log_softmax, softmax, xlogy
from sklearn.metrics.pairwise import rbf_kernel


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


OUTPUTS: Mapping[str, tuple[Callable[..., Any], ...]] = MappingProxyType(
    {
        "linear": (linear,),
        "linear without bias": (linear,),
        "rbf": (rbf,),
        "cross entropy": (cross_entropy,),
        "bce with logits": (bce_with_logits, bce_of_probabilities),
    }
)
"""By the name of a case: functions of its arguments that give its output."""

GRADIENTS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "cross entropy": cross_entropy_gradient,
        "bce with logits": lambda y, a: expit(a) - y,
    }
)
"""By the name of a case: the gradient of the sum of its output, where a library has it."""
