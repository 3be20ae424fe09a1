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

n, k, f, j = axes("n:N k:K f:K j:K")
y, yhat, logp, loss = tensors("y ŷ logp loss")
t = labels("t")

with as_written():
    SOFTMAX = exp(yhat[n, k]) / sum_(exp(yhat[n, j]), j)
    SOFTMAX_OF_CLASS = exp(yhat[n, t[n]]) / sum_(exp(yhat[n, j]), j)
    IS_CLASS = delta(k, t[n])
    CLAIMS = (
        Claim(
            "1.logsoftmax_ce.step.1",
            Defines(loss[n], -log(SOFTMAX_OF_CLASS)),
            DEFINITION,
            reading="y is the index of the class; CE takes the softmax's input ŷ from here on, and gives what the CE "
            "above gives of log Softmax(ŷ)",
        ),
        Claim(
            "1.logsoftmax_ce.forward",
            Equal(loss[n], -yhat[n, t[n]] + log(sum_(exp(yhat[n, j]), j))),
            PROVEN,
            reading="y is the index of the class",
        ),
        Claim(
            "1.logsoftmax_ce.backward.entry",
            Equal(d(yhat)[n, k], jacobian(loss[n], yhat[n, k])),
            PROVEN,
            reading="the sum over i holds both terms, as though in parentheses; the document's example k and class f "
            "are n and k here, and the term of an example is its loss",
        ),
        Claim(
            "1.logsoftmax_ce.backward.true",
            Equal(d(yhat)[n, t[n]], -1 + SOFTMAX_OF_CLASS),
            PROVEN,
            reading="the case yₖ = f is the entry at the class of the example",
        ),
        Claim(
            "1.logsoftmax_ce.backward.other",
            Equal((1 - IS_CLASS) * d(yhat)[n, k], (1 - IS_CLASS) * SOFTMAX),
            PROVEN,
            reading="the case yₖ ≠ f is a factor on both sides that is 0 at the class and 1 elsewhere",
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
            reading="y is the one-hot target; Softmax is e^ŷₖ / Σ e^ŷⱼ, example by example, as corrected",
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
