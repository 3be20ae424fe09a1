"""Sigmoid, then binary cross-entropy, as one: document 1, "Coût Cross-entropique binaire"."""

from sympy import exp, log

from derivations.layer import Layer
from derivations.notation import axes, tensors

n, i = axes("n:N i:d")
y, a, p, loss = tensors("y a p loss")

BCE_WITH_LOGITS = Layer(
    "BCEWithLogitsLoss",
    inputs=(a[n, i],),
    target=y[n, i],
    forward={
        p[n, i]: 1 / (1 + exp(-a[n, i])),
        loss[n, i]: -(y[n, i] * log(p[n, i]) + (1 - y[n, i]) * log(1 - p[n, i])),
    },
    source='document 1, "Sigmoïde" and "Coût Cross-entropique binaire"',
)
