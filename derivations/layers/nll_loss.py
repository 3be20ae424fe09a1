"""Cross-entropy of log-probabilities: document 1, "Coût Cross-Entropique".   n example, k class."""

from sympy import Add, Mul, Rational

from derivations.layer import DEFINITION, PROVEN, All, At, Claim, Defines, Equal, Layer
from derivations.notation import as_written, axes, delta, labels, size_of, sum_, tensors

n, k = axes("n:N k:K")
y, yhat, loss = tensors("y ŷ loss")
t = labels("t")

PREDICTED = (Rational(1, 5), Rational(2, 5), Rational(3, 10), Rational(1, 10))
EXAMPLE = {y[n, k]: delta(k, 2), yhat[n, k]: sum(delta(k, place) * value for place, value in enumerate(PREDICTED))}

with as_written():
    WRITTEN_OUT = -Add(*(Mul(wanted, found) for wanted, found in zip((0, 0, 1, 0), PREDICTED, strict=True)))
    CLAIMS = (
        Claim(
            "1.ce.example",
            All(
                (
                    Equal(loss[n], -sum_(y[n, k] * yhat[n, k], k)),
                    Equal(loss[n], WRITTEN_OUT),
                    Equal(loss[n], Rational(-3, 10)),
                )
            ),
            PROVEN,
            reading="0.2, 0.4, 0.3 and 0.1 are probabilities here, so that −0.3 is what the formula gives but no "
            "cross-entropy in the usual sense, which is −log 0.3 ≈ 1.2",
            at=At({size_of(k): 4}, EXAMPLE),
        ),
        Claim(
            "1.ce.forward.onehot",
            Defines(loss[n], -sum_(y[n, k] * yhat[n, k], k)),
            DEFINITION,
            reading="the dot is that of the inner product; ŷ is log p, the logarithm of the predicted probabilities, "
            "as further down, where the softmax is put into this formula through its logarithm",
        ),
        Claim(
            "1.ce.forward.index",
            Equal(loss[n], -yhat[n, t[n]]),
            PROVEN,
            reading="y is the index of the class from here on, tₙ for example n; ŷ is log p as before",
        ),
    )

NLL = Layer(
    "NLLLoss",
    inputs=(yhat[n, k],),
    target=y[n, k],
    target_as_label={y[n, k]: delta(k, t[n])},
    forward={loss[n]: -sum_(y[n, k] * yhat[n, k], k)},
    source='document 1, "Coût Cross-Entropique"',
    claims=CLAIMS,
)
