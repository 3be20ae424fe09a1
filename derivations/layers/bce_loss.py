"""Binary cross-entropy: document 1, "Coût Cross-entropique binaire".   n example, i entry."""

from sympy import log

from derivations.layer import DEFINITION, PROVEN, Claim, Defines, Domain, Equal, Layer
from derivations.notation import as_written, axes, d, tensors

n, i = axes("n:N i:d")
y, yhat, loss = tensors("y ŷ loss")

with as_written():
    CLAIMS = (
        Claim(
            "1.bce.forward",
            Defines(loss[n, i], -(y[n, i] * log(yhat[n, i]) + (1 - y[n, i]) * log(1 - yhat[n, i]))),
            DEFINITION,
            reading="the formula is for each entry",
        ),
        Claim(
            "1.bce.backward",
            Equal(d(yhat)[n, i], -(y[n, i] / yhat[n, i] + (y[n, i] - 1) / (1 - yhat[n, i]))),
            PROVEN,
            reading="the formula is for each entry",
        ),
    )

BCE = Layer(
    "BCELoss",
    inputs=(yhat[n, i],),
    target=y[n, i],
    domains={yhat: Domain(0, 1, remedy="clip it, or give the logits to BCEWithLogitsLoss")},
    forward={loss[n, i]: -(y[n, i] * log(yhat[n, i]) + (1 - y[n, i]) * log(1 - yhat[n, i]))},
    aliases=("BCE",),
    source='document 1, "Coût Cross-entropique binaire"',
    claims=CLAIMS,
)
