"""Squared error of each example: document 1, "MSELoss".   n example, i entry."""

from derivations.layer import DEFINITION, PROVEN, Claim, Defines, Equal, Layer, Matrices, Matrix
from derivations.notation import as_written, axes, d, derivative, sum_, tensors

n, i, m, q = axes("n:N i:d m:N q:d")
y, yhat, loss = tensors("y ŷ loss")

with as_written():
    CLAIMS = (
        Claim(
            "1.mse.forward",
            Defines(loss[n], sum_((yhat[n, i] - y[n, i]) ** 2, i)),
            DEFINITION,
            reading="y and ŷ are one example here",
        ),
        Claim(
            "1.mse.batch",
            Equal(d(yhat)[n, i], derivative(sum_((yhat[m, q] - y[m, q]) ** 2, m, q), yhat[n, i])),
            PROVEN,
            reading="y and ŷ are a batch from here on, whose loss is the sum over its examples",
        ),
        Claim(
            "1.mse.backward.matrix",
            Matrices(Matrix((n,), (i,), d(yhat)[n, i]), Matrix((n,), (i,), 2 * (yhat[n, i] - y[n, i]))),
            PROVEN,
            reading="y2 in the second row is y₂; the rows are counted to b, which is N",
        ),
        Claim("1.mse.backward", Equal(d(yhat)[n, i], -2 * (y[n, i] - yhat[n, i])), PROVEN),
    )

MSE = Layer(
    "MSELoss",
    inputs=(yhat[n, i],),
    target=y[n, i],
    forward={loss[n]: sum_((yhat[n, i] - y[n, i]) ** 2, i)},
    aliases=("MSE",),
    source='document 1, "MSELoss"',
    claims=CLAIMS,
)
