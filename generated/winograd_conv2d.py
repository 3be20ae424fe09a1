# backproof generate WinogradConv2d
# content: 95707e6a985c4701b0c4db18ab801baa
"""WinogradConv2d: y[n, g, o, p, q] = Σ_j Σ_k [p = k + 4·j]·Y[k, n, g, o, j, q] + b[g, o]
    where U[a, g, o, c, t] = (Σ_r K[g, o, c, r, t]·[[15, 0, 0], [5, 5, 5], [5, -5, 5], [4, 2, 1], [1, -2,
        4], [0, 0, 15]][a, r])/30
    where V[a, n, g, c, j, w] = Σ_i x[n, g, c, i + 4·j - padding_h, w]·[[2, -3, -4, 3, 2, 0], [0, -2, 1,
        5, 2, 0], [0, -2, 5, -1, -2, 0], [0, 2, 1, -2, -1, 0], [0, 1, -2, -1, 2, 0], [0, 2, -3, -4,
        3, 2]][a, i]
    where M[a, n, g, o, j, q] = Σ_c Σ_t U[a, g, o, c, t]·V[a, n, g, c, j, q + t - padding_w]
    where Y[k, n, g, o, j, q] = Σ_a M[a, n, g, o, j, q]·[[1, 0, 0, 0], [1, 1, 1, 1], [1, -1, 1, -1], [8,
        4, 2, 1], [1, -2, 4, -8], [0, 0, 0, 1]][a, k]

Made by `backproof generate WinogradConv2d` from the definition in derivations/layers/winograd.py:
change the formula there and generate again. Source of the formula: document 2, "Backpropagation
d'une couche convolutive", by the bilinear algorithm of Cook and Toom: 6 products where Conv2d at
stride 1 takes 12, and other digits, for each result is rounded with the whole of its tile.

Shown safe from this text, on arrays of up to 1e9 entries: for entries within ±1e141 in float64 and
±1e2 in float32 no exp, log, division or sum leaves its range.
"""

import numpy as np

from ._arrays import Array, ArrayLike
from ._contract import contract
from ._shaped import Shaped, Shapes
from ._support import DTypeLike, Integers, Seed, as_dtype, as_flag, as_generator, as_integer, as_integers
from ._windows import add_windows, windows


