"""Average pooling in one to three dimensions; zeros outside the image count.

n example, c channel; d h w place in the image, u p q place of the window, s r t tap of the window.
"""

from sympy import prod

from derivations.layer import Layer
from derivations.layers.windows import Window, kernel_sizes, paddings, places_of, positions, strides
from derivations.notation import axes, size_of, sum_, tensors

n, c = axes("n:N c:C")
x, y = tensors("x y")


def average_pooling(rank: int) -> Layer:
    """The layer in some number of spatial dimensions."""
    window = Window(rank)
    taps, places = window.taps, window.places
    kernel = tuple(map(size_of, taps))
    dense = dict.fromkeys(window.dilation, 1)
    here = [e.subs(dense) for e in positions(window, places, taps)]
    return Layer(
        f"AvgPool{rank}d",
        inputs=(x[n, c, *window.inside],),
        hyperparameters=(*kernel_sizes(window), *strides(window, kernel), *paddings(window)),
        forward={y[n, c, *places]: sum_(x[n, c, *here], *taps) / prod(kernel)},
        output_sizes={size: places.subs(dense) for size, places in places_of(window).items()},
        grouped={"kernel": kernel, "stride": window.stride, "padding": window.padding},
        source='document 2, "Backpropagation d\'une couche d\'average 2d pooling layer", for any window',
    )


AVG_POOL1D, AVG_POOL2D, AVG_POOL3D = map(average_pooling, (1, 2, 3))
