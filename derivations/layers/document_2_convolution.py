"""Document 2's convolution of one square image, with a bias for each place of the output.

i j place in the image, p q place in the output, k l place in the kernel. The document counts places from 0, and has
a kernel of 2 × 2 and an output of 3 × 3; its formulas are judged for these and for any square ones.
"""

from sympy import Expr, Idx, Max, Min

from derivations.layer import INCOMPLETE, PROVEN, REFUTED, At, Blank, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, between, d, size_of, sum_, tensors

k, m, p, q, r = axes("k:K l:K p:P q:P r:P")
i, j = (Idx(name, size_of(p) + size_of(k) - 1) for name in "ij")
a, b, c, kernel = tensors("a b c k")

KERNEL, OUTPUT, IMAGE = map(size_of, (k, p, i))
SIZES = At({KERNEL: 2, OUTPUT: 3})
SUMMAND = kernel[k, m] * d(c)[i - k, j - m]


def exact(index: Idx, at: Idx) -> Expr:
    """For which places of the kernel an entry of the image meets the output."""
    low, high = Max(0, at - (OUTPUT - 1), evaluate=False), Min(KERNEL - 1, at, evaluate=False)
    return between(low, index, high)


def written(index: Idx, at: Expr) -> Expr:
    """The document's bounds, with the index that it subtracts."""
    low, high = Max(0, KERNEL - 1, evaluate=False), Min(KERNEL, IMAGE - at, evaluate=False)
    return between(low, index, high)


with as_written():
    TRUE_BY_A = Equal(d(a)[i, j], sum_(exact(k, i) * exact(m, j) * SUMMAND, k, m))
    CLAIMS = (
        Claim(
            "2.conv.forward",
            Defines(c[p, q], b[p, q] + sum_(kernel[k, m] * c[p + k, q + m], k, m)),
            REFUTED,
            correction=Defines(c[p, q], b[p, q] + sum_(kernel[k, m] * a[p + k, q + m], k, m)),
            reason="c stands on both sides, so that each entry would be made of its neighbours in the same layer: the "
            "sum is over the entries of a, as the derivatives below have it.",
            reading="p and q are the i and j of the document; the kernel is square",
            at=SIZES,
        ),
        Claim(
            "2.conv.dE_db",
            Equal(d(b)[p, q], d(c)[p, q]),
            PROVEN,
            reading="p and q are the i and j of the document",
            at=SIZES,
        ),
        Claim(
            "2.conv.dE_dk",
            Equal(d(kernel)[k, m], sum_(d(c)[r, q] * a[k + p, m + q], p, q)),
            REFUTED,
            correction=Equal(d(kernel)[k, m], sum_(d(c)[p, q] * a[k + p, m + q], p, q)),
            reason="The sum does not say what k is, and its ∂E/∂c does not follow p: each entry of c has a product of "
            "its own with the entry of a that the same entry of the kernel meets.",
            reading="k and l are the i and j of the document on the left, p and q the p and l of its sums, and r the k "
            "that stands below ∂E/∂c; there l is the index of the sum",
            at=SIZES,
        ),
        Claim(
            "2.conv.dE_da",
            Blank(d(a)[i, j], sum_(exact(k, i) * exact(m, j) * SUMMAND, k, m)),
            INCOMPLETE,
            reason="The document leaves the summand empty: every entry of c that aᵢⱼ meets takes part, each with the "
            "entry of the kernel through which it does.",
            at=SIZES,
        ),
        Claim(
            "2.conv.dE_da.bounds",
            Equal(d(a)[i, j], sum_(written(k, j) * written(m, k) * SUMMAND, k, m)),
            REFUTED,
            correction=TRUE_BY_A,
            reason="The lower bounds are those of the kernel's last row and column alone, so that all of its other "
            "entries are left out, while the upper ones go one beyond the kernel and speak of j where i belongs and "
            "of k where j does: row k of the kernel meets row i of a in row i - k of c, which exists where "
            "max(0, i - (P - 1)) ≤ k ≤ min(K - 1, i).",
            reading="the size of the kernel is K, that of the input K + P - 1; the summand is the one that is "
            "missing; places beyond the kernel add nothing",
            at=SIZES,
        ),
    )

DOCUMENT_2_CONVOLUTION = Layer(
    "Document2Convolution",
    inputs=(a[i, j],),
    parameters=(kernel[k, m], b[p, q]),
    forward={c[p, q]: b[p, q] + sum_(kernel[k, m] * a[p + k, q + m], k, m)},
    source='document 2, "couche convolutive"',
    loss="E",
    counted_from=0,
    claims=CLAIMS,
)
