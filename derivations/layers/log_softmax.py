"""Logarithm of the softmax of each example: document 1, "Combinaison".   n example, k class."""

from sympy import exp, log

from derivations.layer import Layer
from derivations.notation import axes, sum_, tensors

n, k, f = axes("n:N k:K f:K")
a, logp = tensors("a logp")

LOG_SOFTMAX = Layer(
    "LogSoftmax",
    inputs=(a[n, k],),
    forward={logp[n, k]: a[n, k] - log(sum_(exp(a[n, f]), f))},
    source='document 1, "Combinaison de Softmax et coût cross-entropique"',
)
