"""The same work in eager torch with its own gradients; torch is no dependency of the project.

Layers with windows run on arrays as NumPy makes them (``torch``) and with the channels last in memory, which
torch is often faster on.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from benchmarks.rows import Row

torch.set_num_threads(1)


def gradients(function, inputs: tuple, delta, constants: tuple = ()):
    """Forward and backward: the gradients of the inputs for delta at the output."""
    leaves = [each.requires_grad_() for each in inputs]
    return lambda: torch.autograd.grad(function(*leaves, *constants), leaves, delta)


def tensors(*arrays, memory_format=torch.contiguous_format):
    """Copies of arrays; the format is that of those with four axes."""
    found = (torch.from_numpy(array.copy()) for array in arrays)
    return tuple(each.contiguous(memory_format=memory_format) if each.ndim == 4 else each for each in found)


def way(function):
    """Work on a row by a function of the inputs."""

    def work(row: Row, inputs: tuple, delta):
        return gradients(function, tensors(*inputs), *tensors(delta))

    return work


def cross_entropy(row: Row, inputs: tuple, delta):
    labels, yhat = tensors(*inputs)
    return gradients(lambda yhat: F.cross_entropy(yhat, labels, reduction="none"), (yhat,), *tensors(delta))


def bce_with_logits(row: Row, inputs: tuple, delta):
    y, a = tensors(*inputs)
    loss = F.binary_cross_entropy_with_logits
    return gradients(lambda a: loss(a, y, reduction="none"), (a,), *tensors(delta))


def with_windows(function, memory_format):
    """Work on a row by a function that takes the row's settings in their order."""

    def work(row: Row, inputs: tuple, delta):
        *leaves, given = tensors(*inputs, delta, memory_format=memory_format)
        return gradients(function, tuple(leaves), given, tuple(row.settings.values()))

    return work


def of_windows(memory_format) -> dict:
    functions = {
        "convolution": F.conv2d,
        "Winograd_convolution": F.conv2d,
        "average_pooling": F.avg_pool2d,
        "max_pooling": F.max_pool2d,
    }
    return {name: with_windows(function, memory_format) for name, function in functions.items()}


WAYS = {
    "torch": {
        "linear": way(F.linear),
        "tanh": way(torch.tanh),
        "sigmoid": way(torch.sigmoid),
        "cross_entropy": cross_entropy,
        "bce_with_logits": bce_with_logits,
        **of_windows(torch.contiguous_format),
    },
    "torch, channels last": of_windows(torch.channels_last),
}
