"""Softmax of each example: document 1, "Soft-max"; document 2's last layer.   n example, k class."""

from sympy import exp

from derivations.layer import REFUTED, Claim, Defines, Layer
from derivations.notation import as_written, axes, sum_, tensors

n, k, f = axes("n:N k:K f:K")
a, p = tensors("a p")

with as_written():
    CLAIMS = (
        Claim(
            "1.softmax.forward",
            Defines(p[n, k], exp(a[n, k]) / sum_(exp(f + 1), f)),
            REFUTED,
            correction=Defines(p[n, k], exp(a[n, k]) / sum_(exp(a[n, f]), f)),
            reason="The sum below adds powers e^i of the index i = 1, 2, … instead of e^{x_i}, so that the outputs do "
            "not add up to 1; further down the document itself divides by the sum of the e^{x_i}.",
            reading="x is a, and e^x is taken entry by entry; i counts the entries from 1",
        ),
    )

SOFTMAX = Layer(
    "Softmax",
    inputs=(a[n, k],),
    forward={p[n, k]: exp(a[n, k]) / sum_(exp(a[n, f]), f)},
    source='document 1, "Soft-max"',
    claims=CLAIMS,
)
