"""Convolution in two dimensions with stride 1 by fewer products: F(m, r) of Cook and Toom along the height.

n example, g group, c channel of a group, o output channel of a group; h w place in the image, p q place of the
window, r t tap of the kernel; j tile of m places, k place in a tile, i row that a tile reads, a product of the
algorithm. The kernel's height is r; along its width the taps are taken one by one, so any width will do.
"""

from __future__ import annotations

from sympy import Integer, Symbol, sqrt

from derivations.cook_toom import Transform, cook_toom
from derivations.layer import Hyperparameter, Initial, Layer
from derivations.notation import axes, delta, size_of, sum_, tensors
from derivations.number_matrices import numbers

n, g, c, o, h, w, p, q, t, j = axes("n:N g:G c:C o:O h:H w:W p:P q:Q t:T j:J")
x, K, b, U, V, M, Y, y = tensors("x K b U V M Y y")
padding_h, padding_w = (Symbol(f"padding_{side}", integer=True) for side in "hw")


def winograd(algorithm: Transform) -> Layer:
    """The layer by an algorithm F(m, r): kernels and images are transformed, multiplied, and transformed back."""
    m = algorithm.m
    k, a, i, r = axes(f"k:{m} a:{algorithm.products} i:{algorithm.products} r:{algorithm.r}")
    bound = 1 / sqrt(size_of(c) * algorithm.r * size_of(t))
    return Layer(
        "WinogradConv2d",
        inputs=(x[n, g, c, h, w],),
        parameters=(K[g, o, c, r, t], b[g, o]),
        optional=(b,),
        flags={b: "bias"},
        hyperparameters=tuple(Hyperparameter(s, 0, (s >= 0,)) for s in (padding_h, padding_w)),
        forward={
            U[a, g, o, c, t]: sum_(numbers(algorithm.taps, a, r) * K[g, o, c, r, t], r) / algorithm.divisor,
            V[a, n, g, c, j, w]: sum_(numbers(algorithm.image, a, i) * x[n, g, c, m * j + i - padding_h, w], i),
            M[a, n, g, o, j, q]: sum_(U[a, g, o, c, t] * V[a, n, g, c, j, q + t - padding_w], c, t),
            Y[k, n, g, o, j, q]: sum_(numbers(algorithm.places, k, a) * M[a, n, g, o, j, q], a),
            y[n, g, o, p, q]: sum_(delta(p, m * j + k) * Y[k, n, g, o, j, q], j, k) + b[g, o],
        },
        sizes={
            "input": size_of(g) * size_of(c),
            "output": size_of(g) * size_of(o),
            "kernel": (Integer(algorithm.r), size_of(t)),
            "groups": size_of(g),
        },
        output_sizes={
            size_of(p): size_of(h) + 2 * padding_h - algorithm.r + 1,
            size_of(q): size_of(w) + 2 * padding_w - size_of(t) + 1,
            size_of(j): (size_of(p) + m - 1) // m,
        },
        joined={x: ((g, c),), K: ((g, o),), b: ((g, o),), y: ((g, o),)},
        grouped={"padding": (padding_h, padding_w)},
        initial={K: Initial(bound), b: Initial(bound)},
        source=(
            'document 2, "Backpropagation d\'une couche convolutive", by the bilinear algorithm of Cook and Toom: '
            f"{algorithm.products} products where Conv2d at stride 1 takes {m * algorithm.r}, and other digits, "
            "for each result is rounded with the whole of its tile"
        ),
    )


WINOGRAD_CONV2D = winograd(cook_toom(4, 3))
