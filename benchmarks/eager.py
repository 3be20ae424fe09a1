"""The same work in eager torch with its own gradients, where torch is installed; it is no dependency of the project."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

INSTALLED = find_spec("torch") is not None

if INSTALLED:
    import torch
    import torch.nn.functional as F


def one_thread() -> None:
    if INSTALLED:
        torch.set_num_threads(1)


def _with_gradient(*arrays):
    return [torch.from_numpy(np.array(a)).requires_grad_() for a in arrays]


def linear(x, W, b, delta):
    x, W, b = leaves = _with_gradient(x, W, b)
    given = torch.from_numpy(delta)
    return lambda: torch.autograd.grad(F.linear(x, W, b), leaves, given)


def tanh(a, delta):
    (a,), given = _with_gradient(a), torch.from_numpy(delta)
    return lambda: torch.autograd.grad(torch.tanh(a), a, given)


def sigmoid(a, delta):
    (a,), given = _with_gradient(a), torch.from_numpy(delta)
    return lambda: torch.autograd.grad(torch.sigmoid(a), a, given)


def cross_entropy(t, yhat, delta):
    (yhat,), t, given = _with_gradient(yhat), torch.from_numpy(t), torch.from_numpy(delta)
    return lambda: torch.autograd.grad(F.cross_entropy(yhat, t, reduction="none"), yhat, given)


def bce_with_logits(y, a, delta):
    (a,), y, given = _with_gradient(a), torch.from_numpy(y), torch.from_numpy(delta)
    return lambda: torch.autograd.grad(F.binary_cross_entropy_with_logits(a, y, reduction="none"), a, given)
