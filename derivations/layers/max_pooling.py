"""Max pooling in one to three dimensions: the maximum over one spatial axis after the other, the last one first.

n example, c channel; d h w place in the image, u p q place of the window, s r t tap of the window. Of equal
entries the first wins, row by row: it alone gets the gradient.
"""

from sympy import Expr, Indexed

from derivations.layer import Layer
from derivations.layers.windows import Window, dilations, kernel_sizes, places_of, positions, strides
from derivations.notation import axes, max_, size_of, tensors

n, c = axes("n:N c:C")
x, a, b, y = tensors("x a b y")


def max_pooling(rank: int) -> Layer:
    """The layer in some number of spatial dimensions."""
    window = Window(rank)
    taps, places, kernel = window.taps, window.places, tuple(map(size_of, window.taps))
    within = dict.fromkeys(window.padding, 0)
    here = [e.subs(within) for e in positions(window, places, taps)]
    steps: dict[Indexed, Expr] = {}
    read, at = x, list(window.inside)
    for axis, step in zip(reversed(range(rank)), (*(a, b)[: rank - 1], y), strict=True):
        reading = [*at[:axis], here[axis], *at[axis + 1 :]]
        at[axis] = places[axis]
        steps[step[n, c, *at]] = max_(read[n, c, *reading], taps[axis])
        read = step
    return Layer(
        f"MaxPool{rank}d",
        inputs=(x[n, c, *window.inside],),
        hyperparameters=(*kernel_sizes(window), *strides(window, kernel), *dilations(window)),
        forward=steps,
        output_sizes={size: places.subs(within) for size, places in places_of(window).items()},
        grouped={"kernel": kernel, "stride": window.stride, "dilation": window.dilation},
        source="no document: the course's pooling, in any dimension",
    )


MAX_POOL1D, MAX_POOL2D, MAX_POOL3D = map(max_pooling, (1, 2, 3))
