"""Softmax of each example: document 1, "Soft-max"; document 2's last layer.   n example, k class."""

from sympy import exp

from derivations.layer import REFUTED, Claim, Defines, Layer
from derivations.notation import as_written, axes, sum_, tensors

n, k, f, i = axes("n:N k:K f:K i:K")
a, p = tensors("a p")

with as_written():
    CLAIMS = (
        Claim(
            "1.softmax.forward",
            Defines(p[n, k], exp(a[n, k]) / sum_(exp(i + 1), i)),
            REFUTED,
            correction=Defines(p[n, k], exp(a[n, k]) / sum_(exp(a[n, i]), i)),
            reason="The sum below adds the powers eⁱ of the index i = 1, 2, … instead of e^xᵢ, so that the outputs do "
            "not add up to 1; further down the document itself divides by the sum of e^ŷᵢ, ŷ being the input there.",
            reading="x is a, and eˣ is taken entry by entry; i counts the entries from 1",
        ),
    )

SOFTMAX = Layer(
    "Softmax",
    inputs=(a[n, k],),
    forward={p[n, k]: exp(a[n, k]) / sum_(exp(a[n, f]), f)},
    source='document 1, "Soft-max"',
    claims=CLAIMS,
)
