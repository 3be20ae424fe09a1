"""Document 2's average pooling of one image by windows of 2 × 2.   i j place in the image, p q window.

The document counts places from 0. It writes b_{ij} for every window and ∂E/∂a_{ij} for every place of the image.
"""

from sympy import Add, Rational

from derivations.layer import DEFINITION, INCOMPLETE, Assumption, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, d, size_of, tensors

i, j, p, q = axes("i:H j:W p:P q:Q")
a, b = tensors("a b")
WINDOW = (a[2 * p, 2 * q], a[2 * p + 1, 2 * q], a[2 * p, 2 * q + 1], a[2 * p + 1, 2 * q + 1])

with as_written():
    CLAIMS = (
        Claim(
            "2.avgpool.forward",
            Defines(b[p, q], Add(*WINDOW) / 4),
            DEFINITION,
            reading="p and q are the i and j of the document",
        ),
        Claim(
            "2.avgpool.backward",
            Equal(d(a)[i, j], Rational(1, 4) * d(b)[i // 2, j // 2]),
            INCOMPLETE,
            reason="The document does not say that the sides of a are even: the last row or column of an image with an "
            "odd side lies in no window, so that there is no b for it, and its derivative is 0.",
            reading="k and l are put in",
            requires=(Assumption(size_of(i), 2 * size_of(p)), Assumption(size_of(j), 2 * size_of(q))),
        ),
    )

DOCUMENT_2_AVERAGE_POOLING = Layer(
    "Document2AveragePooling",
    inputs=(a[i, j],),
    forward={b[p, q]: Add(*WINDOW) / 4},
    output_sizes={size_of(p): size_of(i) // 2, size_of(q): size_of(j) // 2},
    source='document 2, "average 2d pooling layer"',
    loss="E",
    counted_from=0,
    claims=CLAIMS,
)
