"""Sigmoid: document 1, "Sigmoide".   n example, i entry."""

from sympy import Add, exp

from derivations.layer import DEFINITION, PROVEN, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, d, derivative, jacobian, sum_, tensors

n, i, m, q = axes("n:N i:d m:N q:d")
a, z = tensors("a z")

PREVIOUS = "the left side is that of the step before"

with as_written():
    GROWN = exp(-a[n, i])
    GROWN_LONGER = Add(1, GROWN, -1)
    BELOW = 1 + exp(-a[n, i])
    SLOPE = -(derivative(BELOW, a[n, i]) / BELOW**2)
    CLAIMS = (
        Claim("1.sigmoid.forward", Defines(z[n, i], 1 / BELOW), DEFINITION, reading="x is an entry of a"),
        Claim(
            "1.sigmoid.chain",
            Equal(d(a)[n, i], sum_(d(z)[m, q] * jacobian(z[m, q], a[n, i]), m, q)),
            PROVEN,
            reading="the product runs over every entry of z: all entries of all examples",
        ),
        Claim(
            "1.sigmoid.step.1",
            Equal(jacobian(z[n, i], a[n, i]), SLOPE),
            PROVEN,
            reading="the prime is the derivative by aʰ",
        ),
        Claim(
            "1.sigmoid.step.2",
            Equal(SLOPE, GROWN / BELOW**2),
            PROVEN,
            reading=f"the prime is the derivative by aʰ; {PREVIOUS}",
        ),
        Claim("1.sigmoid.step.3", Equal(GROWN / BELOW**2, 1 / BELOW * (GROWN / BELOW)), PROVEN, reading=PREVIOUS),
        Claim(
            "1.sigmoid.step.4",
            Equal(1 / BELOW * (GROWN / BELOW), 1 / BELOW * (GROWN_LONGER / BELOW)),
            PROVEN,
            reading=PREVIOUS,
        ),
        Claim(
            "1.sigmoid.step.5",
            Equal(1 / BELOW * (GROWN_LONGER / BELOW), 1 / BELOW * (1 - 1 / BELOW)),
            PROVEN,
            reading=PREVIOUS,
        ),
        Claim(
            "1.sigmoid.derivative",
            Equal(jacobian(z[n, i], a[n, i]), z[n, i] * (1 - z[n, i])),
            PROVEN,
            reading="σ(aʰ) is zʰ",
        ),
    )

SIGMOID = Layer(
    "Sigmoid",
    inputs=(a[n, i],),
    forward={z[n, i]: 1 / (1 + exp(-a[n, i]))},
    aliases=("Sigmoide",),
    source='document 1, "Sigmoide"',
    claims=CLAIMS,
)
