"""Softmax of each example: document 1, "Soft-max"; document 2's last layer.   n example, k class."""

from sympy import exp

from derivations.layer import Layer
from derivations.notation import axes, sum_, tensors

n, k, f = axes("n:N k:K f:K")
a, p = tensors("a p")

SOFTMAX = Layer(
    "Softmax",
    inputs=(a[n, k],),
    forward={p[n, k]: exp(a[n, k]) / sum_(exp(a[n, f]), f)},
    source='document 1, "Soft-max"',
)
