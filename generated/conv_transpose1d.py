# backproof generate ConvTranspose1d
# content: e9d6724e3932427cf4ad1098a275d6ef
"""ConvTranspose1d: y[n, g, o, w] = Σ_c Σ_q Σ_t [w = dilation·t + stride·q - padding]·x[n, g, c,
    q]·K[g, c, o, t] + b[g, o]

Made by `backproof generate ConvTranspose1d` from the definition in
derivations/layers/transposed_convolution.py: change the formula there and generate again. Source of
the formula: no document: the adjoint of its convolution.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e145 in float64 and
±1e9 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike
from ._contract import contract
from ._shaped import Shaped, Shapes
from ._support import DTypeLike, Integers, Seed, as_dtype, as_flag, as_generator, as_integer, as_integers
from ._windows import add_windows, windows


class ConvTranspose1d(Shaped):
    """y[n, g, o, w] = Σ_c Σ_q Σ_t [w = dilation·t + stride·q - padding]·x[n, g, c, q]·K[g, c, o, t] +
        b[g, o]

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
    output_padding : int or tuple of one, default 0
        output_padding >= 0, output_padding < stride.
    dilation : int or tuple of one, default 1
        dilation >= 1.
    groups : int, default 1
        The size G: input and output must be multiples of it.
    bias : bool, default True
        Whether there is b. Without it, read 0.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: K uniform in ±1/√(O·T), b uniform in ±1/√(O·T).

    Attributes
    ----------
    parameters, gradients : dict of str to array
        K of shape (G·C, O, T);
        b of shape (G·O,), if there is one.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    An axis G·C holds the C entries for the first of G, then those for the next.

    W = dilation·(T - 1) + output_padding + stride·(Q - 1) + 1 - 2·padding
    """

    _notation = Shapes(
        {"x": ("N", "G·C", "Q"), "K": ("G·C", "O", "T"), "b": ("G·O",), "delta": ("N", "G·O", "W")},
        parameters=("K", "b"),
        least={"W": 1},
        public={"x": "input"},
        settings=("input", "output", "kernel", "stride", "padding", "output_padding", "dilation", "groups"),
        block=("G", "O", "Q", "T"),
    )

    def __init__(
        self,
        input: int,
        output: int,
        kernel: Integers,
        stride: Integers = 1,
        padding: Integers = 0,
        output_padding: Integers = 0,
        dilation: Integers = 1,
        groups: int = 1,
        bias: bool = True,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        super().__init__()
        self.input = as_integer("ConvTranspose1d: input", input, least=0)
        self.output = as_integer("ConvTranspose1d: output", output, least=0)
        self.kernel = as_integers("ConvTranspose1d: kernel", kernel, 1)
        self.groups = as_integer("ConvTranspose1d: groups", groups, least=1)
        self.stride = as_integers("ConvTranspose1d: stride", stride, 1)
        self.padding = as_integers("ConvTranspose1d: padding", padding, 1)
        self.output_padding = as_integers("ConvTranspose1d: output_padding", output_padding, 1)
        self.dilation = as_integers("ConvTranspose1d: dilation", dilation, 1)
        self._require(
            ("T >= 1", self.kernel[0] >= 1),
            ("input a multiple of groups", self.input % self.groups == 0),
            ("output a multiple of groups", self.output % self.groups == 0),
            ("stride >= 1", self.stride[0] >= 1),
            ("padding >= 0", self.padding[0] >= 0),
            ("output_padding >= 0", self.output_padding[0] >= 0),
            ("output_padding < stride", self.output_padding[0] < self.stride[0]),
            ("dilation >= 1", self.dilation[0] >= 1),
        )
        self.bias = as_flag("ConvTranspose1d: bias", bias)
        self.dtype = as_dtype("ConvTranspose1d: dtype", dtype)
        generator = as_generator("ConvTranspose1d: rng", rng)
        self._start(
            "K",
            (self.input, self.output // self.groups, self.kernel[0]),
            1 / np.sqrt(max(self.output // self.groups, 1) * self.kernel[0]),
            generator,
        )
        if self.bias:
            self._start(
                "b",
                (self.output,),
                1 / np.sqrt(max(self.output // self.groups, 1) * self.kernel[0]),
                generator,
            )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"G": self.groups}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        Q = sizes["Q"]
        T = sizes["T"]
        (stride,) = self.stride
        (padding,) = self.padding
        (output_padding,) = self.output_padding
        (dilation,) = self.dilation
        W = dilation * (T - 1) + output_padding + stride * (Q - 1) + 1 - 2 * padding
        return {"W": W}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, G·C, Q)
            The formula's x.

        Returns
        -------
        array of shape (N, G·O, W)
        """
        fit = self._fit("forward", x=input)
        x, K, b = fit.arrays
        y = fit.by_rows()
        for at in fit.blocks():
            y[at], _ = forward(
                x[at],
                K,
                self.stride[0],
                self.padding[0],
                self.output_padding[0],
                self.dilation[0],
                b,
            )
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, G·C, Q)
            What `forward` was given.
        delta : array_like of shape (N, G·O, W)
            The gradient of the final loss with respect to y.
        """
        fit = self._fit("backward_update_gradient", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        for at in fit.blocks():
            saved = saved_values(
                x[at],
                K,
                self.stride[0],
                self.padding[0],
                self.output_padding[0],
                self.dilation[0],
                b,
            )
            dK, db = backward_update_gradient(saved, delta[at])
            self._add(K=dK, b=db)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, G·C, Q)
            What `forward` was given.
        delta : array_like of shape (N, G·O, W)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, Q)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(
                x[at],
                K,
                self.stride[0],
                self.padding[0],
                self.output_padding[0],
                self.dilation[0],
                b,
            )
            dx[at] = backward_delta(saved, delta[at])
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, G·C, Q)
            What `forward` was given.
        delta : array_like of shape (N, G·O, W)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, Q)
        """
        fit = self._fit("backward", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(
                x[at],
                K,
                self.stride[0],
                self.padding[0],
                self.output_padding[0],
                self.dilation[0],
                b,
            )
            dx[at], dK, db = backward(saved, delta[at])
            self._add(K=dK, b=db)
        return fit.joined(dx, "x")


def forward(x, K, stride, padding, output_padding, dilation, b=None):
    """y[n, g, o, w], and what the backward needs of it."""
    _, _, _, Q = x.shape
    _, _, _, T = K.shape
    W = output_padding + dilation*(T - 1) + stride*(Q - 1) + 1 - 2*padding
    if stride == 1:
        x_windows = windows(x, (3, padding, (1, -dilation), (W, T)))  # x[n, g, c, w + padding - dilation·t]
        # y[n, g, o, w] = Σ_t Σ_c x[n, g, c, w + padding - dilation·t]·K[g, c, o, t]
        y = contract("gcot, ngcwt -> ngow", K, x_windows)
    else:
        y_windows = contract("gcot, ngcq -> ngoqt", K, x)  # Σ_c x[n, g, c, q]·K[g, c, o, t]
        # y[n, g, o, w] = Σ_c Σ_q Σ_t [w = dilation·t + stride·q - padding]·x[n, g, c, q]·K[g, c, o, t]
        y = add_windows(y_windows, (3, -padding, (stride, dilation), W))
    if b is not None:
        y += b[:, :, None]  # + b[g, o]
    return y, (x, K, b, stride, padding, dilation)


def saved_values(x, K, stride, padding, output_padding, dilation, b=None):
    """What the backward needs, without the output."""
    return (x, K, b, stride, padding, dilation)


def backward(saved, delta):
    """∂L/∂x[n, g, c, q], ∂L/∂K[g, c, o, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, w]."""
    x, K, b, stride, padding, dilation = saved
    _, _, _, Q = x.shape
    _, _, _, T = K.shape
    db = None
    # δ[n, g, o, dilation·t + stride·q - padding]
    delta_windows = windows(delta, (3, -padding, (stride, dilation), (Q, T)))
    # dx[n, g, c, q] = Σ_t Σ_o δ[n, g, o, dilation·t + stride·q - padding]·K[g, c, o, t]
    dx = contract("gcot, ngoqt -> ngcq", K, delta_windows)
    # dK[g, c, o, t] = Σ_q Σ_n x[n, g, c, q]·δ[n, g, o, dilation·t + stride·q - padding]
    dK = contract("ngcq, ngoqt -> gcot", x, delta_windows)
    if b is not None:
        db = delta.sum(axis=(0, 3))  # db[g, o] = Σ_n Σ_w δ[n, g, o, w]
    return dx, dK, db


def backward_delta(saved, delta):
    """∂L/∂x[n, g, c, q] for delta = ∂L/∂y[n, g, o, w]."""
    x, K, _, stride, padding, dilation = saved
    _, _, _, Q = x.shape
    _, _, _, T = K.shape
    # δ[n, g, o, dilation·t + stride·q - padding]
    delta_windows = windows(delta, (3, -padding, (stride, dilation), (Q, T)))
    # dx[n, g, c, q] = Σ_t Σ_o δ[n, g, o, dilation·t + stride·q - padding]·K[g, c, o, t]
    dx = contract("gcot, ngoqt -> ngcq", K, delta_windows)
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂K[g, c, o, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, w]."""
    x, K, b, stride, padding, dilation = saved
    _, _, _, Q = x.shape
    _, _, _, T = K.shape
    db = None
    # δ[n, g, o, dilation·t + stride·q - padding]
    delta_windows = windows(delta, (3, -padding, (stride, dilation), (Q, T)))
    # dK[g, c, o, t] = Σ_q Σ_n x[n, g, c, q]·δ[n, g, o, dilation·t + stride·q - padding]
    dK = contract("ngcq, ngoqt -> gcot", x, delta_windows)
    if b is not None:
        db = delta.sum(axis=(0, 3))  # db[g, o] = Σ_n Σ_w δ[n, g, o, w]
    return dK, db