class WinogradConv2d(Shaped):
    """y[n, g, o, p, q] = Σ_j Σ_k [p = k + 4·j]·Y[k, n, g, o, j, q] + b[g, o]

    where U[a, g, o, c, t] = (Σ_r K[g, o, c, r, t]·[[15, 0, 0], [5, 5, 5], [5, -5, 5], [4, 2, 1], [1, -2,
        4], [0, 0, 15]][a, r])/30
    where V[a, n, g, c, j, w] = Σ_i x[n, g, c, i + 4·j - padding_h, w]·[[2, -3, -4, 3, 2, 0], [0, -2, 1,
        5, 2, 0], [0, -2, 5, -1, -2, 0], [0, 2, 1, -2, -1, 0], [0, 1, -2, -1, 2, 0], [0, 2, -3, -4,
        3, 2]][a, i]
    where M[a, n, g, o, j, q] = Σ_c Σ_t U[a, g, o, c, t]·V[a, n, g, c, j, q + t - padding_w]
    where Y[k, n, g, o, j, q] = Σ_a M[a, n, g, o, j, q]·[[1, 0, 0, 0], [1, 1, 1, 1], [1, -1, 1, -1], [8,
        4, 2, 1], [1, -2, 4, -8], [0, 0, 0, 1]][a, k]

    Parameters
    ----------
    input : int
        The size G·C.
    output : int
        The size G·O.
    kernel : int or tuple of 2 ints
        The sizes 3 and T.
    padding : int or tuple of 2 ints, default 0
        padding_h >= 0, padding_w >= 0.
    groups : int, default 1
        The size G: input and output must be multiples of it.
    bias : bool, default True
        Whether there is b. Without it, read 0.
    dtype : float32 or float64, default float64
        Of the parameters, and so of what goes in and comes out.
    rng : int or numpy.random.Generator, optional
        Draws the first values: K uniform in ±√(3)/(3·√(C·T)), b uniform in ±√(3)/(3·√(C·T)).

    Attributes
    ----------
    parameters, gradients : dict of str to array
        K of shape (G·O, C, 3, T);
        b of shape (G·O,), if there is one.

    Notes
    -----
    Each method computes from the arrays that it is given; nothing is kept from an earlier call. All
    are of float32 or all of float64; integers and booleans are cast. Anything else, or a shape that
    does not fit, is a ValueError before anything is computed.

    An axis G·C holds the C entries for the first of G, then those for the next.

    P = H + 2·padding_h - 2
    Q = W + 2·padding_w + 1 - T
    J = (P + 3)//4
    """

    _notation = Shapes(
        {
            "x": ("N", "G·C", "H", "W"),
            "K": ("G·O", "C", "3", "T"),
            "b": ("G·O",),
            "delta": ("N", "G·O", "P", "Q"),
        },
        parameters=("K", "b"),
        least={"P": 1, "Q": 1},
        public={"x": "input"},
        settings=("input", "output", "kernel", "padding", "groups"),
        block=("6", "G", "C", "J", "Q", "T"),
    )

    def __init__(
        self,
        input: int,
        output: int,
        kernel: Integers,
        padding: Integers = 0,
        groups: int = 1,
        bias: bool = True,
        dtype: DTypeLike = np.float64,
        rng: Seed = None,
    ) -> None:
        super().__init__()
        self.input = as_integer("WinogradConv2d: input", input, least=0)
        self.output = as_integer("WinogradConv2d: output", output, least=0)
        self.kernel = as_integers("WinogradConv2d: kernel", kernel, 2)
        self.groups = as_integer("WinogradConv2d: groups", groups, least=1)
        self.padding = as_integers("WinogradConv2d: padding", padding, 2)
        self._require(
            ("kernel[0] == 3", self.kernel[0] == 3),
            ("T >= 1", self.kernel[1] >= 1),
            ("input a multiple of groups", self.input % self.groups == 0),
            ("output a multiple of groups", self.output % self.groups == 0),
            ("padding_h >= 0", self.padding[0] >= 0),
            ("padding_w >= 0", self.padding[1] >= 0),
        )
        self.bias = as_flag("WinogradConv2d: bias", bias)
        self.dtype = as_dtype("WinogradConv2d: dtype", dtype)
        generator = as_generator("WinogradConv2d: rng", rng)
        self._start(
            "K",
            (self.output, self.input // self.groups, self.kernel[0], self.kernel[1]),
            np.sqrt(3) / (3 * np.sqrt(max(self.input // self.groups, 1) * self.kernel[1])),
            generator,
        )
        if self.bias:
            self._start(
                "b",
                (self.output,),
                np.sqrt(3) / (3 * np.sqrt(max(self.input // self.groups, 1) * self.kernel[1])),
                generator,
            )

    def _known_sizes(self) -> dict[str, int]:
        """The sizes that no axis of an array shows alone."""
        return {"G": self.groups}

    def _output_sizes(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes of the output that follow from others."""
        H = sizes["H"]
        W = sizes["W"]
        T = sizes["T"]
        padding_h, padding_w = self.padding
        P = H + 2 * padding_h - 2
        Q = W + 2 * padding_w + 1 - T
        J = (P + 3) // 4
        return {"P": P, "Q": Q, "J": J}

    def forward(self, input: ArrayLike) -> Array:
        """Compute y.

        Parameters
        ----------
        input : array_like of shape (N, G·C, H, W)
            The formula's x.

        Returns
        -------
        array of shape (N, G·O, P, Q)
        """
        fit = self._fit("forward", x=input)
        x, K, b = fit.arrays
        y = fit.by_rows()
        for at in fit.blocks():
            y[at], _ = forward(x[at], K, *self.padding, b)
        return fit.joined(y)

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters to `gradients`.

        Parameters
        ----------
        input : array_like of shape (N, G·C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, P, Q)
            The gradient of the final loss with respect to y.
        """
        fit = self._fit("backward_update_gradient", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        for at in fit.blocks():
            saved = saved_values(x[at], K, *self.padding, b)
            dK, db = backward_update_gradient(saved, delta[at])
            self._add(K=dK, b=db)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like of shape (N, G·C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, H, W)
        """
        fit = self._fit("backward_delta", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(x[at], K, *self.padding, b)
            dx[at] = backward_delta(saved, delta[at])
        return fit.joined(dx, "x")

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do what `backward_update_gradient` and `backward_delta` do, at once.

        Parameters
        ----------
        input : array_like of shape (N, G·C, H, W)
            What `forward` was given.
        delta : array_like of shape (N, G·O, P, Q)
            The gradient of the final loss with respect to y.

        Returns
        -------
        array of shape (N, G·C, H, W)
        """
        fit = self._fit("backward", x=input, delta=delta)
        x, delta, K, b = fit.arrays
        dx = fit.by_rows("x")
        for at in fit.blocks():
            saved = saved_values(x[at], K, *self.padding, b)
            dx[at], dK, db = backward(saved, delta[at])
            self._add(K=dK, b=db)
        return fit.joined(dx, "x")


def forward(x, K, padding_h, padding_w, b=None):
    """y[n, g, o, p, q], and what the backward needs of it."""
    _, _, _, H, W = x.shape
    _, _, _, _, T = K.shape
    P = H + 2*padding_h - 2
    Q = W + 2*padding_w + 1 - T
    J = (P + 3)//4
    # numbers at [a, r]
    U_numbers = np.array([
        [15, 0, 0],
        [5, 5, 5],
        [5, -5, 5],
        [4, 2, 1],
        [1, -2, 4],
        [0, 0, 15],
    ], dtype=K.dtype)
    # U[a, g, o, c, t] = (Σ_r K[g, o, c, r, t]·U_numbers[a, r])/30
    U = (contract("ar, gocrt -> gocat", U_numbers, K) / 30).transpose(3, 0, 1, 2, 4)
    # numbers at [a, i]
    V_numbers = np.array([
        [2, -3, -4, 3, 2, 0],
        [0, -2, 1, 5, 2, 0],
        [0, -2, 5, -1, -2, 0],
        [0, 2, 1, -2, -1, 0],
        [0, 1, -2, -1, 2, 0],
        [0, 2, -3, -4, 3, 2],
    ], dtype=x.dtype)
    x_windows = windows(x, (3, -padding_h, (4, 1), (J, 6)))  # x[n, g, c, i + 4·j - padding_h, w]
    # V[a, n, g, c, j, w] = Σ_i x[n, g, c, i + 4·j - padding_h, w]·V_numbers[a, i]
    V = contract("ai, ngcjiw -> angcjw", V_numbers, x_windows)
    V_windows = windows(V, (5, -padding_w, (1, 1), (Q, T)))  # V[a, n, g, c, j, q + t - padding_w]
    # M[a, n, g, o, j, q] = Σ_c Σ_t U[a, g, o, c, t]·V[a, n, g, c, j, q + t - padding_w]
    M = contract("agoct, angcjqt -> angojq", U, V_windows)
    # numbers at [a, k]
    Y_numbers = np.array([
        [1, 0, 0, 0],
        [1, 1, 1, 1],
        [1, -1, 1, -1],
        [8, 4, 2, 1],
        [1, -2, 4, -8],
        [0, 0, 0, 1],
    ], dtype=M.dtype)
    # Y[k, n, g, o, j, q] = Σ_a M[a, n, g, o, j, q]·Y_numbers[a, k]
    Y = contract("ak, angojq -> kngojq", Y_numbers, M)
    # y[n, g, o, p, q] = Σ_j Σ_k [p = k + 4·j]·Y[k, n, g, o, j, q]
    y = add_windows(Y.transpose(1, 2, 3, 0, 4, 5), (3, 0, (1, 4), P))
    if b is not None:
        y += b[:, :, None, None]  # + b[g, o]
    return y, (x, b, padding_h, padding_w, U, V)


def saved_values(x, K, padding_h, padding_w, b=None):
    """What the backward needs, without the output."""
    _, _, _, H, _ = x.shape
    P = H + 2*padding_h - 2
    J = (P + 3)//4
    # numbers at [a, r]
    U_numbers = np.array([
        [15, 0, 0],
        [5, 5, 5],
        [5, -5, 5],
        [4, 2, 1],
        [1, -2, 4],
        [0, 0, 15],
    ], dtype=K.dtype)
    # U[a, g, o, c, t] = (Σ_r K[g, o, c, r, t]·U_numbers[a, r])/30
    U = (contract("ar, gocrt -> gocat", U_numbers, K) / 30).transpose(3, 0, 1, 2, 4)
    # numbers at [a, i]
    V_numbers = np.array([
        [2, -3, -4, 3, 2, 0],
        [0, -2, 1, 5, 2, 0],
        [0, -2, 5, -1, -2, 0],
        [0, 2, 1, -2, -1, 0],
        [0, 1, -2, -1, 2, 0],
        [0, 2, -3, -4, 3, 2],
    ], dtype=x.dtype)
    x_windows = windows(x, (3, -padding_h, (4, 1), (J, 6)))  # x[n, g, c, i + 4·j - padding_h, w]
    # V[a, n, g, c, j, w] = Σ_i x[n, g, c, i + 4·j - padding_h, w]·V_numbers[a, i]
    V = contract("ai, ngcjiw -> angcjw", V_numbers, x_windows)
    return (x, b, padding_h, padding_w, U, V)


def backward(saved, delta):
    """∂L/∂x[n, g, c, h, w], ∂L/∂K[g, o, c, r, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, p, q]."""
    x, b, padding_h, padding_w, U, V = saved
    _, _, _, H, W = x.shape
    _, _, _, _, T = U.shape
    _, _, _, _, J, _ = V.shape
    _, _, _, _, Q = delta.shape
    db = None
    # numbers at [a, k]
    dM_numbers = np.array([
        [1, 0, 0, 0],
        [1, 1, 1, 1],
        [1, -1, 1, -1],
        [8, 4, 2, 1],
        [1, -2, 4, -8],
        [0, 0, 0, 1],
    ], dtype=delta.dtype)
    delta_windows = windows(delta, (3, 0, (4, 1), (J, 4)))  # δ[n, g, o, k + 4·j, q]
    # dM[a, n, g, o, j, q] = Σ_k dM_numbers[a, k]·δ[n, g, o, k + 4·j, q]
    dM = contract("ak, ngojkq -> angojq", dM_numbers, delta_windows)
    dM_windows = windows(dM, (5, padding_w, (1, -1), (W, T)))  # dM[a, n, g, o, j, w + padding_w - t]
    # dV[a, n, g, c, j, w] = Σ_t Σ_o dM[a, n, g, o, j, w + padding_w - t]·U[a, g, o, c, t]
    dV = contract("agoct, angojwt -> angcjw", U, dM_windows)
    V_windows = windows(V, (5, -padding_w, (1, 1), (Q, T)))  # V[a, n, g, c, j, q + t - padding_w]
    # dU[a, g, o, c, t] = Σ_n Σ_j Σ_q dM[a, n, g, o, j, q]·V[a, n, g, c, j, q + t - padding_w]
    dU = contract("angcjqt, angojq -> agoct", V_windows, dM)
    # numbers at [a, i]
    dx_numbers = np.array([
        [2, -3, -4, 3, 2, 0],
        [0, -2, 1, 5, 2, 0],
        [0, -2, 5, -1, -2, 0],
        [0, 2, 1, -2, -1, 0],
        [0, 1, -2, -1, 2, 0],
        [0, 2, -3, -4, 3, 2],
    ], dtype=dV.dtype)
    # dx[n, g, c, h, w] = Σ_a Σ_i Σ_j [h = i + 4·j - padding_h]·dV[a, n, g, c, j, w]·dx_numbers[a, i]
    dx = add_windows(
        contract("ai, angcjw -> ingcjw", dx_numbers, dV).transpose(1, 2, 3, 0, 4, 5),
        (3, -padding_h, (1, 4), H),
    )
    # numbers at [a, r]
    dK_numbers = np.array([
        [15, 0, 0],
        [5, 5, 5],
        [5, -5, 5],
        [4, 2, 1],
        [1, -2, 4],
        [0, 0, 15],
    ], dtype=dU.dtype)
    # dK[g, o, c, r, t] = (Σ_a dK_numbers[a, r]·dU[a, g, o, c, t])/30
    dK = (contract("ar, agoct -> rgoct", dK_numbers, dU) / 30).transpose(1, 2, 3, 0, 4)
    if b is not None:
        db = delta.sum(axis=(0, 3, 4))  # db[g, o] = Σ_n Σ_p Σ_q δ[n, g, o, p, q]
    return dx, dK, db


def backward_delta(saved, delta):
    """∂L/∂x[n, g, c, h, w] for delta = ∂L/∂y[n, g, o, p, q]."""
    x, _, padding_h, padding_w, U, V = saved
    _, _, _, H, W = x.shape
    _, _, _, _, T = U.shape
    _, _, _, _, J, _ = V.shape
    # numbers at [a, k]
    dM_numbers = np.array([
        [1, 0, 0, 0],
        [1, 1, 1, 1],
        [1, -1, 1, -1],
        [8, 4, 2, 1],
        [1, -2, 4, -8],
        [0, 0, 0, 1],
    ], dtype=delta.dtype)
    delta_windows = windows(delta, (3, 0, (4, 1), (J, 4)))  # δ[n, g, o, k + 4·j, q]
    # dM[a, n, g, o, j, q] = Σ_k dM_numbers[a, k]·δ[n, g, o, k + 4·j, q]
    dM = contract("ak, ngojkq -> angojq", dM_numbers, delta_windows)
    dM_windows = windows(dM, (5, padding_w, (1, -1), (W, T)))  # dM[a, n, g, o, j, w + padding_w - t]
    # dV[a, n, g, c, j, w] = Σ_t Σ_o dM[a, n, g, o, j, w + padding_w - t]·U[a, g, o, c, t]
    dV = contract("agoct, angojwt -> angcjw", U, dM_windows)
    # numbers at [a, i]
    dx_numbers = np.array([
        [2, -3, -4, 3, 2, 0],
        [0, -2, 1, 5, 2, 0],
        [0, -2, 5, -1, -2, 0],
        [0, 2, 1, -2, -1, 0],
        [0, 1, -2, -1, 2, 0],
        [0, 2, -3, -4, 3, 2],
    ], dtype=dV.dtype)
    # dx[n, g, c, h, w] = Σ_a Σ_i Σ_j [h = i + 4·j - padding_h]·dV[a, n, g, c, j, w]·dx_numbers[a, i]
    dx = add_windows(
        contract("ai, angcjw -> ingcjw", dx_numbers, dV).transpose(1, 2, 3, 0, 4, 5),
        (3, -padding_h, (1, 4), H),
    )
    return dx


def backward_update_gradient(saved, delta):
    """∂L/∂K[g, o, c, r, t] and ∂L/∂b[g, o] for delta = ∂L/∂y[n, g, o, p, q]."""
    _, b, _, padding_w, U, V = saved
    _, _, _, _, T = U.shape
    _, _, _, _, J, _ = V.shape
    _, _, _, _, Q = delta.shape
    db = None
    # numbers at [a, k]
    dM_numbers = np.array([
        [1, 0, 0, 0],
        [1, 1, 1, 1],
        [1, -1, 1, -1],
        [8, 4, 2, 1],
        [1, -2, 4, -8],
        [0, 0, 0, 1],
    ], dtype=delta.dtype)
    delta_windows = windows(delta, (3, 0, (4, 1), (J, 4)))  # δ[n, g, o, k + 4·j, q]
    # dM[a, n, g, o, j, q] = Σ_k dM_numbers[a, k]·δ[n, g, o, k + 4·j, q]
    dM = contract("ak, ngojkq -> angojq", dM_numbers, delta_windows)
    V_windows = windows(V, (5, -padding_w, (1, 1), (Q, T)))  # V[a, n, g, c, j, q + t - padding_w]
    # dU[a, g, o, c, t] = Σ_n Σ_j Σ_q dM[a, n, g, o, j, q]·V[a, n, g, c, j, q + t - padding_w]
    dU = contract("angcjqt, angojq -> agoct", V_windows, dM)
    # numbers at [a, r]
    dK_numbers = np.array([
        [15, 0, 0],
        [5, 5, 5],
        [5, -5, 5],
        [4, 2, 1],
        [1, -2, 4],
        [0, 0, 15],
    ], dtype=dU.dtype)
    # dK[g, o, c, r, t] = (Σ_a dK_numbers[a, r]·dU[a, g, o, c, t])/30
    dK = (contract("ar, agoct -> rgoct", dK_numbers, dU) / 30).transpose(1, 2, 3, 0, 4)
    if b is not None:
        db = delta.sum(axis=(0, 3, 4))  # db[g, o] = Σ_n Σ_p Σ_q δ[n, g, o, p, q]
    return dK, db
