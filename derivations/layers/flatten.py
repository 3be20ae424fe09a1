"""Flatten: the same entries, all axes but the first as one.   n example, k entry of the example."""

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, k = axes("n:N k:K")
x, y = tensors("x y")

FLATTEN = Layer(
    "Flatten",
    inputs=(x[n, k],),
    forward={y[n, k]: x[n, k]},
    trailing={x: k},
    aliases=("Flatten1D",),
    source="no document: between a convolution and a linear layer",
)
