# backproof generate Conv1d
# content: 8fa92b2f4f57ae386c20dcbd74c944ec
"""Conv1d: y[n, g, o, q] = Σ_c Σ_t x[n, g, c, dilation·t + stride·q - padding]·K[g, o, c, t] + b[g, o]

Made by `backproof generate Conv1d` from the definition in derivations/layers/convolution.py: change
the formula there and generate again. Source of the formula: document 2, "Backpropagation d'une
couche convolutive", with channels, strides and padding.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e145 in float64 and
±1e9 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike
from ._contract import contract
from ._shaped import Shaped, Shapes
from ._support import DTypeLike, Integers, Seed, as_dtype, as_flag, as_generator, as_integer, as_integers
from ._windows import add_windows, windows


class Conv1d(Shaped):
    """y[n, g, o, q] = Σ_c Σ_t x[n, g, c, dilation·t + stride·q - padding]·K[g, o, c, t] + b[g, o]

    Parameters
    ----------
    input : int
        The size G·C.
    output : int
        The size G·O.
    kernel : int or tuple of one
        The size T.
    stride : int or tuple of one, default 1
        stride >= 1.
    padding : int or tuple of one, default 0
        padding >= 0.
    dilation : int or tuple of one, default 1
        dilation >= 1.
    groups : int, default 1
        The size G: input and output must be multiples of it.
    bias : bool, default True
        Whether there is b. Without it, read 0.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: K uniform in ±1/√(C·T), b uniform in ±1/√(C·T).

    Attributes
    ----------
    parameters, gradients : dict of str to array
        K of shape (G·O, C, T);
        b of shape (G·O,), if there is one.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    An axis G·C holds the C entries for the first of G, then those for the next.

    Q = (W + 2·padding - dilation·(T - 1) - 1)//stride + 1
    """

    _notation = Shapes(
        {"x": ("N", "G·C", "W"), "K": ("G·O", "C", "T"), "b": ("G·O",), "delta": ("N", "G·O", "Q")},
        parameters=("K", "b"),
        least={"Q": 1},
        public={"x": "input"},
        settings=("input", "output", "kernel", "stride", "padding", "dilation", "groups"),
        block=("G", "C", "Q", "T"),
    )

    def __init__(
        self,
        input: int,
        output: int,
        kernel: Integers,
        stride: Integers = 1,
        padding: Integers = 0,
        dilation: Integers = 1,
        groups: int = 1,
        bias: bool = True,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        super().__init__()
        self.input = as_integer("Conv1d: input", input, least=0)
        self.output = as_integer("Conv1d: output", output, least=0)
        self.kernel = as_integers("Conv1d: kernel", kernel, 1)
        self.groups = as_integer("Conv1d: groups", groups, least=1)
        self.stride = as_integers("Conv1d: stride", stride, 1)
        self.padding = as_integers("Conv1d: padding", padding, 1)
        self.dilation = as_integers("Conv1d: dilation", dilation, 1)
        self._require(
            ("T >= 1", self.kernel[0] >= 1),
            ("input a multiple of groups", self.input % self.groups == 0),
            ("output a multiple of groups", self.output % self.groups == 0),
            ("stride >= 1", self.stride[0] >= 1),
            ("padding >= 0", self.padding[0] >= 0),
            ("dilation >= 1", self.dilation[0] >= 1),
        )
        self.bias = as_flag("Conv1d: bias", bias)
        self.dtype = as_dtype("Conv1d: dtype", dtype)
        generator = as_generator("Conv1d: rng", rng)
        self._start(
            "K",
            (self.output, self.input // self.groups, self.kernel[0]),
            1 / np.sqrt(max(self.input // self.groups, 1) * self.kernel[0]),
            generator,
        )
        if self.bias:
            self._start(
                "b",
                (self.output,),
                1 / np.sqrt(max(self.input // self.groups, 1) * self.kernel[0]),
                generator,
            )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"G": self.groups}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        W = sizes["W"]
        T = sizes["T"]
        (stride,) = self.stride
        (padding,) = self.padding
        (dilation,) = self.dilation
        Q = (W + 2 * padding - dilation * (T - 1) - 1) // stride + 1
        return {"Q": Q}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, G·C, W)
            The formula's x.

        Returns
        -------
        array of shape (N, G·O, Q)
        """
        fit = self._fit("forward", x=input)
        x, K, b = fit.arrays
        y = fit.by_rows()
        for at in fit.blocks():
            y[at], _ = forward(x[at], K, self.stride[0], self.padding[0], self.dilation[0], b)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, G·C, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, Q)
            The gradient of the final loss with respect to y.
        """
        fit = self._fit("backward_update_gradient", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        for at in fit.blocks():
            saved = saved_values(x[at], K, self.stride[0], self.padding[0], self.dilation[0], b)
            dK, db = backward_update_gradient(saved, delta[at])
            self._add(K=dK, b=db)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, G·C, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, W)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(x[at], K, self.stride[0], self.padding[0], self.dilation[0], b)
            dx[at] = backward_delta(saved, delta[at])
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, G·C, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, W)
        """
        fit = self._fit("backward", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(x[at], K, self.stride[0], self.padding[0], self.dilation[0], b)
            dx[at], dK, db = backward(saved, delta[at])
            self._add(K=dK, b=db)
        return fit.joined(dx, "x")


def forward(x, K, stride, padding, dilation, b=None):
    """y[n, g, o, q], and what the backward needs of it."""
    _, _, _, W = x.shape
    _, _, _, T = K.shape
    Q = (W + 2*padding - dilation*(T - 1) - 1)//stride + 1
    # x[n, g, c, dilation·t + stride·q - padding]
    x_windows = windows(x, (3, -padding, (stride, dilation), (Q, T)))
    # y[n, g, o, q] = Σ_c Σ_t x[n, g, c, dilation·t + stride·q - padding]·K[g, o, c, t]
    y = contract("goct, ngcqt -> ngoq", K, x_windows)
    if b is not None:
        y += b[:, :, None]  # + b[g, o]
    return y, (x, K, b, stride, padding, dilation)


def saved_values(x, K, stride, padding, dilation, b=None):
    """What the backward needs, without the output."""
    return (x, K, b, stride, padding, dilation)


def backward(saved, delta):
    """∂L/∂x[n, g, c, w], ∂L/∂K[g, o, c, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, q]."""
    x, K, b, stride, padding, dilation = saved
    _, _, _, W = x.shape
    _, _, _, T = K.shape
    _, _, _, Q = delta.shape
    db = None
    if stride == 1:
        # δ[n, g, o, w + padding - dilation·t]
        delta_windows = windows(delta, (3, padding, (1, -dilation), (W, T)))
        # dx[n, g, c, w] = Σ_t Σ_o δ[n, g, o, w + padding - dilation·t]·K[g, o, c, t]
        dx = contract("goct, ngowt -> ngcw", K, delta_windows)
    else:
        dx_windows = contract("goct, ngoq -> ngcqt", K, delta)  # Σ_o δ[n, g, o, q]·K[g, o, c, t]
        # dx[n, g, c, w] = Σ_o Σ_q Σ_t [w = dilation·t + stride·q - padding]·δ[n, g, o, q]·K[g, o, c, t]
        dx = add_windows(dx_windows, (3, -padding, (stride, dilation), W))
    # x[n, g, c, dilation·t + stride·q - padding]
    x_windows = windows(x, (3, -padding, (stride, dilation), (Q, T)))
    # dK[g, o, c, t] = Σ_n Σ_q x[n, g, c, dilation·t + stride·q - padding]·δ[n, g, o, q]
    dK = contract("ngcqt, ngoq -> goct", x_windows, delta)
    if b is not None:
        db = delta.sum(axis=(0, 3))  # db[g, o] = Σ_n Σ_q δ[n, g, o, q]
    return dx, dK, db


def backward_delta(saved, delta):
    """∂L/∂x[n, g, c, w] for delta = ∂L/∂y[n, g, o, q]."""
    x, K, _, stride, padding, dilation = saved
    _, _, _, W = x.shape
    _, _, _, T = K.shape
    if stride == 1:
        # δ[n, g, o, w + padding - dilation·t]
        delta_windows = windows(delta, (3, padding, (1, -dilation), (W, T)))
        # dx[n, g, c, w] = Σ_t Σ_o δ[n, g, o, w + padding - dilation·t]·K[g, o, c, t]
        dx = contract("goct, ngowt -> ngcw", K, delta_windows)
    else:
        dx_windows = contract("goct, ngoq -> ngcqt", K, delta)  # Σ_o δ[n, g, o, q]·K[g, o, c, t]
        # dx[n, g, c, w] = Σ_o Σ_q Σ_t [w = dilation·t + stride·q - padding]·δ[n, g, o, q]·K[g, o, c, t]
        dx = add_windows(dx_windows, (3, -padding, (stride, dilation), W))
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂K[g, o, c, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, q]."""
    x, K, b, stride, padding, dilation = saved
    _, _, _, T = K.shape
    _, _, _, Q = delta.shape
    db = None
    # x[n, g, c, dilation·t + stride·q - padding]
    x_windows = windows(x, (3, -padding, (stride, dilation), (Q, T)))
    # dK[g, o, c, t] = Σ_n Σ_q x[n, g, c, dilation·t + stride·q - padding]·δ[n, g, o, q]
    dK = contract("ngcqt, ngoq -> goct", x_windows, delta)
    if b is not None:
        db = delta.sum(axis=(0, 3))  # db[g, o] = Σ_n Σ_q δ[n, g, o, q]
    return dK, db
