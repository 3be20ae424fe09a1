"""Softmax, then half the squared error, of each example: document 2's last layer.   n example, k unit."""

from sympy import Rational, exp

from derivations.layer import Layer
from derivations.notation import axes, sum_, tensors

n, k, q = axes("n:N k:K q:K")
a, o, out, E = tensors("a o l E")

SOFTMAX_HALF_MSE = Layer(
    "SoftmaxHalfMSELoss",
    inputs=(a[n, k],),
    target=o[n, k],
    forward={
        out[n, k]: exp(a[n, k]) / sum_(exp(a[n, q]), q),
        E[n]: Rational(1, 2) * sum_((out[n, k] - o[n, k]) ** 2, k),
    },
    source='document 2, "dernière couche avec softmax"',
)
