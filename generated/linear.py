# backproof generate Linear
# content: e37731c36ac8e1885390e154fc125a3d
"""Linear: z[n, j] = Σ_i x[n, i]·W[j, i] + b[j]

Made by `backproof generate Linear` from the definition in derivations/layers/linear.py: change the
formula there and generate again. Source of the formula: document 1, "Module Linéaire".

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e149 in float64 and
±1e14 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, fresh
from ._support import DTypeLike, Module, Seed, as_dtype, as_flag, as_generator, as_integer


class Linear(Module):
    """z[n, j] = Σ_i x[n, i]·W[j, i] + b[j]

    Parameters
    ----------
    input : int
        The size d.
    output : int
        The size d'.
    bias : bool, default True
        Whether there is b. Without it, read 0.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: W uniform in ±1/√d, b uniform in ±1/√d.

    Attributes
    ----------
    parameters, gradients : dict of str to array
        W of shape (d', d);
        b of shape (d',), if there is one.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation(
        {"x": ("N", "d"), "W": ("d'", "d"), "b": ("d'",), "delta": ("N", "d'")},
        parameters=("W", "b"),
    )

    def __init__(
        self,
        input: int,
        output: int,
        bias: bool = True,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        super().__init__()
        self.input = as_integer("Linear: input", input, least=0)
        self.output = as_integer("Linear: output", output, least=0)
        self.bias = as_flag("Linear: bias", bias)
        self.dtype = as_dtype("Linear: dtype", dtype)
        generator = as_generator("Linear: rng", rng)
        self._start("W", (self.output, self.input), 1 / np.sqrt(max(self.input, 1)), generator)
        if self.bias:
            self._start("b", (self.output,), 1 / np.sqrt(max(self.input, 1)), generator)

    def forward(self, input: ArrayLike) -> Array:
        """Compute z.

        Parameters
        ----------
        input : array_like of shape (N, d)
            The formula's x.

        Returns
        -------
        array of shape (N, d')
        """
        x, W, b = self._arrays("forward", x=input)
        z, _ = forward(x, W, b)
        return fresh(z, x, W, b)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, d)
            What `forward` was given.
        delta : array_like of shape (N, d')
            The gradient of the final loss with respect to z.
        """
        x, delta, W, b = self._arrays("backward_update_gradient", x=input, delta=delta)
        saved = saved_values(x, W, b)
        dW, db = backward_update_gradient(saved, delta)
        self._add(W=dW, b=db)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, d)
            What `forward` was given.
        delta : array_like of shape (N, d')
            The gradient of the final loss with respect to z.

        Returns
        -------
        array of shape (N, d)
        """
        x, delta, W, b = self._arrays("backward_delta", x=input, delta=delta)
        saved = saved_values(x, W, b)
        dx = backward_delta(saved, delta)
        return fresh(dx, x, W, b, delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, d)
            What `forward` was given.
        delta : array_like of shape (N, d')
            The gradient of the final loss with respect to z.

        Returns
        -------
        array of shape (N, d)
        """
        x, delta, W, b = self._arrays("backward", x=input, delta=delta)
        saved = saved_values(x, W, b)
        dx, dW, db = backward(saved, delta)
        self._add(W=dW, b=db)
        return fresh(dx, x, W, b, delta)


def forward(x, W, b=None):
    """z[n, j], and what the backward needs of it."""
    z = np.dot(x, W.T)  # z[n, j] = Σ_i x[n, i]·W[j, i]
    if b is not None:
        z += b  # + b[j]
    return z, (x, W, b)


def saved_values(x, W, b=None):
    """What the backward needs, without the output."""
    return (x, W, b)


def backward(saved, delta):
    """∂L/∂x[n, i], ∂L/∂W[j, i] and ∂L/∂b[j] for delta = ∂L/∂z[n, j]."""
    x, W, b = saved
    db = None
    dx = np.dot(delta, W)  # dx[n, i] = Σ_j δ[n, j]·W[j, i]
    dW = np.dot(delta.T, x)  # dW[j, i] = Σ_n x[n, i]·δ[n, j]
    if b is not None:
        db = delta.sum(axis=0)  # db[j] = Σ_n δ[n, j]
    return dx, dW, db


def backward_delta(saved, delta):
    """∂L/∂x[n, i] for delta = ∂L/∂z[n, j]."""
    _, W, _ = saved
    dx = np.dot(delta, W)  # dx[n, i] = Σ_j δ[n, j]·W[j, i]
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂W[j, i] and ∂L/∂b[j] for delta = ∂L/∂z[n, j]."""
    x, _, b = saved
    db = None
    dW = np.dot(delta.T, x)  # dW[j, i] = Σ_n x[n, i]·δ[n, j]
    if b is not None:
        db = delta.sum(axis=0)  # db[j] = Σ_n δ[n, j]
    return dW, db
