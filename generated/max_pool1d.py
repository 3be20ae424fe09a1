# backproof generate MaxPool1d
# content: 663902f3488ea910d21b7170c66d7818
"""MaxPool1d: y[n, c, q] = max_t x[n, c, dilation·t + stride·q]

Made by `backproof generate MaxPool1d` from the definition in derivations/layers/max_pooling.py:
change the formula there and generate again. Source of the formula: no document: the course's
pooling, in any dimension.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e299 in float64 and
±1e29 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._maxima import max_windows, spread_to_maxima
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers


class MaxPool1d(Shaped):
    """y[n, c, q] = max_t x[n, c, dilation·t + stride·q]

    Parameters
    ----------
    kernel : int or tuple of one, default 2
        T >= 1.
    stride : int or tuple of one, default the kernel
        stride >= 1.
    dilation : int or tuple of one, default 1
        dilation >= 1.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    Q = (W - dilation·(T - 1) - 1)//stride + 1
    """

    _notation = Shapes(
        {"x": ("N", "C", "W"), "delta": ("N", "C", "Q")},
        least={"Q": 1},
        public={"x": "input"},
        settings=("kernel", "stride", "dilation"),
    )
    _followers = (("stride", "kernel"),)

    def __init__(self, kernel: Integers = 2, stride: Integers | None = None, dilation: Integers = 1) -> None:
        super().__init__()
        self.kernel = as_integers("MaxPool1d: kernel", kernel, 1)
        self.stride = as_integers("MaxPool1d: stride", self.kernel if stride is None else stride, 1)
        self.dilation = as_integers("MaxPool1d: dilation", dilation, 1)
        self._require(
            ("T >= 1", self.kernel[0] >= 1),
            ("stride >= 1", self.stride[0] >= 1),
            ("dilation >= 1", self.dilation[0] >= 1),
        )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"T": self.kernel[0]}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        W = sizes["W"]
        (T,) = self.kernel
        (stride,) = self.stride
        (dilation,) = self.dilation
        Q = (W - dilation * (T - 1) - 1) // stride + 1
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
        y, _ = forward(x, self.kernel[0], self.stride[0], self.dilation[0])
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
        saved = saved_values(x, self.kernel[0], self.stride[0], self.dilation[0])
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


def forward(x, T, stride, dilation):
    """y[n, c, q], and what the backward needs of it."""
    _, _, W = x.shape
    Q = (W - dilation*(T - 1) - 1)//stride + 1
    # y[n, c, q] = max_t x[n, c, dilation·t + stride·q]
    y = max_windows(x, (2, 0, (stride, dilation), (Q, T)))
    return y, (x, T, stride, dilation)


def saved_values(x, T, stride, dilation):
    """What the backward needs, without the output."""
    return (x, T, stride, dilation)


def backward(saved, delta):
    """∂L/∂x[n, c, w] for delta = ∂L/∂y[n, c, q]."""
    x, T, stride, dilation = saved
    _, _, Q = delta.shape
    # dx[n, c, w] = Σ_q [w = dilation·argmax_t x[n, c, dilation·t + stride·q] + stride·q]·δ[n, c, q]
    dx = spread_to_maxima(delta, x, (2, 0, (stride, dilation), (Q, T)))
    return dx
