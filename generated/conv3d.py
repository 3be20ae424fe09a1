# backproof generate Conv3d
# content: 0f922b01896576a43bc23d6bdc55581d
"""Conv3d: y[n, g, o, u, p, q] = Σ_c Σ_s Σ_r Σ_t x[n, g, c, dilation_d·s + stride_d·u - padding_d,
    dilation_h·r + stride_h·p - padding_h, dilation_w·t + stride_w·q - padding_w]·K[g, o, c, s, r,
    t] + b[g, o]

Made by `backproof generate Conv3d` from the definition in derivations/layers/convolution.py: change
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


class Conv3d(Shaped):
    """y[n, g, o, u, p, q] = Σ_c Σ_s Σ_r Σ_t x[n, g, c, dilation_d·s + stride_d·u - padding_d,
        dilation_h·r + stride_h·p - padding_h, dilation_w·t + stride_w·q - padding_w]·K[g, o, c, s,
        r, t] + b[g, o]

    Parameters
    ----------
    input : int
        The size G·C.
    output : int
        The size G·O.
    kernel : int or tuple of 3 ints
        The sizes S, R and T.
    stride : int or tuple of 3 ints, default 1
        stride_d >= 1, stride_h >= 1, stride_w >= 1.
    padding : int or tuple of 3 ints, default 0
        padding_d >= 0, padding_h >= 0, padding_w >= 0.
    dilation : int or tuple of 3 ints, default 1
        dilation_d >= 1, dilation_h >= 1, dilation_w >= 1.
    groups : int, default 1
        The size G: input and output must be multiples of it.
    bias : bool, default True
        Whether there is b. Without it, read 0.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: K uniform in ±1/√(C·R·S·T), b uniform in ±1/√(C·R·S·T).

    Attributes
    ----------
    parameters, gradients : dict of str to array
        K of shape (G·O, C, S, R, T);
        b of shape (G·O,), if there is one.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    An axis G·C holds the C entries for the first of G, then those for the next.

    U = (D + 2·padding_d - dilation_d·(S - 1) - 1)//stride_d + 1
    P = (H + 2·padding_h - dilation_h·(R - 1) - 1)//stride_h + 1
    Q = (W + 2·padding_w - dilation_w·(T - 1) - 1)//stride_w + 1
    """

    _notation = Shapes(
        {
            "x": ("N", "G·C", "D", "H", "W"),
            "K": ("G·O", "C", "S", "R", "T"),
            "b": ("G·O",),
            "delta": ("N", "G·O", "U", "P", "Q"),
        },
        parameters=("K", "b"),
        least={"U": 1, "P": 1, "Q": 1},
        public={"x": "input"},
        settings=("input", "output", "kernel", "stride", "padding", "dilation", "groups"),
        block=("G", "C", "S", "U", "P", "R", "Q", "T"),
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
        self.input = as_integer("Conv3d: input", input, least=0)
        self.output = as_integer("Conv3d: output", output, least=0)
        self.kernel = as_integers("Conv3d: kernel", kernel, 3)
        self.groups = as_integer("Conv3d: groups", groups, least=1)
        self.stride = as_integers("Conv3d: stride", stride, 3)
        self.padding = as_integers("Conv3d: padding", padding, 3)
        self.dilation = as_integers("Conv3d: dilation", dilation, 3)
        self._require(
            ("S >= 1", self.kernel[0] >= 1),
            ("R >= 1", self.kernel[1] >= 1),
            ("T >= 1", self.kernel[2] >= 1),
            ("input a multiple of groups", self.input % self.groups == 0),
            ("output a multiple of groups", self.output % self.groups == 0),
            ("stride_d >= 1", self.stride[0] >= 1),
            ("stride_h >= 1", self.stride[1] >= 1),
            ("stride_w >= 1", self.stride[2] >= 1),
            ("padding_d >= 0", self.padding[0] >= 0),
            ("padding_h >= 0", self.padding[1] >= 0),
            ("padding_w >= 0", self.padding[2] >= 0),
            ("dilation_d >= 1", self.dilation[0] >= 1),
            ("dilation_h >= 1", self.dilation[1] >= 1),
            ("dilation_w >= 1", self.dilation[2] >= 1),
        )
        self.bias = as_flag("Conv3d: bias", bias)
        self.dtype = as_dtype("Conv3d: dtype", dtype)
        generator = as_generator("Conv3d: rng", rng)
        self._start(
            "K",
            (self.output, self.input // self.groups, self.kernel[0], self.kernel[1], self.kernel[2]),
            1 / np.sqrt(max(self.input // self.groups, 1) * np.prod(self.kernel)),
            generator,
        )
        if self.bias:
            self._start(
                "b",
                (self.output,),
                1 / np.sqrt(max(self.input // self.groups, 1) * np.prod(self.kernel)),
                generator,
            )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"G": self.groups}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        D = sizes["D"]
        H = sizes["H"]
        W = sizes["W"]
        S = sizes["S"]
        R = sizes["R"]
        T = sizes["T"]
        stride_d, stride_h, stride_w = self.stride
        padding_d, padding_h, padding_w = self.padding
        dilation_d, dilation_h, dilation_w = self.dilation
        U = (D + 2 * padding_d - dilation_d * (S - 1) - 1) // stride_d + 1
        P = (H + 2 * padding_h - dilation_h * (R - 1) - 1) // stride_h + 1
        Q = (W + 2 * padding_w - dilation_w * (T - 1) - 1) // stride_w + 1
        return {"U": U, "P": P, "Q": Q}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, G·C, D, H, W)
            The formula's x.

        Returns
        -------
        array of shape (N, G·O, U, P, Q)
        """
        fit = self._fit("forward", x=input)
        x, K, b = fit.arrays
        y = fit.by_rows()
        for at in fit.blocks():
            y[at], _ = forward(x[at], K, *self.stride, *self.padding, *self.dilation, b)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, G·C, D, H, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, U, P, Q)
            The gradient of the final loss with respect to y.
        """
        fit = self._fit("backward_update_gradient", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        for at in fit.blocks():
            saved = saved_values(x[at], K, *self.stride, *self.padding, *self.dilation, b)
            dK, db = backward_update_gradient(saved, delta[at])
            self._add(K=dK, b=db)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, G·C, D, H, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, U, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, D, H, W)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(x[at], K, *self.stride, *self.padding, *self.dilation, b)
            dx[at] = backward_delta(saved, delta[at])
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, G·C, D, H, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, U, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, D, H, W)
        """
        fit = self._fit("backward", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(x[at], K, *self.stride, *self.padding, *self.dilation, b)
            dx[at], dK, db = backward(saved, delta[at])
            self._add(K=dK, b=db)
        return fit.joined(dx, "x")


def forward(
    x,
    K,
    stride_d,
    stride_h,
    stride_w,
    padding_d,
    padding_h,
    padding_w,
    dilation_d,
    dilation_h,
    dilation_w,
    b=None,
):
    """y[n, g, o, u, p, q], and what the backward needs of it."""
    _, _, _, D, H, W = x.shape
    _, _, _, S, R, T = K.shape
    U = (D + 2*padding_d - dilation_d*(S - 1) - 1)//stride_d + 1
    P = (H + 2*padding_h - dilation_h*(R - 1) - 1)//stride_h + 1
    Q = (W + 2*padding_w - dilation_w*(T - 1) - 1)//stride_w + 1
    # x[n, g, c, dilation_d·s + stride_d·u - padding_d, dilation_h·r + stride_h·p - padding_h, dilation_w·t
    #   + stride_w·q - padding_w]
    x_windows = windows(
        x,
        (3, -padding_d, (stride_d, dilation_d), (U, S)),
        (4, -padding_h, (stride_h, dilation_h), (P, R)),
        (5, -padding_w, (stride_w, dilation_w), (Q, T)),
    )
    # y[n, g, o, u, p, q] = Σ_c Σ_s Σ_r Σ_t x[n, g, c, dilation_d·s + stride_d·u - padding_d, dilation_h·r +
    #   stride_h·p - padding_h, dilation_w·t + stride_w·q - padding_w]·K[g, o, c, s, r, t]
    y = contract("gocsrt, ngcusprqt -> ngoupq", K, x_windows)
    if b is not None:
        y += b[:, :, None, None, None]  # + b[g, o]
    return y, (
        x, K, b, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w, dilation_d, dilation_h,
        dilation_w,
    )


def saved_values(
    x,
    K,
    stride_d,
    stride_h,
    stride_w,
    padding_d,
    padding_h,
    padding_w,
    dilation_d,
    dilation_h,
    dilation_w,
    b=None,
):
    """What the backward needs, without the output."""
    return (
        x, K, b, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w, dilation_d, dilation_h,
        dilation_w,
    )


def backward(saved, delta):
    """∂L/∂x[n, g, c, d, h, w], ∂L/∂K[g, o, c, s, r, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, u, p, q]."""
    x, K, b, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w, dilation_d, dilation_h, dilation_w = saved
    _, _, _, D, H, W = x.shape
    _, _, _, S, R, T = K.shape
    _, _, _, U, P, Q = delta.shape
    db = None
    if stride_d == 1 and stride_h == 1 and stride_w == 1:
        # δ[n, g, o, d + padding_d - dilation_d·s, h + padding_h - dilation_h·r, w + padding_w - dilation_w·t]
        delta_windows = windows(
            delta,
            (3, padding_d, (1, -dilation_d), (D, S)),
            (4, padding_h, (1, -dilation_h), (H, R)),
            (5, padding_w, (1, -dilation_w), (W, T)),
        )
        # dx[n, g, c, d, h, w] = Σ_s Σ_r Σ_t Σ_o δ[n, g, o, d + padding_d - dilation_d·s, h + padding_h -
        #   dilation_h·r, w + padding_w - dilation_w·t]·K[g, o, c, s, r, t]
        dx = contract("gocsrt, ngodshrwt -> ngcdhw", K, delta_windows)
    else:
        # Σ_o δ[n, g, o, u, p, q]·K[g, o, c, s, r, t]
        dx_windows = contract("gocsrt, ngoupq -> ngcusprqt", K, delta)
        # dx[n, g, c, d, h, w] = Σ_o Σ_p Σ_q Σ_r Σ_s Σ_t Σ_u [d = dilation_d·s + stride_d·u - padding_d]·
        #   [h = dilation_h·r + stride_h·p - padding_h]·[w = dilation_w·t + stride_w·q - padding_w]·
        #   δ[n, g, o, u, p, q]·K[g, o, c, s, r, t]
        dx = add_windows(
            dx_windows,
            (3, -padding_d, (stride_d, dilation_d), D),
            (4, -padding_h, (stride_h, dilation_h), H),
            (5, -padding_w, (stride_w, dilation_w), W),
        )
    # x[n, g, c, dilation_d·s + stride_d·u - padding_d, dilation_h·r + stride_h·p - padding_h, dilation_w·t
    #   + stride_w·q - padding_w]
    x_windows = windows(
        x,
        (3, -padding_d, (stride_d, dilation_d), (U, S)),
        (4, -padding_h, (stride_h, dilation_h), (P, R)),
        (5, -padding_w, (stride_w, dilation_w), (Q, T)),
    )
    # dK[g, o, c, s, r, t] = Σ_n Σ_u Σ_p Σ_q x[n, g, c, dilation_d·s + stride_d·u - padding_d, dilation_h·r
    #   + stride_h·p - padding_h, dilation_w·t + stride_w·q - padding_w]·δ[n, g, o, u, p, q]
    dK = contract("ngcusprqt, ngoupq -> gocsrt", x_windows, delta)
    if b is not None:
        db = delta.sum(axis=(0, 3, 4, 5))  # db[g, o] = Σ_n Σ_u Σ_p Σ_q δ[n, g, o, u, p, q]
    return dx, dK, db


def backward_delta(saved, delta):
    """∂L/∂x[n, g, c, d, h, w] for delta = ∂L/∂y[n, g, o, u, p, q]."""
    x, K, _, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w, dilation_d, dilation_h, dilation_w = saved
    _, _, _, D, H, W = x.shape
    _, _, _, S, R, T = K.shape
    if stride_d == 1 and stride_h == 1 and stride_w == 1:
        # δ[n, g, o, d + padding_d - dilation_d·s, h + padding_h - dilation_h·r, w + padding_w - dilation_w·t]
        delta_windows = windows(
            delta,
            (3, padding_d, (1, -dilation_d), (D, S)),
            (4, padding_h, (1, -dilation_h), (H, R)),
            (5, padding_w, (1, -dilation_w), (W, T)),
        )
        # dx[n, g, c, d, h, w] = Σ_s Σ_r Σ_t Σ_o δ[n, g, o, d + padding_d - dilation_d·s, h + padding_h -
        #   dilation_h·r, w + padding_w - dilation_w·t]·K[g, o, c, s, r, t]
        dx = contract("gocsrt, ngodshrwt -> ngcdhw", K, delta_windows)
    else:
        # Σ_o δ[n, g, o, u, p, q]·K[g, o, c, s, r, t]
        dx_windows = contract("gocsrt, ngoupq -> ngcusprqt", K, delta)
        # dx[n, g, c, d, h, w] = Σ_o Σ_p Σ_q Σ_r Σ_s Σ_t Σ_u [d = dilation_d·s + stride_d·u - padding_d]·
        #   [h = dilation_h·r + stride_h·p - padding_h]·[w = dilation_w·t + stride_w·q - padding_w]·
        #   δ[n, g, o, u, p, q]·K[g, o, c, s, r, t]
        dx = add_windows(
            dx_windows,
            (3, -padding_d, (stride_d, dilation_d), D),
            (4, -padding_h, (stride_h, dilation_h), H),
            (5, -padding_w, (stride_w, dilation_w), W),
        )
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂K[g, o, c, s, r, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, u, p, q]."""
    x, K, b, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w, dilation_d, dilation_h, dilation_w = saved
    _, _, _, S, R, T = K.shape
    _, _, _, U, P, Q = delta.shape
    db = None
    # x[n, g, c, dilation_d·s + stride_d·u - padding_d, dilation_h·r + stride_h·p - padding_h, dilation_w·t
    #   + stride_w·q - padding_w]
    x_windows = windows(
        x,
        (3, -padding_d, (stride_d, dilation_d), (U, S)),
        (4, -padding_h, (stride_h, dilation_h), (P, R)),
        (5, -padding_w, (stride_w, dilation_w), (Q, T)),
    )
    # dK[g, o, c, s, r, t] = Σ_n Σ_u Σ_p Σ_q x[n, g, c, dilation_d·s + stride_d·u - padding_d, dilation_h·r
    #   + stride_h·p - padding_h, dilation_w·t + stride_w·q - padding_w]·δ[n, g, o, u, p, q]
    dK = contract("ngcusprqt, ngoupq -> gocsrt", x_windows, delta)
    if b is not None:
        db = delta.sum(axis=(0, 3, 4, 5))  # db[g, o] = Σ_n Σ_u Σ_p Σ_q δ[n, g, o, u, p, q]
    return dK, db
