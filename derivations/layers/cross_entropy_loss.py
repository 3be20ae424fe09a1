"""Log-softmax and cross-entropy in one: document 1, "Combinaison".   n example, k class.

The document writes y for the one-hot target and also for the index of its class; here y[n, k] is the
one and t[n] the other.
"""

from sympy import exp, log

from derivations.layer import (
    DEFINITION,
    PROVEN,
    Assumption,
    Claim,
    Defines,
    Equal,
    Layer,
    Matrices,
    Matrix,
)
from derivations.notation import as_written, axes, d, delta, jacobian, labels, sum_, tensors

n, k, f = axes("n:N k:K f:K")
y, yhat, logp, loss = tensors("y ŷ logp loss")
t = labels("t")

with as_written():
    SOFTMAX = exp(yhat[n, k]) / sum_(exp(yhat[n, f]), f)
    SOFTMAX_OF_CLASS = exp(yhat[n, t[n]]) / sum_(exp(yhat[n, f]), f)
    IS_CLASS = delta(k, t[n])
    CLAIMS = (
        Claim(
            "1.logsoftmax_ce.step.1",
            Defines(loss[n], -log(SOFTMAX_OF_CLASS)),
            DEFINITION,
            reading="y is the index of the class",
        ),
        Claim(
            "1.logsoftmax_ce.forward",
            Equal(loss[n], -yhat[n, t[n]] + log(sum_(exp(yhat[n, f]), f))),
            PROVEN,
            reading="y is the index of the class",
        ),
        Claim(
            "1.logsoftmax_ce.backward.entry",
            Equal(d(yhat)[n, k], jacobian(loss[n], yhat[n, k])),
            PROVEN,
            reading="the sum over i holds both terms, as though in parentheses; the term of example k is its loss",
        ),
        Claim(
            "1.logsoftmax_ce.backward.true",
            Equal(d(yhat)[n, t[n]], -1 + SOFTMAX_OF_CLASS),
            PROVEN,
            reading="the case f = y_k is the entry at the class",
        ),
        Claim(
            "1.logsoftmax_ce.backward.other",
            Equal((1 - IS_CLASS) * d(yhat)[n, k], (1 - IS_CLASS) * SOFTMAX),
            PROVEN,
            reading="the case f ≠ y_k is a factor [f ≠ y_k] on both sides",
        ),
        Claim(
            "1.logsoftmax_ce.backward.matrix",
            Matrices(Matrix((n,), (k,), d(yhat)[n, k]), Matrix((n,), (k,), -y[n, k] + SOFTMAX)),
            PROVEN,
            reading="y is the one-hot target again",
        ),
        Claim(
            "1.logsoftmax_ce.backward",
            Equal(d(yhat)[n, k], -y[n, k] + SOFTMAX),
            PROVEN,
            reading="y is the one-hot target; Softmax is e^{ŷ_k}/Σ e^{ŷ_f}, example by example, as corrected",
        ),
    )

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
    claims=CLAIMS,
)
