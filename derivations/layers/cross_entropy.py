"""Log-softmax and cross-entropy in one: document 1, "Combinaison".   n example, k class."""

from sympy import exp, log

from derivations.layer import Assumption, Layer
from derivations.notation import axes, delta, labels, sum_, tensors

n, k, f = axes("n:N k:K f:K")
y, yhat, logp, loss = tensors("y ŷ logp loss")
t = labels("t")

CROSS_ENTROPY = Layer(
    "CrossEntropyLoss",
    inputs=(yhat[n, k],),
    target=y[n, k],
    target_as_label={y[n, k]: delta(k, t[n])},
    assumptions=(Assumption(sum_(y[n, k], k), 1, example={y[n, k]: delta(k, t[n])}),),
    forward={
        logp[n, k]: yhat[n, k] - log(sum_(exp(yhat[n, f]), f)),
        loss[n]: -sum_(y[n, k] * logp[n, k], k),
    },
    aliases=("CrossEntropy", "CELogSoftmax"),
    source='document 1, "Combinaison de Softmax et coût cross-entropique"',
)
