"""Hyperbolic tangent: document 1, "Tangente hyperbolique".   n example, i entry."""

from sympy import exp, tanh

from derivations.layer import DEFINITION, PROVEN, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, d, derivative, jacobian, sum_, tensors

n, i, m, q = axes("n:N i:d m:N q:d")
a, z = tensors("a z")

with as_written():
    ABOVE = exp(a[n, i]) - exp(-a[n, i])
    BELOW = exp(a[n, i]) + exp(-a[n, i])
    QUOTIENT_RULE = (derivative(ABOVE, a[n, i]) * BELOW - derivative(BELOW, a[n, i]) * ABOVE) / BELOW**2
    SQUARES = (BELOW**2 - ABOVE**2) / BELOW**2
    CLAIMS = (
        Claim("1.tanh.forward", Defines(z[n, i], ABOVE / BELOW), DEFINITION, reading="x is an entry of a"),
        Claim(
            "1.tanh.chain",
            Equal(d(a)[n, i], sum_(d(z)[m, q] * jacobian(z[m, q], a[n, i]), m, q)),
            PROVEN,
            reading="the product runs over every entry of z: all entries of all examples",
        ),
        Claim(
            "1.tanh.step.1",
            Equal(jacobian(z[n, i], a[n, i]), QUOTIENT_RULE),
            PROVEN,
            reading="a prime is the derivative by aʰ",
        ),
        Claim(
            "1.tanh.step.2",
            Equal(QUOTIENT_RULE, SQUARES),
            PROVEN,
            reading="a prime is the derivative by aʰ; the left side is that of the step before",
        ),
        Claim(
            "1.tanh.step.3",
            Equal(SQUARES, 1 - ABOVE**2 / BELOW**2),
            PROVEN,
            reading="the left side is that of the step before",
        ),
        Claim("1.tanh.derivative", Equal(jacobian(z[n, i], a[n, i]), 1 - tanh(a[n, i]) ** 2), PROVEN),
        Claim(
            "1.tanh.delta",
            Equal(d(a)[n, i], d(z)[n, i] * (1 - tanh(a[n, i]) ** 2)),
            PROVEN,
            reading="the product is entry by entry: an entry of z depends on its own entry of a alone",
        ),
    )

TANH = Layer(
    "TanH",
    inputs=(a[n, i],),
    forward={z[n, i]: tanh(a[n, i])},
    aliases=("Tanh",),
    source='document 1, "Tangente hyperbolique"',
    claims=CLAIMS,
)
