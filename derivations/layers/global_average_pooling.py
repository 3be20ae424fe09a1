"""Global average pooling: one number a channel.   n example, c channel, h w place in the image."""

from derivations.layer import Layer
from derivations.notation import axes, size_of, sum_, tensors

n, c, h, w = axes("n:N c:C h:H w:W")
x, y = tensors("x y")

GLOBAL_AVG_POOL2D = Layer(
    "GlobalAvgPool2d",
    inputs=(x[n, c, h, w],),
    forward={y[n, c]: sum_(x[n, c, h, w], h, w) / (size_of(h) * size_of(w))},
    source="no document: average pooling over the whole image",
)
