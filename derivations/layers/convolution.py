"""Convolution, as the field calls it, in one to three dimensions.

n example, g group, c channel of a group, o output channel of a group; d h w place in the image, u p q place
of the window, s r t tap of the kernel.
"""

from sympy import prod, sqrt

from derivations.layer import Initial, Layer
from derivations.layers.windows import Window, dilations, paddings, places_of, positions, strides
from derivations.notation import axes, size_of, sum_, tensors

n, g, c, o = axes("n:N g:G c:C o:O")
x, K, b, y = tensors("x K b y")


def convolution(rank: int) -> Layer:
    """The layer in some number of spatial dimensions."""
    window = Window(rank)
    taps, places = window.taps, window.places
    here = positions(window, places, taps)
    bound = 1 / sqrt(size_of(c) * prod(map(size_of, taps)))
    return Layer(
        f"Conv{rank}d",
        inputs=(x[n, g, c, *window.inside],),
        parameters=(K[g, o, c, *taps], b[g, o]),
        optional=(b,),
        flags={b: "bias"},
        hyperparameters=(*strides(window), *paddings(window), *dilations(window)),
        forward={y[n, g, o, *places]: sum_(x[n, g, c, *here] * K[g, o, c, *taps], c, *taps) + b[g, o]},
        sizes={
            "input": size_of(g) * size_of(c),
            "output": size_of(g) * size_of(o),
            "kernel": tuple(map(size_of, taps)),
            "groups": size_of(g),
        },
        output_sizes=places_of(window),
        joined={x: ((g, c),), K: ((g, o),), b: ((g, o),), y: ((g, o),)},
        grouped={"stride": window.stride, "padding": window.padding, "dilation": window.dilation},
        initial={K: Initial(bound), b: Initial(bound)},
        source='document 2, "Backpropagation d\'une couche convolutive", with channels, strides and padding',
    )


CONV1D, CONV2D, CONV3D = map(convolution, (1, 2, 3))
