"""Half the squared error of each example: the E of document 2's last layer.   n example, i entry."""

from sympy import Rational

from derivations.layer import Layer
from derivations.notation import axes, sum_, tensors

n, i = axes("n:N i:d")
y, yhat, loss = tensors("y ŷ loss")

HALF_MSE = Layer(
    "HalfMSELoss",
    inputs=(yhat[n, i],),
    target=y[n, i],
    forward={loss[n]: Rational(1, 2) * sum_((yhat[n, i] - y[n, i]) ** 2, i)},
    source="document 2, the error E of the last layer",
)
