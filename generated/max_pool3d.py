# backproof generate MaxPool3d
# content: c9d5e8fd036ba82dfc8947e6ec0a6bbf
"""MaxPool3d: y[n, c, u, p, q] = max_s b[n, c, dilation_d·s + stride_d·u, p, q]
    where a[n, c, d, h, q] = max_t x[n, c, d, h, dilation_w·t + stride_w·q]
    where b[n, c, d, p, q] = max_r a[n, c, d, dilation_h·r + stride_h·p, q]

Made by `backproof generate MaxPool3d` from the definition in derivations/layers/max_pooling.py:
change the formula there and generate again. Source of the formula: no document: the course's
pooling, in any dimension.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e281 in float64 and
±1e7 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._maxima import max_windows, spread_to_maxima
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers


class MaxPool3d(Shaped):
    """y[n, c, u, p, q] = max_s b[n, c, dilation_d·s + stride_d·u, p, q]

    where a[n, c, d, h, q] = max_t x[n, c, d, h, dilation_w·t + stride_w·q]
    where b[n, c, d, p, q] = max_r a[n, c, d, dilation_h·r + stride_h·p, q]

    Parameters
    ----------
    kernel : int or tuple of 3 ints, default 2
        S >= 1, R >= 1, T >= 1.
    stride : int or tuple of 3 ints, default the kernel
        stride_d >= 1, stride_h >= 1, stride_w >= 1.
    dilation : int or tuple of 3 ints, default 1
        dilation_d >= 1, dilation_h >= 1, dilation_w >= 1.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    U = (D - dilation_d·(S - 1) - 1)//stride_d + 1
    P = (H - dilation_h·(R - 1) - 1)//stride_h + 1
    Q = (W - dilation_w·(T - 1) - 1)//stride_w + 1
    """

    _notation = Shapes(
        {"x": ("N", "C", "D", "H", "W"), "delta": ("N", "C", "U", "P", "Q")},
        least={"U": 1, "P": 1, "Q": 1},
        public={"x": "input"},
        settings=("kernel", "stride", "dilation"),
    )
    _followers = (("stride", "kernel"),)

    def __init__(self, kernel: Integers = 2, stride: Integers | None = None, dilation: Integers = 1) -> None:
        super().__init__()
        self.kernel = as_integers("MaxPool3d: kernel", kernel, 3)
        self.stride = as_integers("MaxPool3d: stride", self.kernel if stride is None else stride, 3)
        self.dilation = as_integers("MaxPool3d: dilation", dilation, 3)
        self._require(
            ("S >= 1", self.kernel[0] >= 1),
            ("R >= 1", self.kernel[1] >= 1),
            ("T >= 1", self.kernel[2] >= 1),
            ("stride_d >= 1", self.stride[0] >= 1),
            ("stride_h >= 1", self.stride[1] >= 1),
            ("stride_w >= 1", self.stride[2] >= 1),
            ("dilation_d >= 1", self.dilation[0] >= 1),
            ("dilation_h >= 1", self.dilation[1] >= 1),
            ("dilation_w >= 1", self.dilation[2] >= 1),
        )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"S": self.kernel[0], "R": self.kernel[1], "T": self.kernel[2]}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        D = sizes["D"]
        H = sizes["H"]
        W = sizes["W"]
        S, R, T = self.kernel
        stride_d, stride_h, stride_w = self.stride
        dilation_d, dilation_h, dilation_w = self.dilation
        U = (D - dilation_d * (S - 1) - 1) // stride_d + 1
        P = (H - dilation_h * (R - 1) - 1) // stride_h + 1
        Q = (W - dilation_w * (T - 1) - 1) // stride_w + 1
        return {"U": U, "P": P, "Q": Q}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, C, D, H, W)
            The formula's x.

        Returns
        -------
        array of shape (N, C, U, P, Q)
        """
        fit = self._fit("forward", x=input)
        (x,) = fit.arrays
        y, _ = forward(x, *self.kernel, *self.stride, *self.dilation)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, C, D, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C, U, P, Q)
            The gradient of the final loss with respect to y.
        """
        self._fit("backward_update_gradient", x=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, C, D, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C, U, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, D, H, W)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta = fit.arrays
        saved = saved_values(x, *self.kernel, *self.stride, *self.dilation)
        dx = backward(saved, delta)
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, C, D, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C, U, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, D, H, W)
        """
        return self.backward_delta(input, delta)


def forward(x, S, R, T, stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w):
    """y[n, c, u, p, q], and what the backward needs of it."""
    _, _, D, H, W = x.shape
    U = (D - dilation_d*(S - 1) - 1)//stride_d + 1
    P = (H - dilation_h*(R - 1) - 1)//stride_h + 1
    Q = (W - dilation_w*(T - 1) - 1)//stride_w + 1
    # a[n, c, d, h, q] = max_t x[n, c, d, h, dilation_w·t + stride_w·q]
    a = max_windows(x, (4, 0, (stride_w, dilation_w), (Q, T)))
    # b[n, c, d, p, q] = max_r a[n, c, d, dilation_h·r + stride_h·p, q]
    b = max_windows(a, (3, 0, (stride_h, dilation_h), (P, R)))
    # y[n, c, u, p, q] = max_s b[n, c, dilation_d·s + stride_d·u, p, q]
    y = max_windows(b, (2, 0, (stride_d, dilation_d), (U, S)))
    return y, (x, S, R, T, stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w, a, b)


def saved_values(x, S, R, T, stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w):
    """What the backward needs, without the output."""
    _, _, _, H, W = x.shape
    P = (H - dilation_h*(R - 1) - 1)//stride_h + 1
    Q = (W - dilation_w*(T - 1) - 1)//stride_w + 1
    # a[n, c, d, h, q] = max_t x[n, c, d, h, dilation_w·t + stride_w·q]
    a = max_windows(x, (4, 0, (stride_w, dilation_w), (Q, T)))
    # b[n, c, d, p, q] = max_r a[n, c, d, dilation_h·r + stride_h·p, q]
    b = max_windows(a, (3, 0, (stride_h, dilation_h), (P, R)))
    return (x, S, R, T, stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w, a, b)


def backward(saved, delta):
    """∂L/∂x[n, c, d, h, w] for delta = ∂L/∂y[n, c, u, p, q]."""
    x, S, R, T, stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w, a, b = saved
    _, _, U, P, Q = delta.shape
    # db[n, c, d, p, q] = Σ_u [d = dilation_d·argmax_s b[n, c, dilation_d·s + stride_d·u, p, q] +
    #   stride_d·u]·δ[n, c, u, p, q]
    db = spread_to_maxima(delta, b, (2, 0, (stride_d, dilation_d), (U, S)))
    # da[n, c, d, h, q] = Σ_p [h = dilation_h·argmax_r a[n, c, d, dilation_h·r + stride_h·p, q] +
    #   stride_h·p]·db[n, c, d, p, q]
    da = spread_to_maxima(db, a, (3, 0, (stride_h, dilation_h), (P, R)))
    # dx[n, c, d, h, w] = Σ_q [w = dilation_w·argmax_t x[n, c, d, h, dilation_w·t + stride_w·q] +
    #   stride_w·q]·da[n, c, d, h, q]
    dx = spread_to_maxima(da, x, (4, 0, (stride_w, dilation_w), (Q, T)))
    return dx
