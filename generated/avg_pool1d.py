# backproof generate AvgPool1d
# content: 567b5052356fbd742c42ecd8fd61cbaa
"""AvgPool1d: y[n, c, q] = (Σ_t x[n, c, t + stride·q - padding])/T

Made by `backproof generate AvgPool1d` from the definition in derivations/layers/average_pooling.py:
change the formula there and generate again. Source of the formula: document 2, "Backpropagation
d'une couche d'average 2d pooling layer", for any window.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e299 in float64 and
±1e29 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers
from ._windows import spread_windows, sum_windows


class AvgPool1d(Shaped):
    """y[n, c, q] = (Σ_t x[n, c, t + stride·q - padding])/T

    Parameters
    ----------
    kernel : int or tuple of one, default 2
        T >= 1.
    stride : int or tuple of one, default the kernel
        stride >= 1.
    padding : int or tuple of one, default 0
        padding >= 0.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    Q = (W + 2·padding - T)//stride + 1
    """

    _notation = Shapes(
        {"x": ("N", "C", "W"), "delta": ("N", "C", "Q")},
        least={"Q": 1},
        public={"x": "input"},
        settings=("kernel", "stride", "padding"),
    )
    _followers = (("stride", "kernel"),)

    def __init__(self, kernel: Integers = 2, stride: Integers | None = None, padding: Integers = 0) -> None:
        super().__init__()
        self.kernel = as_integers("AvgPool1d: kernel", kernel, 1)
        self.stride = as_integers("AvgPool1d: stride", self.kernel if stride is None else stride, 1)
        self.padding = as_integers("AvgPool1d: padding", padding, 1)
        self._require(
            ("T >= 1", self.kernel[0] >= 1),
            ("stride >= 1", self.stride[0] >= 1),
            ("padding >= 0", self.padding[0] >= 0),
        )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"T": self.kernel[0]}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        W = sizes["W"]
        (T,) = self.kernel
        (stride,) = self.stride
        (padding,) = self.padding
        Q = (W + 2 * padding - T) // stride + 1
        return {"Q": Q}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, C, W)
            The formula's x.

        Returns
        -------
        array of shape (N, C, Q)
        """
        fit = self._fit("forward", x=input)
        (x,) = fit.arrays
        y, _ = forward(x, self.kernel[0], self.stride[0], self.padding[0])
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add nothing: there are no parameters.

        Parameters
        ----------
        input : array_like of shape (N, C, W)
            What `forward` was given.
        delta : array_like of shape (N, C, Q)
            The gradient of the final loss with respect to y.
        """
        self._fit("backward_update_gradient", x=input, delta=delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, C, W)
            What `forward` was given.
        delta : array_like of shape (N, C, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, W)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta = fit.arrays
        saved = saved_values(x, self.kernel[0], self.stride[0], self.padding[0])
        dx = backward(saved, delta)
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, C, W)
            What `forward` was given.
        delta : array_like of shape (N, C, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, C, W)
        """
        return self.backward_delta(input, delta)


def forward(x, T, stride, padding):
    """y[n, c, q], and what the backward needs of it."""
    _, _, W = x.shape
    Q = (W + 2*padding - T)//stride + 1
    # y[n, c, q] = Σ_t x[n, c, t + stride·q - padding]
    y = sum_windows(x, (2, -padding, (stride, 1), (Q, T)))
    y /= T  # / T
    return y, (x, T, stride, padding)


def saved_values(x, T, stride, padding):
    """What the backward needs, without the output."""
    return (x, T, stride, padding)


def backward(saved, delta):
    """∂L/∂x[n, c, w] for delta = ∂L/∂y[n, c, q]."""
    x, T, stride, padding = saved
    _, _, W = x.shape
    _, _, Q = delta.shape
    # dx[n, c, w] = Σ_q Σ_t [w = t + stride·q - padding]·δ[n, c, q]/T
    dx = spread_windows(delta / T, (2, -padding, (stride, 1), (Q, T), W))
    return dx
