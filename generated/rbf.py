# backproof generate RBF
# content: d98d219cbeb25dba8b5b6fee4a6c4188
"""RBF: z[n, j] = exp(-q[n, j]/(2·s²))
    where q[n, j] = Σ_i (x[n, i] - c[j, i])²

Made by `backproof generate RBF` from the definition in derivations/layers/rbf.py: change the
formula there and generate again. Source of the formula: no document: the layer that keeps the
others honest.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e143 in float64 and
±1e5 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike, Notation, fresh
from ._support import DTypeLike, Module, Seed, as_dtype, as_generator, as_integer, as_number


class RBF(Module):
    """z[n, j] = exp(-q[n, j]/(2·s²))

    where q[n, j] = Σ_i (x[n, i] - c[j, i])²

    Parameters
    ----------
    input : int
        The size d.
    centres : int
        The size J.
    s : float, default 1.0
        s > 0, 1e-06 ≤ s ≤ 1e+06, where results are finite.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: c uniform in ±1.

    Attributes
    ----------
    parameters, gradients : dict of str to array
        c of shape (J, d).

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.
    """

    _notation = Notation(
        {"x": ("N", "d"), "c": ("J", "d"), "delta": ("N", "J")},
        parameters=("c",),
        least={"J": 1},
    )

    def __init__(
        self,
        input: int,
        centres: int,
        s: float = 1.0,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        super().__init__()
        self.input = as_integer("RBF: input", input, least=0)
        self.centres = as_integer("RBF: centres", centres, least=1)
        self.s = as_number("RBF: s", s)
        if not self.s > 0:
            raise ValueError(f"RBF: s must satisfy s > 0; got {s}")
        if not 1e-06 <= self.s <= 1000000.0:
            raise ValueError(f"RBF: s must satisfy 1e-06 ≤ s ≤ 1e+06, where results are finite; got {s}")
        self.dtype = as_dtype("RBF: dtype", dtype)
        generator = as_generator("RBF: rng", rng)
        self._start("c", (self.centres, self.input), 1, generator)

    def forward(self, input: ArrayLike) -> Array:
        """Compute z.

        Parameters
        ----------
        input : array_like of shape (N, d)
            The formula's x.

        Returns
        -------
        array of shape (N, J)
        """
        x, c = self._arrays("forward", x=input)
        z, _ = forward(x, c, self.s)
        return fresh(z, x, c)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, d)
            What `forward` was given.
        delta : array_like of shape (N, J)
            The gradient of the final loss with respect to z.
        """
        x, delta, c = self._arrays("backward_update_gradient", x=input, delta=delta)
        _, saved = forward(x, c, self.s)
        dc = backward_update_gradient(saved, delta)
        self._add(c=dc)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, d)
            What `forward` was given.
        delta : array_like of shape (N, J)
            The gradient of the final loss with respect to z.

        Returns
        -------
        array of shape (N, d)
        """
        x, delta, c = self._arrays("backward_delta", x=input, delta=delta)
        _, saved = forward(x, c, self.s)
        dx = backward_delta(saved, delta)
        return fresh(dx, x, c, delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, d)
            What `forward` was given.
        delta : array_like of shape (N, J)
            The gradient of the final loss with respect to z.

        Returns
        -------
        array of shape (N, d)
        """
        x, delta, c = self._arrays("backward", x=input, delta=delta)
        _, saved = forward(x, c, self.s)
        dx, dc = backward(saved, delta)
        self._add(c=dc)
        return fresh(dx, x, c, delta)


def forward(x, c, s):
    """z[n, j], and what the backward needs of it."""
    m = c.mean(axis=0)  # m[i] = mean_j c[j, i]
    xm = x - m  # xm[n, i] = x[n, i] - m[i]
    cm = c - m  # cm[j, i] = c[j, i] - m[i]
    q = np.dot(xm, cm.T)  # q[n, j] = Σ_i cm[j, i]·xm[n, i]
    q *= -2  # · -2
    q += (cm * cm).sum(axis=1)  # + Σ_i cm[j, i]²
    q += (xm * xm).sum(axis=1)[:, None]  # + Σ_i xm[n, i]²
    np.maximum(q, 0, out=q)  # max(Σ_i cm[j, i]² + Σ_i xm[n, i]² - 2·Σ_i cm[j, i]·xm[n, i], 0)
    z = np.exp(q / (-2 * s**2), out=q)  # z[n, j] = exp(-q[n, j]/(2·s²))
    return z, (s, xm, cm, z)


def backward(saved, delta):
    """∂L/∂x[n, i] and ∂L/∂c[j, i] for delta = ∂L/∂z[n, j]."""
    s, xm, cm, z = saved
    g = z * delta / s**2  # g[n, j] = z[n, j]·δ[n, j]/s²
    dx = np.dot(g, cm)  # dx[n, i] = Σ_j cm[j, i]·g[n, j]
    dx -= xm * g.sum(axis=1)[:, None]  # - xm[n, i]·Σ_j g[n, j]
    dc = np.dot(g.T, xm)  # dc[j, i] = Σ_n g[n, j]·xm[n, i]
    dc -= cm * g.sum(axis=0)[:, None]  # - cm[j, i]·Σ_n g[n, j]
    return dx, dc


def backward_delta(saved, delta):
    """∂L/∂x[n, i] for delta = ∂L/∂z[n, j]."""
    s, xm, cm, z = saved
    g = z * delta / s**2  # g[n, j] = z[n, j]·δ[n, j]/s²
    dx = np.dot(g, cm)  # dx[n, i] = Σ_j cm[j, i]·g[n, j]
    dx -= xm * g.sum(axis=1)[:, None]  # - xm[n, i]·Σ_j g[n, j]
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂c[j, i] for delta = ∂L/∂z[n, j]."""
    s, xm, cm, z = saved
    g = z * delta / s**2  # g[n, j] = z[n, j]·δ[n, j]/s²
    dc = np.dot(g.T, xm)  # dc[j, i] = Σ_n g[n, j]·xm[n, i]
    dc -= cm * g.sum(axis=0)[:, None]  # - cm[j, i]·Σ_n g[n, j]
    return dc
