# backproof generate MaxPool2d
# content: 2e11dd2016fd4b6f20dc60b26f0df7a6
"""MaxPool2d: y[n, c, p, q] = max_r a[n, c, dilation_h·r + stride_h·p, q]
    where a[n, c, h, q] = max_t x[n, c, h, dilation_w·t + stride_w·q]

Made by `backproof generate MaxPool2d` from the definition in derivations/layers/max_pooling.py:
change the formula there and generate again. Source of the formula: no document: the course's
pooling, in any dimension.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e290 in float64 and
±1e18 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._maxima import max_windows, spread_to_maxima
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers


class MaxPool2d(Shaped):
    """y[n, c, p, q] = max_r a[n, c, dilation_h·r + stride_h·p, q]

    where a[n, c, h, q] = max_t x[n, c, h, dilation_w·t + stride_w·q]

    Parameters
    ----------
    kernel : int or tuple of 2 ints, default 2
        R >= 1, T >= 1.
    stride : int or tuple of 2 ints, default the kernel
        stride_h >= 1, stride_w >= 1.
    dilation : int or tuple of 2 ints, default 1
        dilation_h >= 1, dilation_w >= 1.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    P = (H - dilation_h·(R - 1) - 1)//stride_h + 1
    Q = (W - dilation_w·(T - 1) - 1)//stride_w + 1
    """

    _notation = Shapes(
        {"x": ("N", "C", "H", "W"), "delta": ("N", "C", "P", "Q")},
        least={"P": 1, "Q": 1},
        public={"x": "input"},
        settings=("kernel", "stride", "dilation"),
    )
    _followers = (("stride", "kernel"),)

    def __init__(self, kernel: Integers = 2, stride: Integers | None = None, dilation: Integers = 1) -> None:
        super().__init__()
        self.kernel = as_integers("MaxPool2d: kernel", kernel, 2)
        self.stride = as_integers("MaxPool2d: stride", self.kernel if stride is None else stride, 2)
        self.dilation = as_integers("MaxPool2d: dilation", dilation, 2)
        self._require(
            ("R >= 1", self.kernel[0] >= 1),
            ("T >= 1", self.kernel[1] >= 1),
            ("stride_h >= 1", self.stride[0] >= 1),
            ("stride_w >= 1", self.stride[1] >= 1),
            ("dilation_h >= 1", self.dilation[0] >= 1),
            ("dilation_w >= 1", self.dilation[1] >= 1),
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
        dilation_h, dilation_w = self.dilation
        P = (H - dilation_h * (R - 1) - 1) // stride_h + 1
        Q = (W - dilation_w * (T - 1) - 1) // stride_w + 1
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
        y, _ = forward(x, *self.kernel, *self.stride, *self.dilation)
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
        saved = saved_values(x, *self.kernel, *self.stride, *self.dilation)
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


def forward(x, R, T, stride_h, stride_w, dilation_h, dilation_w):
    """y[n, c, p, q], and what the backward needs of it."""
    _, _, H, W = x.shape
    P = (H - dilation_h*(R - 1) - 1)//stride_h + 1
    Q = (W - dilation_w*(T - 1) - 1)//stride_w + 1
    # a[n, c, h, q] = max_t x[n, c, h, dilation_w·t + stride_w·q]
    a = max_windows(x, (3, 0, (stride_w, dilation_w), (Q, T)))
    # y[n, c, p, q] = max_r a[n, c, dilation_h·r + stride_h·p, q]
    y = max_windows(a, (2, 0, (stride_h, dilation_h), (P, R)))
    return y, (x, R, T, stride_h, stride_w, dilation_h, dilation_w, a)


def saved_values(x, R, T, stride_h, stride_w, dilation_h, dilation_w):
    """What the backward needs, without the output."""
    _, _, _, W = x.shape
    Q = (W - dilation_w*(T - 1) - 1)//stride_w + 1
    # a[n, c, h, q] = max_t x[n, c, h, dilation_w·t + stride_w·q]
    a = max_windows(x, (3, 0, (stride_w, dilation_w), (Q, T)))
    return (x, R, T, stride_h, stride_w, dilation_h, dilation_w, a)


def backward(saved, delta):
    """∂L/∂x[n, c, h, w] for delta = ∂L/∂y[n, c, p, q]."""
    x, R, T, stride_h, stride_w, dilation_h, dilation_w, a = saved
    _, _, P, Q = delta.shape
    # da[n, c, h, q] = Σ_p [h = dilation_h·argmax_r a[n, c, dilation_h·r + stride_h·p, q] + stride_h·p]·
    #   δ[n, c, p, q]
    da = spread_to_maxima(delta, a, (2, 0, (stride_h, dilation_h), (P, R)))
    # dx[n, c, h, w] = Σ_q [w = dilation_w·argmax_t x[n, c, h, dilation_w·t + stride_w·q] + stride_w·q]·
    #   da[n, c, h, q]
    dx = spread_to_maxima(da, x, (3, 0, (stride_w, dilation_w), (Q, T)))
    return dx
