"""Zero padding of an image.   n example, c channel, h w place in the image, p q place in the padded image."""

from sympy import symbols

from derivations.layer import Hyperparameter, Layer
from derivations.notation import axes, size_of, tensors

n, c, h, w, p, q = axes("n:N c:C h:H w:W p:P q:Q")
x, y = tensors("x y")
padding = padding_h, padding_w = symbols("padding_h padding_w", integer=True)

ZERO_PAD2D = Layer(
    "ZeroPad2d",
    inputs=(x[n, c, h, w],),
    hyperparameters=tuple(Hyperparameter(s, 1, (s >= 0,)) for s in padding),
    forward={y[n, c, p, q]: x[n, c, p - padding_h, q - padding_w]},
    output_sizes={size_of(p): size_of(h) + 2 * padding_h, size_of(q): size_of(w) + 2 * padding_w},
    grouped={"padding": padding},
    source="no document: what a convolution's padding does, alone",
)
