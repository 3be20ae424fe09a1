# backproof generate AvgPool3d
# content: 35c7b68189a7925e45953c77b3b0d79b
"""AvgPool3d: y[n, c, u, p, q] = (Σ_s Σ_r Σ_t x[n, c, s + stride_d·u - padding_d, r + stride_h·p -
    padding_h, t + stride_w·q - padding_w])/(R·S·T)

Made by `backproof generate AvgPool3d` from the definition in derivations/layers/average_pooling.py:
change the formula there and generate again. Source of the formula: document 2, "Backpropagation
d'une couche d'average 2d pooling layer", for any window.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e281 in float64 and
±1e11 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers
from ._windows import spread_windows, sum_windows


class AvgPool3d(Shaped):
    """y[n, c, u, p, q] = (Σ_s Σ_r Σ_t x[n, c, s + stride_d·u - padding_d, r + stride_h·p - padding_h,
        t + stride_w·q - padding_w])/(R·S·T)

    Parameters
    ----------
    kernel : int or tuple of 3 ints, default 2
        S >= 1, R >= 1, T >= 1.
    stride : int or tuple of 3 ints, default the kernel
        stride_d >= 1, stride_h >= 1, stride_w >= 1.
    padding : int or tuple of 3 ints, default 0
        padding_d >= 0, padding_h >= 0, padding_w >= 0.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    U = (D + 2·padding_d - S)//stride_d + 1
    P = (H + 2·padding_h - R)//stride_h + 1
    Q = (W + 2·padding_w - T)//stride_w + 1
    """

    _notation = Shapes(
        {"x": ("N", "C", "D", "H", "W"), "delta": ("N", "C", "U", "P", "Q")},
        least={"U": 1, "P": 1, "Q": 1},
        public={"x": "input"},
        settings=("kernel", "stride", "padding"),
    )
    _followers = (("stride", "kernel"),)

    def __init__(self, kernel: Integers = 2, stride: Integers | None = None, padding: Integers = 0) -> None:
        super().__init__()
        self.kernel = as_integers("AvgPool3d: kernel", kernel, 3)
        self.stride = as_integers("AvgPool3d: stride", self.kernel if stride is None else stride, 3)
        self.padding = as_integers("AvgPool3d: padding", padding, 3)
        self._require(
            ("S >= 1", self.kernel[0] >= 1),
            ("R >= 1", self.kernel[1] >= 1),
            ("T >= 1", self.kernel[2] >= 1),
            ("stride_d >= 1", self.stride[0] >= 1),
            ("stride_h >= 1", self.stride[1] >= 1),
            ("stride_w >= 1", self.stride[2] >= 1),
            ("padding_d >= 0", self.padding[0] >= 0),
            ("padding_h >= 0", self.padding[1] >= 0),
            ("padding_w >= 0", self.padding[2] >= 0),
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
        padding_d, padding_h, padding_w = self.padding
        U = (D + 2 * padding_d - S) // stride_d + 1
        P = (H + 2 * padding_h - R) // stride_h + 1
        Q = (W + 2 * padding_w - T) // stride_w + 1
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
        y, _ = forward(x, *self.kernel, *self.stride, *self.padding)
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
        saved = saved_values(x, *self.kernel, *self.stride, *self.padding)
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


def forward(x, S, R, T, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w):
    """y[n, c, u, p, q], and what the backward needs of it."""
    _, _, D, H, W = x.shape
    U = (D + 2*padding_d - S)//stride_d + 1
    P = (H + 2*padding_h - R)//stride_h + 1
    Q = (W + 2*padding_w - T)//stride_w + 1
    # y[n, c, u, p, q] = Σ_s Σ_r Σ_t x[n, c, s + stride_d·u - padding_d, r + stride_h·p - padding_h, t +
    #   stride_w·q - padding_w]
    y = sum_windows(
        x,
        (2, -padding_d, (stride_d, 1), (U, S)),
        (3, -padding_h, (stride_h, 1), (P, R)),
        (4, -padding_w, (stride_w, 1), (Q, T)),
    )
    y /= R * S * T  # / (R·S·T)
    return y, (x, S, R, T, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w)


def saved_values(x, S, R, T, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w):
    """What the backward needs, without the output."""
    return (x, S, R, T, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w)


def backward(saved, delta):
    """∂L/∂x[n, c, d, h, w] for delta = ∂L/∂y[n, c, u, p, q]."""
    x, S, R, T, stride_d, stride_h, stride_w, padding_d, padding_h, padding_w = saved
    _, _, D, H, W = x.shape
    _, _, U, P, Q = delta.shape
    dx_windows = delta / (R * S * T)  # δ[n, c, u, p, q]/(R·S·T)
    # dx[n, c, d, h, w] = Σ_p Σ_q Σ_r Σ_s Σ_t Σ_u [d = s + stride_d·u - padding_d]·
    #   [h = r + stride_h·p - padding_h]·[w = t + stride_w·q - padding_w]·δ[n, c, u, p, q]/(R·S·T)
    dx = spread_windows(
        dx_windows,
        (2, -padding_d, (stride_d, 1), (U, S), D),
        (3, -padding_h, (stride_h, 1), (P, R), H),
        (4, -padding_w, (stride_w, 1), (Q, T), W),
    )
    return dx
