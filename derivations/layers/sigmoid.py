"""Sigmoid: document 1, "Sigmoide".   n example, i entry."""

from sympy import exp

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, i = axes("n:N i:d")
a, z = tensors("a z")

SIGMOID = Layer(
    "Sigmoid",
    inputs=(a[n, i],),
    forward={z[n, i]: 1 / (1 + exp(-a[n, i]))},
    aliases=("Sigmoide",),
    source='document 1, "Sigmoide"',
)
