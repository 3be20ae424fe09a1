"""Transposed convolution: the adjoint of a convolution, in one to three dimensions.

n example, g group, c channel of a group, o output channel of a group; u p q place in the input, s r t tap of
the kernel, d h w place in the output: input and output have changed sides.
"""

from sympy import Symbol, prod, sqrt

from derivations.layer import Hyperparameter, Initial, Layer
from derivations.layers.windows import SIDES, Window, dilations, paddings, positions, strides
from derivations.notation import axes, delta, size_of, sum_, tensors

n, g, c, o = axes("n:N g:G c:C o:O")
x, K, b, y = tensors("x K b y")


def transposed_convolution(rank: int) -> Layer:
    """The layer in some number of spatial dimensions."""
    window = Window(rank)
    taps, places = window.taps, window.places
    extra = tuple(Symbol(f"output_padding{end}", integer=True) for end in SIDES[rank - 1].split() or [""])
    reached = positions(window, places, taps)
    hits = prod(delta(h, here) for h, here in zip(window.inside, reached, strict=True))
    last = positions(window, [size_of(p) - 1 for p in places], [size_of(r) - 1 for r in taps])
    bound = 1 / sqrt(size_of(o) * prod(map(size_of, taps)))
    return Layer(
        f"ConvTranspose{rank}d",
        inputs=(x[n, g, c, *places],),
        parameters=(K[g, c, o, *taps], b[g, o]),
        optional=(b,),
        flags={b: "bias"},
        hyperparameters=(
            *strides(window),
            *paddings(window),
            *(Hyperparameter(e, 0, (e >= 0, e < s)) for e, s in zip(extra, window.stride, strict=True)),
            *dilations(window),
        ),
        forward={
            y[n, g, o, *window.inside]: sum_(hits * x[n, g, c, *places] * K[g, c, o, *taps], c, *places, *taps)
            + b[g, o]
        },
        sizes={
            "input": size_of(g) * size_of(c),
            "output": size_of(g) * size_of(o),
            "kernel": tuple(map(size_of, taps)),
            "groups": size_of(g),
        },
        output_sizes={
            size_of(h): end + 1 - padding + more
            for h, end, padding, more in zip(window.inside, last, window.padding, extra, strict=True)
        },
        joined={x: ((g, c),), K: ((g, c),), b: ((g, o),), y: ((g, o),)},
        grouped={
            "stride": window.stride,
            "padding": window.padding,
            "output_padding": extra,
            "dilation": window.dilation,
        },
        initial={K: Initial(bound), b: Initial(bound)},
        source="no document: the adjoint of its convolution",
    )


CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE3D = map(transposed_convolution, (1, 2, 3))
