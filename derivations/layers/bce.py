"""Binary cross-entropy: document 1, "Coût Cross-entropique binaire".   n example, i entry."""

from sympy import log

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, i = axes("n:N i:d")
y, yhat, loss = tensors("y ŷ loss")

BCE = Layer(
    "BCELoss",
    inputs=(yhat[n, i],),
    target=y[n, i],
    forward={loss[n, i]: -(y[n, i] * log(yhat[n, i]) + (1 - y[n, i]) * log(1 - yhat[n, i]))},
    aliases=("BCE",),
    source='document 1, "Coût Cross-entropique binaire"',
)
