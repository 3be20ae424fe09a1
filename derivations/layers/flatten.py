"""Flatten: the same entries, all axes but the first as one.   n example, c channel, h w place in the image."""

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, c, h, w = axes("n:N c:C h:H w:W")
x, y = tensors("x y")

FLATTEN = Layer(
    "Flatten",
    inputs=(x[n, c, h, w],),
    forward={y[n, c, h, w]: x[n, c, h, w]},
    joined={y: ((c, h, w),)},
    aliases=("Flatten2d",),
    source="no document: between a convolution and a linear layer",
)
