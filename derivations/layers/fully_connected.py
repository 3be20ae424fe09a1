"""Fully connected layer with an activation that is left open: document 2.   n example, i input, j output."""

from sympy import Function, sqrt

from derivations.layer import Initial, Layer
from derivations.notation import axes, size_of, sum_, tensors

n, i, j = axes("n:N i:d j:d'")
x, W, b, c, z = tensors("x W b c z")
f = Function("f")

FULLY_CONNECTED = Layer(
    "FullyConnected",
    inputs=(x[n, i],),
    parameters=(W[j, i], b[j]),
    optional=(b,),
    flags={b: "bias"},
    functions={f: ("activation", "derivative")},
    forward={
        c[n, j]: sum_(x[n, i] * W[j, i], i) + b[j],
        z[n, j]: f(c[n, j]),
    },
    sizes={"input": size_of(i), "output": size_of(j)},
    initial={W: Initial(1 / sqrt(size_of(i))), b: Initial(1 / sqrt(size_of(i)))},
    source='document 2, "Backpropagation of a fully connected layer"',
)
