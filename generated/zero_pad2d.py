# backproof generate ZeroPad2d
# content: 0ccc860545bb46b72633fa6e7b391941
"""ZeroPad2d: y[n, c, p, q] = x[n, c, p - padding_h, q - padding_w]

Made by `backproof generate ZeroPad2d` from the definition in derivations/layers/zero_padding.py:
change the formula there and generate again. Source of the formula: no document: what a
convolution's padding does, alone.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e308 in float64 and
±1e38 in float32 no exp, log, division or sum leaves its range.
"""

from ._arrays import Array, ArrayLike
from ._shaped import Shaped, Shapes
from ._support import Integers, as_integers
from ._windows import add_windows


class ZeroPad2d(Shaped):
    """y[n, c, p, q] = x[n, c, p - padding_h, q - padding_w]

    Parameters
    ----------
    padding : int or tuple of 2 ints, default 1
        padding_h >= 0, padding_w >= 0.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    P = H + 2·padding_h
    Q = W + 2·padding_w
    """

    _notation = Shapes(
        {"x": ("N", "C", "H", "W"), "delta": ("N", "C", "P", "Q")},
        public={"x": "input"},
        settings=("padding",),
    )

    def __init__(self, padding: Integers = 1) -> None:
        super().__init__()
        self.padding = as_integers("ZeroPad2d: padding", padding, 2)
        self._require(("padding_h >= 0", self.padding[0] >= 0), ("padding_w >= 0", self.padding[1] >= 0))

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        H = sizes["H"]
        W = sizes["W"]
        padding_h, padding_w = self.padding
        P = H + 2 * padding_h
        Q = W + 2 * padding_w
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
        y, _ = forward(x, *self.padding)
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
        saved = saved_values(x, *self.padding)
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


def forward(x, padding_h, padding_w):
    """y[n, c, p, q], and what the backward needs of it."""
    _, _, H, W = x.shape
    P = H + 2*padding_h
    Q = W + 2*padding_w
    # y[n, c, p, q] = x[n, c, p - padding_h, q - padding_w]
    y = add_windows(x, (2, padding_h, (1,), P), (3, padding_w, (1,), Q))
    return y, (x, padding_h, padding_w)


def saved_values(x, padding_h, padding_w):
    """What the backward needs, without the output."""
    return (x, padding_h, padding_w)


def backward(saved, delta):
    """∂L/∂x[n, c, h, w] for delta = ∂L/∂y[n, c, p, q]."""
    x, padding_h, padding_w = saved
    _, _, H, W = x.shape
    # dx[n, c, h, w] = δ[n, c, h + padding_h, w + padding_w]
    dx = add_windows(delta, (2, -padding_h, (1,), H), (3, -padding_w, (1,), W))
    return dx
