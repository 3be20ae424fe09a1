"""Cross-entropy of log-probabilities: document 1, "Coût Cross-Entropique".   n example, k class."""

from derivations.layer import Layer
from derivations.notation import axes, delta, labels, sum_, tensors

n, k = axes("n:N k:K")
y, yhat, loss = tensors("y ŷ loss")
t = labels("t")

NLL = Layer(
    "NLLLoss",
    inputs=(yhat[n, k],),
    target=y[n, k],
    target_as_label={y[n, k]: delta(k, t[n])},
    forward={loss[n]: -sum_(y[n, k] * yhat[n, k], k)},
    source='document 1, "Coût Cross-Entropique"',
)
