# backproof generate
# content: 54580c182641bde770b82c1cdf8ce4f4
"""Convolution and max pooling in one dimension on arrays of batch × length × channels.

The layers themselves have the channels before the length; here the arrays go in and come out as views with
these two axes exchanged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._arrays import Array, ArrayLike, as_array
from ._support import DTypeLike, Module, Seed
from .conv1d import Conv1d
from .max_pool1d import MaxPool1d

__all__ = ["Conv1D", "MaxPool1D"]


class ChannelsLast(Module):
    """A layer whose arrays have the channels last; the parameters are the layer's own."""

    def __init__(self, layer: Module) -> None:
        super().__init__()
        self._layer = layer
        self._notation = layer._notation
        self.parameters, self.gradients = layer.parameters, layer.gradients

    def forward(self, input: ArrayLike) -> Array:
        """Compute the output, batch × length × channels.

        Parameters
        ----------
        input : array_like of shape (batch, length, channels)

        Returns
        -------
        array of shape (batch, length, channels)
        """
        return self._call("forward", input=input)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (batch, length, channels)
            What `forward` was given.
        delta : array_like of shape (batch, length, channels)
            The gradient of the final loss with respect to the output.
        """
        self._call("backward_update_gradient", input=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (batch, length, channels)
            What `forward` was given.
        delta : array_like of shape (batch, length, channels)
            The gradient of the final loss with respect to the output.

        Returns
        -------
        array of the shape of input
        """
        return self._call("backward_delta", input=input, delta=delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (batch, length, channels)
            What `forward` was given.
        delta : array_like of shape (batch, length, channels)
            The gradient of the final loss with respect to the output.

        Returns
        -------
        array of the shape of input
        """
        return self._call("backward", input=input, delta=delta)

    def _call(self, method: str, **given: ArrayLike) -> Any:
        """What the layer's method gives for the arrays with their last two axes exchanged."""
        where = f"{type(self).__name__}.{method}"
        arrays = {name: as_array(f"{where}: {name}", value) for name, value in given.items()}
        for name, array in arrays.items():
            if array.ndim != 3:
                given = f"the array given is {array.shape}"
                raise ValueError(f"{where}: {name} is batch × length × channels; {given}")
        try:
            result = getattr(self._layer, method)(*(array.swapaxes(1, 2) for array in arrays.values()))
        except ValueError as error:
            raise ValueError(f"{where}, with the channels before the length: {error}") from error
        return None if result is None else result.swapaxes(1, 2)


class Conv1D(ChannelsLast):
    """`Conv1d` on arrays of batch × length × channels.

    Parameters
    ----------
    k_size : int
        The length of the kernel.
    chan_in, chan_out : int
        How many channels go in and come out.
    stride : int, default 1
        The steps from window to window.
    bias : bool, default False
        Whether a number is added to each channel.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values.

    Attributes
    ----------
    parameters, gradients : dict of str to array
        Those of `Conv1d`: K of shape (chan_out, chan_in, k_size). A kernel W of shape (k_size, chan_in,
        chan_out) is ``K = W.transpose(2, 1, 0)``, and ``W = K.transpose(2, 1, 0)``.
    """

    def __init__(
        self,
        k_size: int,
        chan_in: int,
        chan_out: int,
        stride: int = 1,
        bias: bool = False,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        layer = Conv1d(chan_in, chan_out, k_size, stride, bias=bias, dtype=dtype, rng=rng)
        super().__init__(layer)
        self.k_size, self.chan_in, self.chan_out = layer.kernel[0], layer.input, layer.output
        self.stride, self.bias, self.dtype = layer.stride[0], layer.bias, layer.dtype


class MaxPool1D(ChannelsLast):
    """`MaxPool1d` on arrays of batch × length × channels.

    Parameters
    ----------
    k_size : int, default 3
        The length of a window.
    stride : int, default 1
        The steps from window to window.
    """

    def __init__(self, k_size: int = 3, stride: int = 1) -> None:
        layer = MaxPool1d(k_size, stride)
        super().__init__(layer)
        self.k_size, self.stride = layer.kernel[0], layer.stride[0]
