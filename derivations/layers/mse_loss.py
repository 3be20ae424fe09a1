"""Squared error of each example: document 1, "MSELoss".   n example, i entry."""

from derivations.layer import Layer
from derivations.notation import axes, sum_, tensors

n, i = axes("n:N i:d")
y, yhat, loss = tensors("y ŷ loss")

MSE = Layer(
    "MSELoss",
    inputs=(yhat[n, i],),
    target=y[n, i],
    forward={loss[n]: sum_((yhat[n, i] - y[n, i]) ** 2, i)},
    aliases=("MSE",),
    source='document 1, "MSELoss"',
)
