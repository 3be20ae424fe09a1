"""Hyperbolic tangent: document 1, "Tangente hyperbolique".   n example, i entry."""

from sympy import tanh

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, i = axes("n:N i:d")
a, z = tensors("a z")

TANH = Layer(
    "TanH",
    inputs=(a[n, i],),
    forward={z[n, i]: tanh(a[n, i])},
    aliases=("Tanh",),
    source='document 1, "Tangente hyperbolique"',
)
