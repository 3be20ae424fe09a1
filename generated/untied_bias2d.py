# backproof generate UntiedBias2d
# content: 9982729bf50913f333a51d58d6934583
"""UntiedBias2d: y[n, c, p, q] = b[c, p, q] + x[n, c, p, q]

Made by `backproof generate UntiedBias2d` from the definition in derivations/layers/untied_bias.py:
change the formula there and generate again. Source of the formula: document 2, "Backpropagation
d'une couche convolutive", its bias.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e299 in float64 and
±1e29 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike
from ._shaped import Shaped, Shapes
from ._support import DTypeLike, Integers, Seed, as_dtype, as_generator, as_integer, as_integers


class UntiedBias2d(Shaped):
    """y[n, c, p, q] = b[c, p, q] + x[n, c, p, q]

    Parameters
    ----------
    channels : int
        The size C.
    sides : int or tuple of 2 ints
        The sizes P and Q.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: b is 0.

    Attributes
    ----------
    parameters, gradients : dict of str to array
        b of shape (C, P, Q).

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Shapes(
        {"x": ("N", "C", "P", "Q"), "b": ("C", "P", "Q"), "delta": ("N", "C", "P", "Q")},
        parameters=("b",),
        public={"x": "input"},
        settings=("channels", "sides"),
    )

    def __init__(
        self,
        channels: int,
        sides: Integers,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        super().__init__()
        self.channels = as_integer("UntiedBias2d: channels", channels, least=0)
        self.sides = as_integers("UntiedBias2d: sides", sides, 2)
        self.dtype = as_dtype("UntiedBias2d: dtype", dtype)
        generator = as_generator("UntiedBias2d: rng", rng)
        self._start("b", (self.channels, self.sides[0], self.sides[1]), 0, generator)

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, C, P, Q)
            The formula's x.

        Returns
        -------
        array of shape (N, C, P, Q)
        """
        fit = self._fit("forward", x=input)
        x, b = fit.arrays
        y, _ = forward(x, b)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, C, P, Q)
            What `forward` was given.
        delta : array_like of shape (N, C, P, Q)
            The gradient of the final loss with respect to y.
        """
        fit = self._fit("backward_update_gradient", x=input, delta=delta)
        x, delta, b = fit.arrays
        saved = saved_values(x, b)
        db = backward_update_gradient(saved, delta)
        self._add(b=db)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, C, P, Q)
            What `forward` was given.
        delta : array_like of shape (N, C, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, P, Q)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta, b = fit.arrays
        saved = saved_values(x, b)
        dx = backward_delta(saved, delta)
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, C, P, Q)
            What `forward` was given.
        delta : array_like of shape (N, C, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, P, Q)
        """
        fit = self._fit("backward", x=input, delta=delta)
        x, delta, b = fit.arrays
        saved = saved_values(x, b)
        dx, db = backward(saved, delta)
        self._add(b=db)
        return fit.joined(dx, "x")


def forward(x, b):
    """y[n, c, p, q], and what the backward needs of it."""
    y = x + b  # y[n, c, p, q] = b[c, p, q] + x[n, c, p, q]
    return y, ()


def saved_values(x, b):
    """What the backward needs, without the output."""
    return ()


def backward(saved, delta):
    """∂L/∂x[n, c, p, q] and ∂L/∂b[c, p, q] for delta = ∂L/∂y[n, c, p, q]."""
    dx = np.copy(delta)  # dx[n, c, p, q] = δ[n, c, p, q]
    db = delta.sum(axis=0)  # db[c, p, q] = Σ_n δ[n, c, p, q]
    return dx, db


def backward_delta(saved, delta):
    """∂L/∂x[n, c, p, q] for delta = ∂L/∂y[n, c, p, q]."""
    dx = np.copy(delta)  # dx[n, c, p, q] = δ[n, c, p, q]
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂b[c, p, q] for delta = ∂L/∂y[n, c, p, q]."""
    db = delta.sum(axis=0)  # db[c, p, q] = Σ_n δ[n, c, p, q]
    return db
