# backproof generate AvgPool2d
# content: a56a3d93866f05705ff673d6836074f3
"""AvgPool2d: y[n, c, p, q] = (Σ_r Σ_t x[n, c, r + stride_h·p - padding_h, t + stride_w·q -
    padding_w])/(R·T)

Made by `backproof generate AvgPool2d` from the definition in derivations/layers/average_pooling.py:
change the formula there and generate again. Source of the formula: document 2, "Backpropagation
d'une couche d'average 2d pooling layer", for any window.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e290 in float64 and
±1e20 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers
from ._windows import spread_windows, sum_windows


class AvgPool2d(Shaped):
    """y[n, c, p, q] = (Σ_r Σ_t x[n, c, r + stride_h·p - padding_h, t + stride_w·q - padding_w])/(R·T)

    Parameters
    ----------
    kernel : int or tuple of 2 ints, default 2
        R >= 1, T >= 1.
    stride : int or tuple of 2 ints, default the kernel
        stride_h >= 1, stride_w >= 1.
    padding : int or tuple of 2 ints, default 0
        padding_h >= 0, padding_w >= 0.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    P = (H + 2·padding_h - R)//stride_h + 1
    Q = (W + 2·padding_w - T)//stride_w + 1
    """

    _notation = Shapes(
        {"x": ("N", "C", "H", "W"), "delta": ("N", "C", "P", "Q")},
        least={"P": 1, "Q": 1},
        public={"x": "input"},
        settings=("kernel", "stride", "padding"),
    )
    _followers = (("stride", "kernel"),)

    def __init__(self, kernel: Integers = 2, stride: Integers | None = None, padding: Integers = 0) -> None:
        super().__init__()
        self.kernel = as_integers("AvgPool2d: kernel", kernel, 2)
        self.stride = as_integers("AvgPool2d: stride", self.kernel if stride is None else stride, 2)
        self.padding = as_integers("AvgPool2d: padding", padding, 2)
        self._require(
            ("R >= 1", self.kernel[0] >= 1),
            ("T >= 1", self.kernel[1] >= 1),
            ("stride_h >= 1", self.stride[0] >= 1),
            ("stride_w >= 1", self.stride[1] >= 1),
            ("padding_h >= 0", self.padding[0] >= 0),
            ("padding_w >= 0", self.padding[1] >= 0),
        )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"R": self.kernel[0], "T": self.kernel[1]}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        H = sizes["H"]
        W = sizes["W"]
        R, T = self.kernel
        stride_h, stride_w = self.stride
        padding_h, padding_w = self.padding
        P = (H + 2 * padding_h - R) // stride_h + 1
        Q = (W + 2 * padding_w - T) // stride_w + 1
        return {"P": P, "Q": Q}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            The formula's x.

        Returns
        -------
        array of shape (N, C, P, Q)
        """
        fit = self._fit("forward", x=input)
        (x,) = fit.arrays
        y, _ = forward(x, *self.kernel, *self.stride, *self.padding)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C, P, Q)
            The gradient of the final loss with respect to y.
        """
        self._fit("backward_update_gradient", x=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, H, W)
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
        input : array_like of shape (N, C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, C, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, H, W)
        """
        return self.backward_delta(input, delta)


def forward(x, R, T, stride_h, stride_w, padding_h, padding_w):
    """y[n, c, p, q], and what the backward needs of it."""
    _, _, H, W = x.shape
    P = (H + 2*padding_h - R)//stride_h + 1
    Q = (W + 2*padding_w - T)//stride_w + 1
    # y[n, c, p, q] = Σ_r Σ_t x[n, c, r + stride_h·p - padding_h, t + stride_w·q - padding_w]
    y = sum_windows(
        x,
        (2, -padding_h, (stride_h, 1), (P, R)),
        (3, -padding_w, (stride_w, 1), (Q, T)),
    )
    y /= R * T  # / (R·T)
    return y, (x, R, T, stride_h, stride_w, padding_h, padding_w)


def saved_values(x, R, T, stride_h, stride_w, padding_h, padding_w):
    """What the backward needs, without the output."""
    return (x, R, T, stride_h, stride_w, padding_h, padding_w)


def backward(saved, delta):
    """∂L/∂x[n, c, h, w] for delta = ∂L/∂y[n, c, p, q]."""
    x, R, T, stride_h, stride_w, padding_h, padding_w = saved
    _, _, H, W = x.shape
    _, _, P, Q = delta.shape
    dx_windows = delta / (R * T)  # δ[n, c, p, q]/(R·T)
    # dx[n, c, h, w] = Σ_p Σ_q Σ_r Σ_t [h = r + stride_h·p - padding_h]·[w = t + stride_w·q - padding_w]·
    #   δ[n, c, p, q]/(R·T)
    dx = spread_windows(
        dx_windows,
        (2, -padding_h, (stride_h, 1), (P, R), H),
        (3, -padding_w, (stride_w, 1), (Q, T), W),
    )
    return dx
